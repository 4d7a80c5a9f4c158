import type { ClusterSummary, Database } from '../api/types';
import { capital, plural } from '../ui/format';
import type { Draft } from './draft';

/** Right here. */
export const HERE = 'here';

/** A place where a search can run, as it stands on the page. */
export interface Place {
  /** `here`, or the name of a cluster after `on:`. */
  id: string;
  title: string;
  /** The word at the right: what speaks for or against it. */
  state: string;
  hint: string;
  /** Why it cannot be chosen; null where it can. */
  blocked: string | null;
}

export const placeId = (cluster: string): string => `on:${cluster}`;

/** The cluster of a place, or undefined for here. */
export const clusterOf = (place: string): string | undefined => (place.startsWith('on:') ? place.slice(3) : undefined);

const GIB = 2 ** 30;

const gib = (bytes: number): string => `${Math.floor(bytes / GIB)} GiB`;

function fits(cluster: ClusterSummary, database: Database | undefined): boolean {
  const most = cluster.fits_database_bytes;
  return !database || most === null || most === undefined || database.size_bytes <= most;
}

// What it takes ElasticBLAST to cut the query and its pods to start, before the first batch is searched.
const SUBMIT_SECONDS = 120;
// The disk of a Standard_E16s_v5 takes so many bytes a second (Microsoft, "Esv5 size series"), and the database is written
// to it on each machine at the same time.
const DISK_BYTES_PER_SECOND = 600e6;

/** In how many minutes a search begins on a cluster with a free place, once the database is on its machines. */
export const startsInMinutes = (databaseBytes: number): number =>
  Math.ceil((SUBMIT_SECONDS + databaseBytes / DISK_BYTES_PER_SECOND) / 60);

function here(database: Database | undefined): Place {
  const tooLarge = database !== undefined && !database.fits_cache;
  return {
    id: HERE,
    title: 'Right away',
    state: tooLarge ? 'does not fit' : '',
    hint: tooLarge ? `${database.title} is larger than the cache of this machine.` : 'On this machine, free of charge.',
    blocked: tooLarge ? 'This database does not fit here.' : null,
  };
}

function onCluster(cluster: ClusterSummary, database: Database | undefined): Place {
  const machines = plural(cluster.nodes_total, 'machine');
  const most = cluster.fits_database_bytes;
  const size = most ? `fits databases up to ${gib(most)}` : '';
  const fitting = fits(cluster, database);
  const full = cluster.running_searches >= cluster.searches_at_a_time;
  const line = cluster.waiting_searches > 0 ? `${plural(cluster.waiting_searches, 'search', 'searches')} in line` : '';
  const state = !fitting
    ? 'does not fit'
    : !cluster.takes_searches
      ? 'not ready'
      : line || (full ? 'full, you wait' : '');
  const minutes = plural(startsInMinutes(database?.size_bytes ?? 0), 'minute');
  // Nobody knows when those before it end, nor when a cluster that takes nothing comes back.
  const free = fitting && cluster.takes_searches && !full && line === '';
  const starts = free ? `starts in about ${minutes}` : '';
  const facts = [starts, size].filter(Boolean).join(', ');
  const says = [capital(facts), cluster.nodes_total > 0 ? machines : '', cluster.trouble ?? ''];
  return {
    id: placeId(cluster.name),
    title: `On cluster ${cluster.name}`,
    state,
    hint: says
      .filter(Boolean)
      .map((words) => (words.endsWith('.') ? words : `${words}.`))
      .join(' '),
    blocked: fitting ? null : `This database does not fit the machines of ${cluster.name}.`,
  };
}

/** Every place, here first. */
export const placesOf = (database: Database | undefined, clusters: ClusterSummary[]): Place[] => [
  here(database),
  ...clusters.map((cluster) => onCluster(cluster, database)),
];

/**
 * Where a draft runs: where it was put, as long as that is there; else here, and what is too large for here on the first
 * cluster that takes it.
 */
export function placeOf(draft: Draft, database: Database | undefined, clusters: ClusterSummary[]): string {
  const known = (place: string) => place === HERE || clusters.some((cluster) => placeId(cluster.name) === place);
  if (draft.place && known(draft.place)) return draft.place;
  if (!database || database.fits_cache) return HERE;
  const ready = clusters.find((cluster) => cluster.takes_searches && fits(cluster, database));
  const any = ready ?? clusters.find((cluster) => fits(cluster, database));
  return any ? placeId(any.name) : HERE;
}

/** A cluster beside the chosen one that takes this search now. */
export const otherCluster = (
  chosen: string | undefined,
  database: Database | undefined,
  clusters: ClusterSummary[],
): ClusterSummary | undefined =>
  clusters.find(
    (cluster) =>
      cluster.name !== chosen &&
      cluster.takes_searches &&
      cluster.waiting_searches === 0 &&
      cluster.running_searches < cluster.searches_at_a_time &&
      fits(cluster, database),
  );
