import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsIn } from '../counts.mjs';

const CASES = {
  'cargo nextest': ['     Summary [   4.311s] 34 tests run: 32 passed (1 slow), 2 failed, 3 skipped\n', 32, 2],
  'cargo test, several binaries': [
    'test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\n\ntest result: FAILED. 3 passed; 1 failed; 0 ignored\n', 15, 1],
  'vitest in colour': ['\u001b[2m      Tests \u001b[22m \u001b[31m1 failed\u001b[39m | \u001b[32m12 passed\u001b[39m (13)\n', 12, 1],
  'node --test': ['ok 1\n# tests 11\n# pass 10\n# fail 1\n', 10, 1],
  'node --test at a terminal': ['ℹ tests 3\nℹ pass 3\nℹ fail 0\n', 3, 0],
  ours: ['ok     a\n5 passed, 0 failed\n', 5, 0],
};

for (const [name, [output, passed, failed]] of Object.entries(CASES)) {
  test(`the summary of ${name} is read`, () => assert.deepEqual(countsIn(output), { passed, failed }));
}

test('output without a summary counts nothing', () => {
  assert.equal(countsIn('error: could not compile\n'), null);
});
