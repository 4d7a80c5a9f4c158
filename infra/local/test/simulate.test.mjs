import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programIn, reported } from '../engine-test.mjs';
import { wanted } from '../simulate.mjs';

for (const env of [{ SEED: 'x' }, { SEED: '-1' }, { N: '0' }, { N: '1e3' }, { N: '1000001' }, { SEED: '18446744073709551616' }]) {
  test(`${JSON.stringify(env)} is refused with what is allowed`, () => {
    assert.throws(() => wanted(env), /a whole number from \d+ to \d+ is allowed/);
  });
}

test('what was not given is left to the simulator', () => {
  assert.deepEqual(wanted({ SEED: ' 7 ', N: '' }), { SEED: '7' });
  assert.deepEqual(wanted({ SEED: '18446744073709551615', PLANT: 'HastyCancel' }), {
    SEED: '18446744073709551615',
    PLANT: 'HastyCancel',
  });
});

test('the report is told without what the harness says', () => {
  const output = [
    '',
    'running 1 test',
    'seed 24: `nothing-after-cancelled` does not hold: job-1',
    "thread 'simulator::tests::what_was_asked_for' (17) panicked at handler/engine/src/simulator/tests.rs:61:9:",
    'again: make simulate SEED=24',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
    'simulator::tests::what_was_asked_for --- FAILED',
    'failures:',
    '    simulator::tests::what_was_asked_for',
    'test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.07s',
  ];
  assert.deepEqual(reported(output.join('\n')), [output[2], output[4]]);
});

test("the engine's test program is found in what cargo says", () => {
  const said = [
    'warning: text that is no JSON',
    '{"reason":"compiler-artifact","target":{"name":"blastline_engine"},"executable":null}',
    '{"reason":"compiler-artifact","target":{"name":"blastline_jobs"},"executable":"/t/jobs"}',
    '{"reason":"compiler-artifact","target":{"name":"blastline_engine"},"executable":"/t/engine"}',
    '{"reason":"build-finished","success":true}',
  ];
  assert.equal(programIn(said.join('\n')), '/t/engine');
  assert.equal(programIn(''), null);
});
