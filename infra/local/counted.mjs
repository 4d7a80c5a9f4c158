// Test programs, run and counted.

import { command } from './command.mjs';
import { countsIn } from './counts.mjs';

/** Runs a test program: `{ passed, failed, skipped }`. Its exit code decides, its summary gives the numbers. */
export async function counted(program, args, options) {
  const { code, output } = await command(program, args, { ...options, keep: true });
  const { passed, failed } = countsIn(output) ?? { passed: 0, failed: 0 };
  // A program that broke before it counted has failed once; so has one that ran no test at all.
  const broken = (code !== 0 && failed === 0) || passed + failed === 0;
  return { passed, failed: failed + (broken ? 1 : 0), skipped: 0 };
}
