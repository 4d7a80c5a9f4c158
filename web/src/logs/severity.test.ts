import { expect, test } from 'vitest';
import { severityOf } from './severity';

test('lines of BLAST+, Kubernetes, Python and loggers are told apart by their words', () => {
  const errors = [
    'BLAST query/options error: Task not supported',
    'Error: NCBI C++ Exception:',
    'E1121 09:40:12.123456       1 reflector.go:138] watch ended',
    'Traceback (most recent call last):',
    'azcopy: command not found',
    '{"level":"error","msg":"x"}',
    'Out of memory: needed more than 58 GiB',
    'blastn finished with exit code 3',
  ];
  const warnings = [
    'Warning: [blastn] Query_1 contig_219: could not calculate ungapped Karlin-Altschul parameters',
    '[blastn] Warning: masked to 91 %',
    'W1121 09:40:12.1 1 x.go:1] slow',
    '2026-11-21 09:40:12 WARNING failed once, trying again',
    'retrying in 3 s',
  ];
  const plain = [
    'Done: 68,114 letters, 12 sequences, 5,210 hits',
    'finished, 0 errors and no warnings',
    'errors=0 failed: 0',
    '100.0 %, 1 Done, 0 Failed, 0 Pending, 0 Skipped, 1 Total',
    '2026-11-21 09:40:12 INFO handled error: none',
    '',
  ];
  expect(errors.map(severityOf)).toEqual(errors.map(() => 'error'));
  expect(warnings.map(severityOf)).toEqual(warnings.map(() => 'warning'));
  expect(plain.map(severityOf)).toEqual(plain.map(() => 'plain'));
});
