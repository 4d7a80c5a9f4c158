// Runs the kinds of checks: `node infra/local/suites.mjs lint|test|test-all`.
// `lint` and `test` stop at the first kind that fails and name it; `test-all` runs all and prints a table.

import { KINDS } from './kinds.mjs';
import { Stop, say, whenCalled } from './say.mjs';

await whenCalled(import.meta.url, async ([what]) => {
  const kinds = KINDS[what];
  if (!kinds) throw new Stop('usage: node infra/local/suites.mjs lint|test|test-all', 2);
  const results = [];
  for (const [name, run] of kinds) {
    if (kinds.length > 1) say(`\n== ${name}`);
    const start = Date.now();
    const count = await run();
    results.push({ name, ...count, seconds: (Date.now() - start) / 1000 });
    if (count.failed > 0 && what !== 'test-all') break;
  }
  if (what === 'test-all') table(results);
  const failed = total(results, 'failed');
  const skipped = total(results, 'skipped');
  say(`${total(results, 'passed')} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  if (failed > 0) throw new Stop(`failed: ${results.filter((one) => one.failed).map((one) => one.name).join(', ')}`);
});

function total(results, field) {
  return results.reduce((sum, result) => sum + result[field], 0);
}

function table(results) {
  const row = (cells) => say(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(10) : String(cell).padStart(9))).join(''));
  say('');
  row(['suite', 'passed', 'failed', 'skipped', 'seconds', '']);
  for (const { name, passed, failed, skipped, seconds } of results) {
    row([name, passed, failed, skipped, seconds.toFixed(1), failed ? 'FAILED' : 'ok']);
  }
}
