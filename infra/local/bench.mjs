// `make bench S=<suite> [ROW=<row>]`: builds with optimisation, lays the script root out and measures. Answers the exit
// code of the bench: 0 when every bar holds, 1 when one is missed, 2 for an unknown suite or row.

import path from 'node:path';
import { buildBinaries } from './build.mjs';
import { command } from './command.mjs';
import { APP, OUT, ROOT, SAMPLES, binary } from './paths.mjs';
import { Stop, say, whenCalled } from './say.mjs';
import { stage } from './stage.mjs';

// `make stage` and whatever needs it put the usual build back.
const PROFILE = 'release';
// As in tests/src/bin/bench/main.rs; said before anything is built.
const SUITES = ['search', 'app', 'logs'];

await whenCalled(import.meta.url, async ([suite = '']) => {
  if (!SUITES.includes(suite)) throw new Stop(`There is no suite “${suite}”. Suites: ${SUITES.join(', ')}`, 2);
  say('An optimised build takes about ten minutes on two cores the first time.');
  await buildBinaries(['handler', 'functions-local', 'bench'], PROFILE);
  await stage(PROFILE);
  const env = {
    SCRIPT_ROOT: APP,
    FUNCTIONS_LOCAL: binary('functions-local', PROFILE),
    SAMPLES,
    BENCH_OUT: path.join(OUT, 'bench'),
  };
  const { code } = await command(binary('bench', PROFILE), [suite], { cwd: ROOT, env });
  if (code !== 0) throw new Stop(code === 2 ? 'nothing was measured' : 'a bar was missed', code);
});
