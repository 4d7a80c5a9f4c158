// The chaos runs: `make fault S=<suite> N=<rounds> SEED=<seed>`. What is asked for is checked by the program itself, which
// lists the suites; only then is what it needs made.

import { access } from 'node:fs/promises';
import { command, must, present } from './command.mjs';
import { APP, ROOT, SAMPLES, binary } from './paths.mjs';
import { Stop, whenCalled } from './say.mjs';
import { azuriteProgram } from './tools.mjs';

await whenCalled(import.meta.url, async () => {
  const fault = binary('fault', 'dev');
  const { S = '', N = '', SEED = '' } = process.env;
  await must('cargo', ['build', '--locked', '--quiet', '-p', 'blastline-tests', '--bin', 'fault'], { cwd: ROOT });
  const words = [S, N, SEED];
  const understood = await command(fault, [...words, '--check'], { cwd: ROOT });
  if (understood.code !== 0) {
    process.exitCode = understood.code;
    return;
  }
  if (!(await present('blastn', ['-version']))) {
    throw new Stop('BLAST+ is needed. On Debian or Ubuntu: sudo apt-get install -y --no-install-recommends ncbi-blast+\n'
      + 'Elsewhere install it by hand and put it on the search path; `make tools` installs everything that is missing.', 2);
  }
  if (!(await access(azuriteProgram()).then(() => true, () => false)) && !process.env.AZURITE) {
    throw new Stop('Azurite is needed: make tools', 2);
  }
  await must('make', ['--silent', 'stage'], { cwd: ROOT, quiet: true });
  const env = { SCRIPT_ROOT: APP, FUNCTIONS_LOCAL: binary('functions-local'), SAMPLES };
  process.exitCode = (await command(fault, words, { cwd: ROOT, env })).code;
});
