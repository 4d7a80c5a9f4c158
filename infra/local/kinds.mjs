// The kinds of checks, in the order in which `make test` runs them. Each gives `{ passed, failed, skipped }`.

import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { browserPath } from './browser.mjs';
import { command } from './command.mjs';
import { counted } from './counted.mjs';
import { schemaDrift } from './openapi.mjs';
import { packageRuns } from './package-check.mjs';
import { APP, ROOT, SAMPLES, WEB, binary } from './paths.mjs';
import { say } from './say.mjs';
import { simulated } from './simulate.mjs';

/** Everything beside the code and within one room. */
const UNITS = ['--lib', '--bins', '--examples', '--test', 'blast_plus', '--test', 'contract', '--test', 'conformance'];
/** The stand-in cluster by itself, and the real host, Azurite and BLAST+. */
const CHAIN = ['--test', 'standin', '--test', 'cluster', '--test', 'chain'];
// Seeds of the simulator in the long run; 500 of them are among the units.
const LONG_SEEDS = '2000';
// Property tests try this many cases each in the long run (proptest's own default is 256).
const LONG_CASES = '2000';

/** The kinds of `make lint`, `make test` and `make test-all`. */
export const KINDS = {
  lint: [['lint', lint]],
  test: [
    ['lint', lint],
    ['unit', () => cargoTests(UNITS)],
    ['doc examples', () => cargoTests(['--doc'])],
    ['page', pageTests],
    ['scripts', scriptTests],
    ['samples', samples],
    ['chain', () => cargoTests(CHAIN)],
    ['browser', browserPath],
  ],
  'test-all': [
    ['lint', lint],
    ['unit', () => cargoTests(UNITS, true)],
    ['simulator', () => simulated({ N: LONG_SEEDS })],
    ['doc examples', () => cargoTests(['--doc'])],
    ['page', pageTests],
    ['scripts', scriptTests],
    ['samples', samples],
    ['chain', () => cargoTests(CHAIN, true)],
    ['browser', browserPath],
    ['package', packageRuns],
  ],
};

async function lint() {
  const checks = [
    ['rustfmt', () => succeeds('cargo', ['fmt', '--all', '--check'])],
    ['clippy', () => succeeds('cargo', ['clippy', '--locked', '--quiet', '--workspace', '--all-targets', '--', '-D', 'warnings'])],
    ['page: format and rules', () => succeeds('npm', ['run', '--silent', 'lint'], WEB)],
    ['page: types', () => succeeds('npm', ['run', '--silent', 'typecheck'], WEB)],
    ['schema drift', noDrift],
    ['licences and bans', licences],
  ];
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, check] of checks) {
    const result = await check();
    count[result] += 1;
    say(`lint: ${name}: ${result === 'passed' ? 'ok' : result === 'failed' ? 'FAILED' : result}`);
  }
  return count;
}

async function succeeds(program, args, cwd = ROOT) {
  return (await command(program, args, { cwd })).code === 0 ? 'passed' : 'failed';
}

async function noDrift() {
  const drifted = await schemaDrift();
  for (const file of drifted) say(`${file} is not what the Rust types give; \`make openapi\` writes it`);
  return drifted.length === 0 ? 'passed' : 'failed';
}

// A subcommand that is not installed fails.
async function licences() {
  if ((await command('cargo', ['deny', '--version'], { quiet: true })).code !== 0) return 'skipped';
  return succeeds('cargo', ['deny', '--offline', 'check', 'licenses', 'bans', 'sources']);
}

// Plain `cargo test`, one process for each test binary: its tests share one Azurite and what they built. Always the
// whole workspace, so that every kind uses the same builds of the dependencies.
async function cargoTests(targets, long = false) {
  const args = ['test', '--locked', '--no-fail-fast', '--workspace', ...targets];
  // The simulator's own row runs that test with what it is asked for; a cluster is nobody's by default.
  if (long) args.push('--', '--include-ignored', '--skip', 'what_was_asked_for', '--skip', 'a_kubeconfig_leads_to');
  // Where the tests of the real chain find what was built and fetched for them.
  const env = { SCRIPT_ROOT: APP, FUNCTIONS_LOCAL: binary('functions-local'), SAMPLES };
  if (long) env.PROPTEST_CASES = LONG_CASES;
  return counted('cargo', args, { cwd: ROOT, env });
}

function pageTests() {
  return counted('npm', ['test', '--silent'], { cwd: WEB });
}

async function scriptTests() {
  const files = [];
  for (const folder of ['infra/local/test', 'infra/samples/test']) {
    for (const name of await readdir(path.join(ROOT, folder))) {
      if (name.endsWith('.test.mjs')) files.push(path.join(folder, name));
    }
  }
  return counted('node', ['--test', ...files], { cwd: ROOT });
}

function samples() {
  return counted('node', ['infra/samples/verify.mjs', SAMPLES], { cwd: ROOT });
}
