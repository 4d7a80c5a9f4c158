// Builds the binaries with the profile that is asked for: `PROFILE=dist node infra/local/build.mjs handler`.

import { existsSync } from 'node:fs';
import { must } from './command.mjs';
import { PROFILE, ROOT, binary } from './paths.mjs';
import { say, whenCalled } from './say.mjs';

await whenCalled(import.meta.url, async (names) => {
  const bins = names.length > 0 ? names : ['handler', 'functions-local'];
  await buildBinaries(bins, PROFILE);
});

/** `cargo build` of binaries of the workspace; quick when nothing changed. */
export async function buildBinaries(names, profile) {
  const first = names.some((name) => !existsSync(binary(name, profile)));
  say(`building ${names.join(' and ')} (${profile})${first ? '; this takes some minutes the first time' : ''}`);
  const bins = names.flatMap((name) => ['--bin', name]);
  await must('cargo', ['build', '--locked', '--quiet', '--profile', profile, ...bins], { cwd: ROOT });
}
