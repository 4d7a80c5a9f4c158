// Plays the histories of searches on a cluster and prints a row for each: `node infra/local/histories.mjs`.

import { engineTest } from './engine-test.mjs';
import { Stop, say, whenCalled } from './say.mjs';

const TEST = 'elastic::tests::histories::all_of_them_told';

await whenCalled(import.meta.url, async () => {
  const { code, report } = await engineTest(TEST, { what: 'the histories' });
  for (const line of report) say(line);
  if (!report.some((line) => /^\d+ histories, \d+ failed$/.test(line))) throw new Stop('no history was played', 2);
  if (code !== 0) throw new Stop('a history came to something else', 1);
});
