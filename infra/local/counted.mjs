// Test programs, run and counted.

import { command } from './command.mjs';
import { countsIn } from './counts.mjs';

/**
 * Runs a test program: `{ passed, failed, skipped }`. Its exit code decides, its summary gives the numbers;
 * a program that is `one` check needs no summary.
 */
export async function counted(program, args, { one = false, ...options }) {
  const { code, output } = await command(program, args, { ...options, keep: true });
  const { passed, failed } = countsIn(output) ?? { passed: one && code === 0 ? 1 : 0, failed: 0 };
  // A program that broke before it counted has failed once; so has one that ran no test at all.
  const broken = (code !== 0 && failed === 0) || passed + failed === 0;
  return { passed, failed: failed + (broken ? 1 : 0), skipped: 0 };
}
