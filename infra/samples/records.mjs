// The formats of the sample files, each to the same records:
// `{ id, title, organism, taxid, sequence }`; `organism` and `taxid` are null where the file does not say.

import { idOf, parseFasta } from './fasta.mjs';
import { parseGenbank } from './genbank.mjs';

const READERS = {
  genbank: genbankRecords,
  'refseq-fasta': refseqRecords,
  'uniprot-fasta': uniprotRecords,
};

/** Records of a sample file's text; `declared` is the file's entry in `samples.json`. */
export function readRecords(text, declared) {
  const reader = READERS[declared.format];
  if (!reader) throw new Error(`unknown format ${declared.format}`);
  const records = reader(text).map((record) => ({
    ...record,
    organism: record.organism ?? declared.organism ?? null,
    taxid: record.taxid ?? declared.taxid ?? null,
  }));
  const bare = records.find((record) => !record.id || !record.sequence);
  if (records.length === 0 || bare) throw new Error(`a record without id or sequence: ${bare?.id ?? 'none at all'}`);
  return records;
}

function genbankRecords(text) {
  return parseGenbank(text).map((entry) => ({
    id: entry.accession,
    title: spelledOut(entry.definition, entry.organism),
    organism: entry.organism || null,
    taxid: entry.taxid,
    sequence: entry.sequence,
  }));
}

// Old definitions shorten the species, `C.irapeanum 5.8S rRNA gene`: the ORGANISM line has it in full.
function spelledOut(definition, organism) {
  const initial = organism.slice(0, 1);
  return organism && new RegExp(`^${initial}\\.\\S+ `).test(definition)
    ? definition.replace(/^\S+/, organism)
    : definition;
}

// `gi|9629357|ref|NC_001802.1| Human immunodeficiency virus type 1, complete genome`
function refseqRecords(text) {
  return parseFasta(text).map((record) => ({
    id: idOf(record).replace(/^gi\|\d+\|[a-z]+\|([^|]+)\|.*$/, '$1'),
    title: titleOf(record),
    organism: null,
    taxid: null,
    sequence: record.sequence,
  }));
}

// `sp|B8G711|EFP_CHLAD Elongation factor P OS=Chloroflexus aggregans GN=efp PE=3 SV=1 Split=0`
function uniprotRecords(text) {
  return parseFasta(text).map((record) => ({
    id: idOf(record),
    title: titleOf(record).replace(/\s*\bSplit=\d+$/, ''),
    organism: record.header.match(/\bOS=(.*?)(?: [A-Z]{2}=|\s*$)/)?.[1] ?? null,
    taxid: null,
    sequence: record.sequence,
  }));
}

function titleOf(record) {
  return record.header.slice(idOf(record).length).trim();
}

/** Whether `wanted` names a record: its whole id, or the accession inside a UniProt id. */
export function isRecord(record, wanted) {
  return record.id === wanted || record.id.split('|')[1] === wanted;
}
