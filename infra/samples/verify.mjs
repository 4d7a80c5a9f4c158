// Every ready-made search, run with BLAST+ itself: its best hits must be those that `samples.json` declares.
// `node infra/samples/verify.mjs CACHE` prints one line an example and a count; non-zero when one is wrong.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { prepareSamples } from './fetch.mjs';

const run = promisify(execFile);
const BLAST = (program) => path.join(process.env.BLAST_BIN_DIR ?? '', program);

const [cache] = process.argv.slice(2);
if (!cache) throw new Error('usage: node infra/samples/verify.mjs CACHE');
const dir = await mkdtemp(path.join(os.tmpdir(), 'blastline-samples-'));
let passed = 0;
let failed = 0;
try {
  for await (const { sample, files, error } of prepareSamples(cache, console.log)) {
    if (error) tell(sample.name, false, error.message);
    else await verifySample(sample, files);
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;

function tell(what, ok, detail) {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${what}: ${detail}`);
}

async function verifySample(sample, files) {
  const database = path.join(dir, sample.name);
  const molecule = sample.molecule === 'protein' ? 'prot' : 'nucl';
  await run(BLAST('makeblastdb'), ['-in', files.fasta, '-dbtype', molecule, '-parse_seqids', '-out', database]);
  const examples = new Map(JSON.parse(await readFile(files.examples, 'utf8')).map((example) => [example.id, example]));
  for (const declared of sample.examples) {
    const example = examples.get(declared.id);
    if (!example) {
      tell(declared.id, false, 'not made');
      continue;
    }
    const best = await bestHits(example, database);
    const wrong = declared.top.findIndex((title, i) => !best[i]?.includes(title));
    const right = wrong < 0 && best.length === declared.top.length;
    tell(`${declared.id} (${declared.program})`, right, right ? best.join('; ').slice(0, 120) : `query ${wrong + 1}: ${best[wrong]}`);
  }
}

// Title of the best hit of each query, in query order.
async function bestHits(example, database) {
  const query = path.join(dir, `${example.id}.fa`);
  await writeFile(query, example.query);
  const { stdout } = await run(BLAST(example.program), [
    '-query', query, '-db', database, '-evalue', '0.05', '-num_threads', '2', '-outfmt', '6 qseqid stitle',
  ], { maxBuffer: 64 * 1024 * 1024 });
  const best = new Map();
  for (const line of stdout.split('\n').filter(Boolean)) {
    const [id, title] = line.split('\t');
    if (!best.has(id)) best.set(id, title);
  }
  return [...best.values()];
}
