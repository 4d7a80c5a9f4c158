import { expect, test } from 'vitest';
import type { PartCell } from '../api/types';
import { letterOf, sayCell } from './looks';
import { pathsOf } from './mapPaths';

const cell = (part: Partial<PartCell>): PartCell => ({
  first_query: 0,
  queries: 1,
  state: 'released',
  attempts: 0,
  batch: null,
  node: null,
  started_at: null,
  ended_at: null,
  elapsed_ms: null,
  exit_code: null,
  error: null,
  ...part,
});

test('a batch is on the cluster, read in, and done; a part only waits, runs and is done', () => {
  const letters = (batch: number | null) =>
    ['on_cluster', 'ready', 'released', 'running', 'done', 'failed', 'cancelled']
      .map((state) => letterOf(cell({ state, batch })))
      .join('');
  expect(letters(0)).toBe('cwwwdxn');
  expect(letters(null).slice(2)).toBe('.rdxn');
  expect(letterOf(cell({ state: 'running', attempts: 2 }))).toBe('t');
  const there = { state: 'on_cluster', batch: 0, started_at: '2026-01-01T00:00:00Z' };
  expect(letterOf(cell({ ...there, attempts: 1 }))).toBe('r');
  expect(letterOf(cell({ ...there, attempts: 2 }))).toBe('t');
  expect(letterOf(cell({ ...there, attempts: 2, ended_at: '2026-01-01T00:01:00Z' }))).toBe('w');
});

test('what is known of a batch is said in a line', () => {
  const done = cell({
    state: 'done',
    batch: 3,
    queries: 10,
    node: 'aks-1',
    started_at: '2026-01-01T00:00:00Z',
    ended_at: '2026-01-01T00:01:12Z',
  });
  expect(sayCell(done, 4)).toBe('Batch 4, queries 1 to 10: done, 1m 12s, on aks-1');
  const failed = cell({ state: 'failed', batch: 0, node: 'aks-1', exit_code: 3 });
  expect(sayCell(failed, 1)).toBe('Batch 1, query 1: failed, on aks-1, exit code 3');
});

test('a map of thousands of parts is one path for each state', () => {
  const map = `${'d'.repeat(4_990)}ccccxxrrww`;
  const paths = pathsOf(map, 100);
  expect([...paths.keys()].sort()).toEqual(['c', 'd', 'r', 'w', 'x']);
  // A run of equal cells in a row is one rectangle.
  expect(paths.get('d')?.match(/M/g)).toHaveLength(50);
  expect(paths.get('x')).toBe('M94 49h2v1h-2z');
});
