// Lays the script root out: the folder that the Functions host, ours or Microsoft's, is started in.
// Files are replaced by renaming, so that a host that runs from the folder meanwhile is not disturbed.

import { copyFile, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { APP, PROFILE, ROOT, WEB, binary, shown } from './paths.mjs';
import { Stop, say, whenCalled } from './say.mjs';

await whenCalled(import.meta.url, async () => {
  await stage(PROFILE);
  say(shown(APP));
});

/** Brings `target/app` up to date with the sources and with the handler of `profile`. */
export async function stage(profile) {
  const wanted = await layout(profile);
  for (const [name, source] of wanted) await place(source, path.join(APP, name));
  for (const name of await filesBelow(APP)) {
    if (!wanted.has(name)) await rm(path.join(APP, name), { recursive: true });
  }
}

/** `Map(path in the script root → file)`. */
async function layout(profile) {
  const handler = binary('handler', profile);
  if (!(await exists(handler))) throw new Stop(`${shown(handler)} is not built`);
  const page = path.join(WEB, 'dist');
  if (!(await exists(path.join(page, 'index.html')))) throw new Stop(`${shown(page)} holds no page`);
  const files = new Map([
    ['host.json', path.join(ROOT, 'host.json')],
    ['local.settings.json', path.join(ROOT, 'local.settings.sample.json')],
    ['handler', handler],
  ]);
  await addBelow(files, path.join(ROOT, 'functions'), '');
  await addBelow(files, page, 'web');
  return files;
}

async function addBelow(files, folder, prefix) {
  for (const name of await filesBelow(folder)) files.set(path.join(prefix, name), path.join(folder, name));
}

/** Files below a folder, as sorted relative paths; none when there is no such folder. */
export async function filesBelow(folder, prefix = '') {
  const entries = await readdir(path.join(folder, prefix), { withFileTypes: true }).catch(() => []);
  const found = [];
  for (const entry of entries) {
    const name = path.join(prefix, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, name)));
    else found.push(name);
  }
  return found.sort();
}

// The copy carries the source's time, by which the next run sees that nothing changed.
async function place(source, target) {
  const from = await stat(source);
  const there = await stat(target).catch(() => null);
  if (there && there.size === from.size && Math.trunc(there.mtimeMs) === Math.trunc(from.mtimeMs)) return;
  await mkdir(path.dirname(target), { recursive: true });
  const fresh = `${target}.${process.pid}.new`;
  await copyFile(source, fresh);
  await utimes(fresh, from.atime, from.mtime);
  await rename(fresh, target);
}

async function exists(file) {
  return stat(file).then(() => true, () => false);
}
