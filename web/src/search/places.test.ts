import { expect, test } from 'vitest';
import type { ClusterSummary, Database } from '../api/types';
import { EMPTY } from './draft';
import { clusterOf, HERE, otherCluster, placeId, placeOf, placesOf } from './places';

const cluster = (part: Partial<ClusterSummary> = {}): ClusterSummary =>
  ({
    name: 'west',
    takes_searches: true,
    nodes_ready: 3,
    nodes_total: 3,
    fits_database_bytes: 126 * 2 ** 30,
    running_searches: 0,
    searches_at_a_time: 3,
    waiting_searches: 0,
    ...part,
  }) as ClusterSummary;

const database = (gib: number, fits: boolean): Database =>
  ({ name: 'core', title: 'Core', size_bytes: gib * 2 ** 30, fits_cache: fits }) as Database;

test('what fits here runs here, what is too large runs on the first cluster that takes it', () => {
  const small = cluster({ name: 'small', fits_database_bytes: 10 * 2 ** 30 });
  const stopped = cluster({ name: 'asleep', takes_searches: false });
  expect(placeOf(EMPTY, database(1, true), [cluster()])).toBe(HERE);
  expect(placeOf(EMPTY, database(100, false), [small, stopped, cluster()])).toBe(placeId('west'));
  expect(placeOf(EMPTY, database(100, false), [small, stopped])).toBe(placeId('asleep'));
  expect(placeOf(EMPTY, database(500, false), [cluster()])).toBe(HERE);
});

test('a choice stands as long as its cluster is there', () => {
  const draft = { ...EMPTY, place: placeId('west') };
  expect(placeOf(draft, database(1, true), [cluster()])).toBe(placeId('west'));
  expect(placeOf(draft, database(1, true), [])).toBe(HERE);
  expect(clusterOf(placeId('west'))).toBe('west');
  expect(clusterOf(HERE)).toBeUndefined();
});

test('each place says what it is good for, and why it cannot be taken', () => {
  const [right, west] = placesOf(database(100, false), [cluster({ waiting_searches: 2, trouble: 'One is off.' })]);
  expect(right?.blocked).toContain('does not fit');
  expect(west).toMatchObject({
    title: 'On cluster west',
    state: '2 searches in line',
    hint: 'Fits databases up to 126 GiB. 3 machines. One is off.',
    blocked: null,
  });
  const [, free] = placesOf(database(1, true), [cluster()]);
  expect(free).toMatchObject({
    state: '',
    hint: 'Starts in about 3 minutes, fits databases up to 126 GiB. 3 machines.',
  });
  expect(placesOf(database(60, true), [cluster()])[1]?.hint).toContain('in about 4 minutes');
  const [, tight] = placesOf(database(200, false), [cluster()]);
  expect(tight?.state).toBe('does not fit');
});

test('a way round a full cluster is another one with room that the database fits', () => {
  const full = cluster({ name: 'full', running_searches: 3 });
  const small = cluster({ name: 'small', fits_database_bytes: 2 ** 30 });
  const line = cluster({ name: 'line', waiting_searches: 1 });
  const asleep = cluster({ name: 'asleep', takes_searches: false });
  const other = (...clusters: ClusterSummary[]) => otherCluster('west', database(100, false), clusters)?.name;
  expect(other(cluster(), full, small, line, asleep)).toBeUndefined();
  expect(other(cluster(), full, cluster({ name: 'east' }))).toBe('east');
});
