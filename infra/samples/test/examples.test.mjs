import assert from 'node:assert/strict';
import { test } from 'node:test';
import { geneOf, recode, translate } from '../codons.mjs';
import { makeExamples } from '../examples.mjs';
import { parseFasta, writeFasta } from '../fasta.mjs';
import { findMember } from '../packages.mjs';
import { pointChanges, seeded } from '../random.mjs';

const RECORDS = [{ id: 'G.1', title: 'genome', sequence: 'CCATGGCTGCTGCTTAAGG' }];
const make = (how, rest = {}) => [{ id: 'e', title: 't', description: 'd', program: 'blastn', answer: 'a', top: ['x'], make: { how, record: 'G.1', header: 'q', ...rest } }];

test('FASTA written and read again is the same', () => {
  const records = [{ header: 'a b', sequence: 'ACGT'.repeat(50) }, { header: 'c', sequence: 'A' }];
  assert.deepEqual(parseFasta(writeFasta(records)), records);
});

test('as many letters change as asked for, and the same ones each time', () => {
  const before = 'ACGT'.repeat(25);
  const after = pointChanges(before, 10, 3);
  assert.equal([...after].filter((base, i) => base !== before[i]).length, 10);
  assert.equal(pointChanges(before, 10, 3), after);
  assert.notEqual(pointChanges(before, 10, 4), after);
});

test('a recoded gene gives the same protein in other letters', () => {
  const gene = geneOf('CCATGGCTGCTGCTTAAGG', 'MAAA');
  assert.deepEqual([gene.from, gene.to, gene.protein], [3, 17, 'MAAA']);
  const other = recode(gene.dna, seeded(1));
  assert.equal(translate(other), 'MAAA');
  assert.notEqual(other, gene.dna);
});

test('an example carries what the API shows and not how it was made', () => {
  const { examples, missing } = makeExamples(make('cut', { from: 3, to: 5 }), RECORDS);
  assert.deepEqual(missing, []);
  assert.deepEqual(examples, [{ id: 'e', title: 't', description: 'd', program: 'blastn', answer: 'a', query: '>q\nATG\n' }]);
});

test('an example of a record that is not there is left out by name', () => {
  const { examples, missing } = makeExamples(make('record', { record: 'H.1' }), RECORDS);
  assert.deepEqual(examples, []);
  assert.deepEqual(missing, ['e: no record H.1']);
});

test('a member is found in another release by its file name, compressed or not', () => {
  const names = ['./usr/share/doc/new/place/data.fa', './usr/share/doc/new/other.gz'];
  assert.equal(findMember(names, 'usr/share/doc/old/data.fa.gz'), names[0]);
  assert.equal(findMember(names, 'usr/share/doc/new/other.gz'), names[1]);
  assert.equal(findMember(names, 'gone.gz'), undefined);
});
