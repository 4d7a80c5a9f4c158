// Other programs, run to their end.

import { spawn } from 'node:child_process';
import { Stop } from './say.mjs';

// What make passes on to its own children is nobody else's business.
const { MAKEFLAGS, MAKELEVEL, MFLAGS, ...ENVIRONMENT } = process.env;

/** The environment for other programs, with additions. */
export function environment(additions = {}) {
  return { ...ENVIRONMENT, ...additions };
}

/**
 * Runs a program; its output goes to the terminal, and with `keep` to the answer too.
 * `quiet` keeps both of its outputs from the terminal, `silent` only what it prints on stdout.
 * Answers `{ code, output }`; `code` is 127 when there is no such program.
 */
export function command(program, args, { cwd, env, keep = false, quiet = false, silent = false } = {}) {
  return new Promise((resolve) => {
    const out = keep || quiet ? 'pipe' : 'inherit';
    const child = spawn(program, args, { cwd, env: environment(env), stdio: ['ignore', out, out] });
    const chunks = [];
    for (const [stream, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      stream?.on('data', (chunk) => {
        chunks.push(chunk);
        if (!quiet && !(silent && stream === child.stdout)) to.write(chunk);
      });
    }
    const done = (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') });
    child.on('error', () => done(127));
    child.on('close', (code) => done(code ?? 1));
  });
}

/** Runs a program that has to succeed. */
export async function must(program, args, options = {}) {
  const { code, output } = await command(program, args, options);
  if (code === 127) throw new Stop(`${program} is not on this machine`, 2);
  if (code !== 0) {
    if (options.quiet) process.stderr.write(output);
    throw new Stop(`${program} ${args.join(' ')} failed (exit code ${code})`, 1);
  }
  return output;
}

/** Whether a program can be started. */
export async function present(program, args = ['--version']) {
  return (await command(program, args, { quiet: true })).code !== 127;
}
