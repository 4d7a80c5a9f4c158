// The ready-made searches of a sample database, made from its files when they are fetched.

import { geneOf, recode } from './codons.mjs';
import { writeFasta } from './fasta.mjs';
import { pointChanges, seeded } from './random.mjs';
import { isRecord } from './records.mjs';

const MAKERS = {
  'changed-record': ({ record, changes, seed, header }, find) => [
    { header, sequence: pointChanges(find(record).sequence, changes, seed) },
  ],
  record: ({ record, header }, find) => [{ header, sequence: find(record).sequence }],
  'renamed-records': ({ records, header }, find) =>
    records.map((record, i) => ({ header: `${header}_${i + 1}`, sequence: find(record).sequence })),
  cut: ({ record, from, to, header }, find) => [
    { header, sequence: find(record).sequence.slice(from - 1, to) },
  ],
  'recoded-gene': ({ record, protein_start: start, seed, header }, find) => {
    const gene = geneOf(find(record).sequence, start);
    if (!gene) throw new Error(`${record} holds no gene that starts with ${start}`);
    return [{ header, sequence: recode(gene.dna, seeded(seed)) }];
  },
};

/**
 * Examples of a database as `handler database add --examples` takes them:
 * `{ id, title, description, program, query, answer }`. One whose records another release
 * of the package does not hold is left out and named in `missing`.
 */
export function makeExamples(declared, records) {
  const examples = [];
  const missing = [];
  for (const { make, top: _top, ...example } of declared) {
    try {
      const query = writeFasta(MAKERS[make.how](make, (wanted) => findRecord(records, wanted)));
      examples.push({ ...example, query });
    } catch (error) {
      missing.push(`${example.id}: ${error.message}`);
    }
  }
  return { examples, missing };
}

function findRecord(records, wanted) {
  const found = records.find((record) => isRecord(record, wanted));
  if (!found) throw new Error(`no record ${wanted}`);
  return found;
}
