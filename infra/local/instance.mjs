// A whole system of its own for a check: `run.mjs` on free ports and in a data folder that is taken away.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environment } from './command.mjs';
import { Stop } from './say.mjs';

const RUN = fileURLToPath(new URL('run.mjs', import.meta.url));
// With databases to fetch and build; on a slow mirror this is most of it.
const READY_MS = 180_000;

/** Starts the system, calls `use(address)` when it is ready, stops it, and answers what `use` answered. */
export async function withInstance(env, use) {
  const data = await mkdtemp(path.join(os.tmpdir(), 'blastline-run-'));
  const child = spawn('node', [RUN], {
    env: environment({ PORT: '0', DATA: data, FASTA: '', ...env }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  try {
    return await use(await readyAddress(child, ended));
  } finally {
    child.kill('SIGINT');
    await ended;
    await rm(data, { recursive: true, force: true });
  }
}

function readyAddress(child, ended) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Stop(`not ready after ${READY_MS / 1000} s`)), READY_MS);
    const settle = (how, what) => {
      clearTimeout(late);
      how(what);
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      console.log(line);
      const found = line.match(/^ready (http:\S+)/);
      if (found) settle(resolve, found[1]);
    });
    ended.then((code) => settle(reject, new Stop(`the system ended with code ${code} before it was ready`)));
  });
}
