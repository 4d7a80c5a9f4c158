// Runs the simulator of the control plane: `node infra/local/simulate.mjs`, with SEED, N and PLANT of the environment.

import { command } from './command.mjs';
import { ROOT } from './paths.mjs';
import { Stop, say, whenCalled } from './say.mjs';

// The test of the engine that takes these variables.
const TEST = 'simulator::tests::what_was_asked_for';
/** Most seeds that one call runs. */
const MOST = 1_000_000n;
const LARGEST_SEED = 2n ** 64n - 1n;
// What the test harness prints around the report.
const HARNESS =
  /^(\.|running \d+ tests?|test result: .*|failures:|note: run with .*|thread '.*' .*panicked at .*|\s*simulator::tests::.*)?$/;

await whenCalled(import.meta.url, async () => {
  const asked = wanted(process.env);
  if ((await simulated(asked)).failed > 0) throw new Stop('an invariant does not hold', 1);
});

/** What was asked for, checked: `{ SEED, N, PLANT }` of texts, each left out where it was not given. */
export function wanted(env) {
  const given = Object.fromEntries(['SEED', 'N', 'PLANT'].map((name) => [name, (env[name] ?? '').trim()]));
  number('SEED', given.SEED, 0n, LARGEST_SEED);
  number('N', given.N, 1n, MOST);
  return Object.fromEntries(Object.entries(given).filter(([, text]) => text !== ''));
}

function number(name, text, least, most) {
  if (text === '') return;
  const fine = /^\d{1,20}$/.test(text) && BigInt(text) >= least && BigInt(text) <= most;
  if (!fine) throw new Stop(`${name}=${text}: a whole number from ${least} to ${most} is allowed`, 2);
}

/** Builds and runs the simulator; its output is for people, the answer `{ passed, failed, skipped }` for suites. */
export async function simulated(asked) {
  const program = await built();
  say('running');
  const { code, output } = await command(program, [TEST, '--exact', '--ignored', '--nocapture', '--quiet'], {
    cwd: ROOT,
    env: { ...asked, RUST_BACKTRACE: '0' },
    quiet: true,
  });
  const report = reported(output);
  for (const line of report) say(line);
  if (!report.some((line) => / seeds, \d+ invariants, /.test(line))) throw new Stop('no seed was run', 2);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** The lines of the report. */
export function reported(output) {
  return output.split('\n').filter((line) => !HARNESS.test(line));
}

/** Builds the engine's unit tests as all kinds of tests build them, and gives the program. */
async function built() {
  say('building the simulator');
  const args = ['test', '--locked', '--quiet', '--workspace', '--lib', '--no-run', '--message-format=json-render-diagnostics'];
  const { code, output } = await command('cargo', args, { cwd: ROOT, keep: true, silent: true });
  if (code !== 0) throw new Stop('the simulator does not compile', 1);
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
