// Takes away what `make run` keeps in its data folder: jobs, databases, caches, fetched samples. Tools stay.

import { rm } from 'node:fs/promises';
import path from 'node:path';
import { lockHolder } from './lock.mjs';
import { DATA, shown } from './paths.mjs';
import { Stop, say, whenCalled } from './say.mjs';

const STATE = ['azurite', 'cache', 'scratch', 'samples', 'ports.json', 'run.pid'];

await whenCalled(import.meta.url, async () => {
  const holder = await lockHolder(DATA);
  if (holder) throw new Stop(`${shown(DATA)} is in use by process ${holder}; stop it first`);
  for (const name of STATE) await rm(path.join(DATA, name), { recursive: true, force: true });
  say(`${shown(DATA)}: jobs, databases, caches and samples are gone`);
});
