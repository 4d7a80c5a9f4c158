// One run at a time for a data folder: two Azurites would write the same files.

import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Stop, say } from './say.mjs';

/** Takes the folder for this process, or throws a `Stop` that names the process that has it. */
export async function lock(data) {
  const file = path.join(data, 'run.pid');
  try {
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
  } catch {
    const holder = await lockHolder(data);
    if (holder) throw new Stop(`${data} is in use by process ${holder}; stop that one, or give another folder with DATA=`);
    say('the last run was not stopped in order');
    await writeFile(file, `${process.pid}\n`);
  }
  return () => rm(file, { force: true });
}

/** The living process that uses the folder, or null. */
export async function lockHolder(data) {
  const text = await readFile(path.join(data, 'run.pid'), 'utf8').catch(() => '');
  const pid = Number(text);
  if (!pid) return null;
  // A number may have been given to another program since; ours has the script's name in its command line.
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return commandLine.includes('run.mjs') ? pid : null;
}
