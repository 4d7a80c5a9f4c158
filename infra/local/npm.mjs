// npm packages by lock file, installed when they are missing or older than it.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { must } from './command.mjs';
import { say } from './say.mjs';

/** Brings `node_modules` of a folder up to date with its lock file; `what` is what the packages are for. */
export async function installPackages(folder, what) {
  const wanted = await changedAt(path.join(folder, 'package-lock.json'));
  // npm writes the inner lock file at the end of each installation.
  const installed = await changedAt(path.join(folder, 'node_modules', '.package-lock.json'));
  if (installed >= wanted) return;
  say(`installing the packages of ${what}`);
  await must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, quiet: true });
}

/** When a file was last changed, in milliseconds; 0 when there is none. */
export async function changedAt(file) {
  const found = await stat(file).catch(() => null);
  return found ? found.mtimeMs : 0;
}
