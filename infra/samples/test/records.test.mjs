import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecord, readRecords } from '../records.mjs';
import { taxidMap, taxonomy } from '../sample.mjs';

const GENBANK = `LOCUS       AB000001                 12 bp    DNA     linear   PLN 01-JAN-2000
DEFINITION  E.exemplaris made-up gene with a long
            definition.
ACCESSION   AB000001
VERSION     AB000001.2  GI:1
SOURCE      Exemplum exemplaris
  ORGANISM  Exemplum exemplaris
            Eukaryota; Viridiplantae.
FEATURES             Location/Qualifiers
     source          1..12
                     /db_xref="taxon:424242"
ORIGIN
        1 acgtacgtac gt
//
`;

test('a GenBank record has its version, its species in full and its letters', () => {
  const [record] = readRecords(GENBANK, { format: 'genbank' });
  assert.deepEqual(record, {
    id: 'AB000001.2',
    title: 'Exemplum exemplaris made-up gene with a long definition',
    organism: 'Exemplum exemplaris',
    taxid: 424242,
    sequence: 'ACGTACGTACGT',
  });
});

test('an old RefSeq header gives the accession, the declaration the organism', () => {
  const text = '>gi|12|ref|NC_000001.1| Some phage, complete genome\r\nACGT\r\nAC\r\n';
  const [record] = readRecords(text, { format: 'refseq-fasta', organism: 'Some phage', taxid: 7 });
  assert.deepEqual(record, {
    id: 'NC_000001.1',
    title: 'Some phage, complete genome',
    organism: 'Some phage',
    taxid: 7,
    sequence: 'ACGTAC',
  });
});

test('a UniProt record keeps its title without the split mark and is found by its accession', () => {
  const text = '>sp|P00001|NAME_X A protein OS=Bos taurus GN=abc PE=1 SV=1 Split=0 \nMKV\n';
  const [record] = readRecords(text, { format: 'uniprot-fasta' });
  assert.equal(record.title, 'A protein OS=Bos taurus GN=abc PE=1 SV=1');
  assert.equal(record.organism, 'Bos taurus');
  assert.ok(isRecord(record, 'P00001'));
  assert.ok(!isRecord(record, 'P0000'));
});

test('text without records is refused', () => {
  assert.throws(() => readRecords('', { format: 'uniprot-fasta' }), /none at all/);
  assert.throws(() => readRecords('no header\n', { format: 'uniprot-fasta' }), /header/);
});

test('taxids and taxonomy hold each organism once and skip what is unknown', () => {
  const records = [
    { id: 'A.1', taxid: 5, organism: 'Genus species' },
    { id: 'B.1', taxid: 5, organism: 'Genus species' },
    { id: 'C.1', taxid: 6, organism: 'Genus species var. minor' },
    { id: 'D.1', taxid: null, organism: 'Other one' },
  ];
  assert.equal(taxidMap(records), 'A.1 5\nB.1 5\nC.1 6\n');
  assert.equal(taxonomy(records), '1\t1\tno rank\troot\n5\t1\tspecies\tGenus species\n6\t1\tvarietas\tGenus species var. minor\n');
});
