// The zip that Azure takes: the staged script root without the settings of one's own machine.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildBinaries } from './build.mjs';
import { APP, PACKAGE, shown } from './paths.mjs';
import { say, whenCalled } from './say.mjs';
import { filesBelow, stage } from './stage.mjs';
import { zip } from './zip.mjs';

const PROFILE = 'dist';
const STAYS_HERE = 'local.settings.json';

await whenCalled(import.meta.url, makePackage);

/** Builds, stages and packs; says the zip's path, size and sha256. */
export async function makePackage() {
  await buildBinaries(['handler'], PROFILE);
  await stage(PROFILE);
  const bytes = zip(await entries());
  await writeFile(PACKAGE, bytes);
  say(`${shown(PACKAGE)}  ${bytes.length} bytes  sha256 ${createHash('sha256').update(bytes).digest('hex')}`);
}

async function entries() {
  const names = (await filesBelow(APP)).filter((name) => name !== STAYS_HERE);
  return Promise.all(
    names.map(async (name) => ({
      name,
      mode: name === 'handler' ? 0o755 : 0o644,
      bytes: await readFile(path.join(APP, name)),
    })),
  );
}
