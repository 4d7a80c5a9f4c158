// The contract: `web/openapi.json` comes from the Rust types, the page's types come from it.
// `node infra/local/openapi.mjs write` brings both up to date; `schemaDrift` says whether they are.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buildBinaries } from './build.mjs';
import { must } from './command.mjs';
import { WEB, binary, shown } from './paths.mjs';
import { Stop, say, whenCalled } from './say.mjs';

const DOCUMENT = path.join(WEB, 'openapi.json');
const TYPES = path.join(WEB, 'src', 'api', 'schema.gen.ts');

await whenCalled(import.meta.url, async ([what]) => {
  if (what !== 'write') throw new Stop('usage: node infra/local/openapi.mjs write', 2);
  await writeFile(DOCUMENT, await generatedDocument());
  await writeFile(TYPES, await generatedTypes(DOCUMENT));
  say(`${shown(DOCUMENT)} and ${shown(TYPES)} are up to date`);
});

async function generatedDocument() {
  await buildBinaries(['handler'], 'dev');
  const text = await must(binary('handler', 'dev'), ['openapi'], { quiet: true });
  return `${text.trimEnd()}\n`;
}

async function generatedTypes(document) {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'blastline-types-'));
  try {
    const out = path.join(dir, 'schema.ts');
    const generator = path.join(WEB, 'node_modules', '.bin', 'openapi-typescript');
    await must(generator, [document, '-o', out], { cwd: WEB, quiet: true });
    return await readFile(out, 'utf8');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What of the committed contract differs from what the Rust types give; empty when nothing does. */
export async function schemaDrift() {
  const read = (file) => readFile(file, 'utf8').catch(() => '');
  const drifted = [];
  if ((await generatedDocument()) !== (await read(DOCUMENT))) drifted.push(shown(DOCUMENT));
  if ((await generatedTypes(DOCUMENT)) !== (await read(TYPES))) drifted.push(shown(TYPES));
  return drifted;
}
