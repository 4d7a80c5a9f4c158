import type { JobSummary } from '../api/types';
import { count, duration, plural } from '../ui/format';

/** What a step is called while it is done. */
const DOING: Record<string, string> = {
  preparing: 'Preparing',
  warming_up: 'Warming up',
  configuring: 'Preparing',
  staging_db: 'Fetching the database',
  submitting: 'Cutting into parts',
  running: 'Searching',
  results_pending: 'Joining results',
};

/** The same on a cluster, with the waits in front of it. */
const DOING_ON_CLUSTER: Record<string, string> = {
  waiting_for_submit_slot: 'In line for',
  waiting_for_capacity: 'Waiting for room on',
  staging_db: 'Bringing the database to',
  submitting: 'Handing over to',
  submitted: 'Handed over to',
};

/** What became of a search, in a few words: the column "Progress or result". */
export function outcome(job: JobSummary): string {
  switch (job.status) {
    case 'completed':
      return job.queries_total > 1
        ? `${plural(job.hits, 'hit')}, ${plural(job.queries_total, 'query', 'queries')}`
        : plural(job.hits, 'hit');
    case 'failed':
      return job.error?.detail ?? 'It failed without saying why';
    case 'cancelled':
      return job.hits > 0 ? `${plural(job.hits, 'hit')} until then` : 'Nothing was kept';
    case 'deleted':
      return 'Deleted';
    default:
      return job.error?.detail ?? underWay(job);
  }
}

function underWay(job: JobSummary): string {
  if (job.status === 'queued') return 'In line';
  if (job.phase === 'running' && job.queries_total > 1) {
    return `${count(job.queries_done)} of ${plural(job.queries_total, 'query', 'queries')}`;
  }
  if (job.phase === 'cancelling') return 'Stopping';
  const onCluster = job.cluster_name ? DOING_ON_CLUSTER[job.phase] : undefined;
  if (onCluster) return `${onCluster} ${job.cluster_name}`;
  return DOING[job.phase] ?? 'Running';
}

/** How long it took; empty where it has not ended. */
export function took(job: JobSummary): string {
  if (!job.ended_at) return '';
  const from = Date.parse(job.started_at ?? job.created_at);
  return duration(Date.parse(job.ended_at) - from);
}

/** 12 queries, blastp, UniProtKB sample. */
export const subtitle = (job: JobSummary): string[] => [
  plural(job.queries_total, 'query', 'queries'),
  job.program,
  job.databases.map((database) => database.title || database.name).join(', '),
  ...(job.cluster_name ? [`on ${job.cluster_name}`] : []),
];
