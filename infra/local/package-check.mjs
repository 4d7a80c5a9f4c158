// The package, unpacked into an empty folder, runs under the local host and searches.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withInstance } from './instance.mjs';
import { makePackage } from './package.mjs';
import { PACKAGE, SAMPLES } from './paths.mjs';
import { Stop, say } from './say.mjs';
import { unzip } from './unzip.mjs';
import { until } from './until.mjs';

const SEARCH_MS = 120_000;
const FINISHED = ['completed', 'failed', 'cancelled'];

/** Gives `{ passed, failed, skipped }`; its one check is a search with the package. */
export async function packageRuns() {
  await makePackage();
  const root = await mkdtemp(path.join(os.tmpdir(), 'blastline-package-'));
  try {
    await unpack(await readFile(PACKAGE), root);
    await withInstance({ SCRIPT_ROOT: root, SAMPLES }, searchExample);
    return { passed: 1, failed: 0, skipped: 0 };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function unpack(bytes, root) {
  for (const { name, mode, bytes: content } of unzip(bytes)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode });
  }
}

// The first ready-made search, from its submission to its best hit.
async function searchExample(address) {
  const { databases } = await json(`${address}/api/blast/databases`);
  const database = databases.find((one) => one.examples.length > 0);
  if (!database) throw new Stop('no database with an example is there');
  const { program, query } = database.examples[0];
  const request = { program, database: database.name, query_data: query };
  const { job_id: id } = await json(`${address}/api/blast/jobs`, request);
  let status = '';
  const finished = async () => {
    ({ status } = await json(`${address}/api/blast/jobs/${id}`));
    return FINISHED.includes(status);
  };
  await until(finished, SEARCH_MS, `job ${id} ends`);
  if (status !== 'completed') throw new Stop(`job ${id} is ${status}`);
  const { hits } = await json(`${address}/api/blast/jobs/${id}/results/hits`);
  if (hits.length === 0) throw new Stop(`job ${id} found nothing`);
  say(`${database.examples[0].title} ${hits[0].title ?? hits[0].subject_id}`);
}

async function json(url, body) {
  const headers = { 'content-type': 'application/json' };
  const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : {};
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Stop(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
