// What a person reads at the terminal, and the one way in which a script gives up.

import { fileURLToPath } from 'node:url';

/** One line of progress. */
export function say(line) {
  console.log(line);
}

/** Something a person can mend: the message says how. `code` 2 means that the machine lacks something. */
export class Stop extends Error {
  constructor(message, code = 1) {
    super(message);
    this.code = code;
  }
}

/** Runs a script's `main` when the script itself was called; a `Stop` becomes a message and an exit code. */
export async function whenCalled(url, main) {
  if (process.argv[1] !== fileURLToPath(url)) return;
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = error.code;
  }
}
