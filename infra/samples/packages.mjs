// Files out of Debian packages, without installing them: `apt-get download`, then the members that are asked for.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What stands in the way when a package cannot be had; its message is for the person at the terminal. */
export class PackageUnreachable extends Error {
  constructor(name, reason) {
    super(`package ${name}: ${reason}`);
    /** Whether the mirrors themselves cannot be reached, so that asking for another package is in vain. */
    this.offline = /Could not (connect|resolve)|Temporary failure|Network is unreachable|timed out/i.test(reason);
  }
}

/**
 * Downloads a package into a new directory below `work`: `{ deb, version }`.
 * Throws `PackageUnreachable` when no mirror has it or none can be reached.
 */
export async function downloadPackage(name, work) {
  await mkdir(work, { recursive: true });
  const dir = await mkdtemp(path.join(work, `${name}-`));
  try {
    await download(name, dir, work);
    const deb = (await readdir(dir)).find((file) => file.endsWith('.deb'));
    if (!deb) throw new Error('no file came');
    const file = path.join(dir, deb);
    const { stdout } = await run('dpkg-deb', ['-f', file, 'Version']);
    return { deb: file, version: stdout.trim() };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw new PackageUnreachable(name, reasonOf(error));
  }
}

// A machine without package lists (a fresh container) gets lists of its own below `work`:
// that needs no rights and leaves the system's lists as they are.
async function download(name, dir, work) {
  try {
    await apt(['download', name], dir);
  } catch (first) {
    if (first.code === 'ENOENT') throw first;
    const lists = path.join(work, 'apt', 'lists');
    const cache = path.join(work, 'apt', 'cache');
    await mkdir(path.join(lists, 'partial'), { recursive: true });
    await mkdir(path.join(cache, 'archives', 'partial'), { recursive: true });
    const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`];
    await apt([...own, '-o', 'APT::Update::Error-Mode=any', 'update'], dir);
    await apt([...own, 'download', name], dir);
  }
}

function apt(args, cwd) {
  const options = ['-q', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'];
  // Root's downloads would be made by a user who may not write here.
  if (process.getuid?.() === 0) options.push('-o', 'APT::Sandbox::User=root');
  return run('apt-get', [...options, ...args], { cwd, maxBuffer: MAX_OUTPUT_BYTES });
}

// What apt could not fetch tells most; else its last error.
function reasonOf(error) {
  if (error.code === 'ENOENT') return `${error.path} is not on this machine`;
  const lines = String(error.stderr ?? '').split('\n');
  const told = lines.find((line) => /^[EW]: Failed to fetch/.test(line)) ?? lines.filter((line) => line.startsWith('E: ')).pop();
  return told ? told.slice(3) : error.message.split('\n', 1)[0];
}

/**
 * The members of a package whose paths are asked for, as `Map(path → bytes)`.
 * In another release a path is found by its file name; one that is not there is left out.
 */
export async function readMembers(deb, paths) {
  const dir = path.join(path.dirname(deb), 'members');
  await mkdir(dir, { recursive: true });
  // One pass over the package, which takes longest to unpack; a member that is missing fails it.
  const extract = (names) => tarOf(deb, ['--extract', '--directory', dir, ...new Set(names.values())]);
  let names = new Map(paths.map((wanted) => [wanted, `./${wanted}`]));
  try {
    await extract(names);
  } catch {
    const listed = (await tarOf(deb, ['--list'])).split('\n');
    names = new Map(paths.map((wanted) => [wanted, findMember(listed, wanted)]).filter(([, name]) => name));
    if (names.size > 0) await extract(names);
  }
  const members = new Map();
  for (const [wanted, name] of names) members.set(wanted, await readFile(path.join(dir, name)));
  return members;
}

/** The member of `names` that `wanted` means: the same path, else the same file name, compressed or not. */
export function findMember(names, wanted) {
  const plain = (name) => name.replace(/\.gz$/, '');
  const exact = names.find((name) => name === `./${wanted}`);
  const other = names.find((name) => plain(path.basename(name)) === plain(path.basename(wanted)));
  return exact ?? other;
}

// `dpkg-deb --fsys-tarfile` writes the package's files as a tar stream.
async function tarOf(deb, args) {
  const pipe = 'dpkg-deb --fsys-tarfile "$1" | { shift; tar --file - "$@"; }';
  const { stdout } = await run('sh', ['-c', pipe, 'sh', deb, ...args], { maxBuffer: MAX_OUTPUT_BYTES });
  return stdout;
}

/** SHA-256 of bytes in hexadecimal. */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Text of a member, unpacked when it is gzip. */
export function textOf(bytes) {
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return (gzip ? gunzipSync(bytes) : bytes).toString('utf8');
}
