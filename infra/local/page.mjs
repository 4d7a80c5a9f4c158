// Builds the page when its sources changed: `node infra/local/page.mjs [--install]` (`--install`: the packages alone).

import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { must } from './command.mjs';
import { changedAt, installPackages } from './npm.mjs';
import { OUT, WEB } from './paths.mjs';
import { say, whenCalled } from './say.mjs';

const NOT_SOURCES = new Set(['node_modules', 'dist', 'test-results', 'coverage']);
const STAMP = path.join(OUT, 'stamps', 'page');

await whenCalled(import.meta.url, async (args) => {
  await installPackages(WEB, 'the page');
  if (!args.includes('--install')) await build();
});

async function build() {
  const now = await hashOf(WEB);
  const before = await readFile(STAMP, 'utf8').catch(() => '');
  const built = await changedAt(path.join(WEB, 'dist', 'index.html'));
  if (built && before === now) return;
  say('building the page');
  await must('npm', ['run', '--silent', 'build'], { cwd: WEB, quiet: true });
  await mkdir(path.dirname(STAMP), { recursive: true });
  await writeFile(STAMP, now);
}

async function hashOf(folder) {
  const hash = createHash('sha256');
  for (const file of await sourcesIn(folder)) {
    hash.update(path.relative(folder, file)).update('\0').update(await readFile(file));
  }
  return hash.digest('hex');
}

async function sourcesIn(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (NOT_SOURCES.has(entry.name)) continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await sourcesIn(file)));
    else found.push(file);
  }
  return found.sort();
}
