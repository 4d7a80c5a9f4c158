// One of the engine's unit tests that prints a report for people: built as all kinds of tests build it, run by itself.

import { command } from './command.mjs';
import { ROOT } from './paths.mjs';
import { Stop, say } from './say.mjs';

// What the test harness prints around the report.
const HARNESS =
  /^(\.|running \d+ tests?|test result: .*|failures:|note: run with .*|thread '.*' .*panicked at .*|\s*\w+(::\w+)+( --- FAILED)?)?$/;

/** Builds the engine's tests and runs that one; `{ code, report }`, the report a list of lines. */
export async function engineTest(name, { env = {}, what }) {
  say(`building ${what}`);
  const program = await built();
  say('running');
  const { code, output } = await command(program, [name, '--exact', '--ignored', '--nocapture', '--quiet'], {
    cwd: ROOT,
    env: { ...env, RUST_BACKTRACE: '0' },
    quiet: true,
  });
  return { code, report: reported(output) };
}

/** The lines of the report. */
export function reported(output) {
  return output.split('\n').filter((line) => !HARNESS.test(line));
}

/** Builds the engine's unit tests as all kinds of tests build them, and gives the program. */
async function built() {
  const args = ['test', '--locked', '--quiet', '--workspace', '--lib', '--no-run', '--message-format=json-render-diagnostics'];
  const { code, output } = await command('cargo', args, { cwd: ROOT, keep: true, silent: true });
  if (code !== 0) throw new Stop("the engine's tests do not compile", 1);
  const program = programIn(output);
  if (!program) throw new Stop('cargo names no test program of the engine', 1);
  return program;
}

/** The engine's test program in what cargo says, a JSON object a line. */
export function programIn(output) {
  for (const line of output.split('\n').filter((text) => text.startsWith('{'))) {
    const said = JSON.parse(line);
    if (said.reason === 'compiler-artifact' && said.target.name === 'blastline_engine' && said.executable) return said.executable;
  }
  return null;
}
