import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../until.mjs';

const SUPERVISOR = fileURLToPath(new URL('supervisor.mjs', import.meta.url));
const LIMIT_MS = 30_000;

/** A supervisor with both programs up: `{ supervisor, lines, pids }`. */
async function started() {
  const supervisor = spawn(process.execPath, [SUPERVISOR], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = [];
  createInterface({ input: supervisor.stdout }).on('line', (line) => lines.push(line));
  const up = () => lines.filter((line) => line.startsWith('up '));
  await until(() => up().length === 2, LIMIT_MS, 'both programs are up');
  return { supervisor, lines, pids: up().map((line) => Number(line.split(' ')[2])) };
}

function alive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('programs are stopped in the reverse order of their start', async () => {
  const { supervisor, lines, pids } = await started();
  const ended = new Promise((resolve) => supervisor.on('close', resolve));
  supervisor.kill('SIGTERM');
  assert.equal(await ended, 0);
  assert.deepEqual(lines.filter((line) => line.startsWith('stopped')), ['stopped second', 'stopped first']);
  assert.deepEqual(pids.filter(alive), []);
});

test('no program outlives a supervisor that was killed', async () => {
  const { supervisor, pids } = await started();
  assert.deepEqual(pids.map(alive), [true, true]);
  supervisor.kill('SIGKILL');
  await until(() => !pids.some(alive), LIMIT_MS, 'both programs are gone');
});
