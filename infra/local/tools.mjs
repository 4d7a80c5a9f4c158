// Installs what the project needs and the machine lacks, and says so: Azurite, BLAST+, and for the browser test Chromium.
// `node infra/local/tools.mjs [--tests]`

import { constants } from 'node:fs';
import { access, copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { command, must, present } from './command.mjs';
import { ROOT, TOOLS, shown } from './paths.mjs';
import { Stop, say, whenCalled } from './say.mjs';

// What the page's build needs.
const NODE = [20, 19];
const LOCK = path.join(ROOT, 'infra', 'local', 'tools');

await whenCalled(import.meta.url, async (args) => {
  requireToolchains(await present('cargo'));
  await azurite();
  await blast();
  if (args.includes('--tests')) await chromium();
});

function requireToolchains(hasCargo) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE[0] || (major === NODE[0] && minor < NODE[1])) {
    throw new Stop(`Node ${NODE.join('.')} or later is needed, this is ${process.versions.node}: https://nodejs.org`, 2);
  }
  if (!hasCargo) throw new Stop('A Rust toolchain is needed (cargo was not found): https://rustup.rs', 2);
}

// Again when the committed lock file differs from the one that was installed by.
async function azurite() {
  const installed = path.join(TOOLS, 'package-lock.json');
  const wanted = path.join(LOCK, 'package-lock.json');
  const there = await access(azuriteProgram()).then(() => true, () => false);
  if (there && (await same(installed, wanted))) return;
  const { version } = JSON.parse(await readFile(wanted, 'utf8')).packages['node_modules/azurite'];
  say(`installing Azurite ${version} into ${shown(TOOLS)}`);
  await mkdir(TOOLS, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    await copyFile(path.join(LOCK, file), path.join(TOOLS, file));
  }
  await must('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: TOOLS, quiet: true });
}

/** Azurite's program. */
export function azuriteProgram() {
  return path.join(TOOLS, 'node_modules', '.bin', 'azurite');
}

async function same(a, b) {
  const [left, right] = await Promise.all([a, b].map((file) => readFile(file, 'utf8').catch(() => null)));
  return left !== null && left === right;
}

async function blast() {
  const program = path.join(process.env.BLAST_BIN_DIR ?? '', 'blastn');
  if (await present(program, ['-version'])) return;
  if (process.env.BLAST_BIN_DIR) throw new Stop(`${program} cannot be started: BLAST_BIN_DIR is wrong`, 2);
  await installPackage('ncbi-blast+', 'NCBI BLAST+');
}

/** The browser of the tests as a whole path: `CHROME`, else one of the usual names. */
export async function chromeProgram() {
  for (const name of [process.env.CHROME, 'chromium', 'chromium-browser', 'google-chrome']) {
    const file = name && (await wholePath(name));
    if (file && (await present(file))) return file;
  }
  return null;
}

/** Where a program is: what drives the browser does not look on the search path. */
async function wholePath(name) {
  if (name.includes('/')) return path.resolve(name);
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (await access(file, constants.X_OK).then(() => true, () => false)) return file;
  }
  return null;
}

async function chromium() {
  if (await chromeProgram()) return;
  if (process.env.CHROME) throw new Stop(`${process.env.CHROME} cannot be started: CHROME is wrong`, 2);
  await installPackage('chromium', 'Chromium, for the browser test');
}

async function installPackage(name, what) {
  const manual = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${name}`;
  if (!(await present('apt-get'))) {
    throw new Stop(`${what} is needed. On Debian or Ubuntu: ${manual}\nElsewhere install it by hand and put it on the search path.`, 2);
  }
  const sudo = await rightToInstall();
  if (!sudo) throw new Stop(`${what} is needed, and this user may not install it. Please run:\n  ${manual}`, 2);
  say(`installing ${what} (${name}) from the distribution`);
  const [program, ...before] = [...sudo, 'apt-get'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = [...before, 'install', '-y', '-q', '--no-install-recommends', name];
  if ((await command(program, install, { env, quiet: true })).code === 0) return;
  say('bringing the package lists up to date');
  await must(program, [...before, 'update', '-q'], { env, quiet: true });
  await must(program, install, { env, quiet: true });
}

// The words before `apt-get`, or null when neither root nor a sudo without password is at hand.
async function rightToInstall() {
  if (process.getuid?.() === 0) return [];
  return (await command('sudo', ['-n', 'true'], { quiet: true })).code === 0 ? ['sudo', '-n'] : null;
}
