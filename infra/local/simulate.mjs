// Runs the simulator of the control plane: `node infra/local/simulate.mjs`, with SEED, N and PLANT of the environment.

import { engineTest } from './engine-test.mjs';
import { Stop, say, whenCalled } from './say.mjs';

// The test of the engine that takes these variables.
const TEST = 'simulator::tests::what_was_asked_for';
/** Most seeds that one call runs. */
const MOST = 1_000_000n;
const LARGEST_SEED = 2n ** 64n - 1n;

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
  const { code, report } = await engineTest(TEST, { env: asked, what: 'the simulator' });
  for (const line of report) say(line);
  if (!report.some((line) => / seeds, \d+ invariants, /.test(line))) throw new Stop('no seed was run', 2);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}
