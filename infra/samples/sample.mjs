// One sample database on disk: sequences, taxids, taxonomy and examples, in a directory of its own below the cache.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeExamples } from './examples.mjs';
import { writeFasta } from './fasta.mjs';
import { sha256, textOf } from './packages.mjs';
import { readRecords } from './records.mjs';

// Raised when the files that are written below change for the same input.
const LAYOUT = 2;
// The root of NCBI's taxonomy, its own parent.
const ROOT = 1;

/** The files of a prepared sample, with `note` for the person at the terminal, or null when it is not in the cache as declared. */
export async function cachedSample(sample, cache) {
  try {
    const seen = JSON.parse(await readFile(path.join(cache, sample.name, 'sample.json'), 'utf8'));
    return seen.declared === fingerprint(sample) ? filesOf(sample, cache, seen) : null;
  } catch {
    return null;
  }
}

/**
 * Checks and converts the members of a sample (`Map(package → { version, members })`) and keeps the result.
 * A member of the pinned version must have the declared hash; another version only the declared structure.
 */
export async function keepSample(sample, packages, pinned, cache) {
  const notes = [];
  const kept = [];
  const all = [];
  for (const file of sample.files) {
    const { version, members } = packages.get(file.package);
    const bytes = members.get(file.path);
    if (!bytes) throw new Error(`${file.package} ${version} holds no ${path.basename(file.path)}`);
    checkMember(file, bytes, version, pinned[file.package].version, notes);
    const records = readRecords(textOf(bytes), file);
    all.push(...records);
    if (!file.only_examples) kept.push(...records);
  }
  if (kept.length !== sample.sequences) {
    notes.push(`${kept.length} sequences, ${sample.sequences} expected`);
  }
  const { examples, missing } = makeExamples(sample.examples, all);
  notes.push(...missing.map((what) => `example left out, ${what}`));
  const seen = { declared: fingerprint(sample), notes, taxids: kept.some((record) => record.taxid) };
  await writeSample(sample, cache, kept, examples, seen);
  return filesOf(sample, cache, seen);
}

function checkMember(file, bytes, version, expected, notes) {
  if (sha256(bytes) === file.sha256) return;
  if (version === expected) {
    throw new Error(`${path.basename(file.path)} of ${file.package} ${version} is not the file that was declared`);
  }
  notes.push(`${file.package} is version ${version}, not ${expected}: ${path.basename(file.path)} checked by its structure`);
}

// Written beside and renamed into place, so that a broken-off run leaves nothing that looks whole.
async function writeSample(sample, cache, kept, examples, seen) {
  const target = path.join(cache, sample.name);
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const put = (name, text) => writeFile(path.join(fresh, name), text);
  await put('sequences.fa', writeFasta(kept.map(({ id, title, sequence }) => ({ header: `${id} ${title}`, sequence }))));
  await put('taxids.txt', taxidMap(kept));
  await put('taxonomy.tsv', taxonomy(kept));
  await put('examples.json', `${JSON.stringify(examples, null, 2)}\n`);
  await put('sample.json', `${JSON.stringify(seen, null, 2)}\n`);
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

/** `accession taxid` lines, as `makeblastdb -taxid_map` takes them. */
export function taxidMap(records) {
  return records
    .filter((record) => record.taxid)
    .map((record) => `${record.id} ${record.taxid}\n`)
    .join('');
}

/** `taxid, parent, rank, name` lines; the files name no taxids above the organism, so each hangs on the root. */
export function taxonomy(records) {
  const rows = new Map([[ROOT, `${ROOT}\t${ROOT}\tno rank\troot\n`]]);
  for (const { taxid, organism } of records) {
    if (taxid && organism) rows.set(taxid, `${taxid}\t${ROOT}\t${rankOf(organism)}\t${organism}\n`);
  }
  return [...rows.values()].join('');
}

// From the name alone: botanical and bacterial ranks below the species are written out in it.
function rankOf(organism) {
  if (/ (str\.|strain) /.test(organism)) return 'strain';
  if (/ var\. /.test(organism)) return 'varietas';
  if (/ subsp\. /.test(organism)) return 'subspecies';
  return /^[A-Z][a-z]+ [a-z-]+$/.test(organism) ? 'species' : 'no rank';
}

function filesOf(sample, cache, { notes, taxids }) {
  const file = (name) => path.join(cache, sample.name, name);
  return {
    fasta: file('sequences.fa'),
    taxidMap: taxids ? file('taxids.txt') : null,
    taxonomy: taxids ? file('taxonomy.tsv') : null,
    examples: file('examples.json'),
    notes,
  };
}

function fingerprint(sample) {
  return sha256(Buffer.from(JSON.stringify([LAYOUT, sample])));
}
