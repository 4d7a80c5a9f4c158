import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, read } from './client';
import type { HitQuery, Job, JobSummary } from './types';

const byId = (id: string) => ({ path: { id } });

const ACTIVE = new Set(['queued', 'running']);

/** Whether a job can still change by itself. */
export const isActive = (job: Pick<JobSummary, 'status'>): boolean => ACTIVE.has(job.status);

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => read(api.GET('/api/me', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const databasesQuery = queryOptions({
  queryKey: ['databases'],
  queryFn: ({ signal }) => read(api.GET('/api/blast/databases', { signal })),
  // While a database is being built its state is asked for often; afterwards it hardly changes.
  refetchInterval: (query) =>
    (query.state.data?.databases ?? []).some((database) => database.state === 'preparing') ? 3_000 : 60_000,
});

/** Clusters as they were seen last; the server looks at them each minute. */
export const clustersQuery = queryOptions({
  queryKey: ['clusters'],
  queryFn: ({ signal }) => read(api.GET('/api/monitor/aks', { signal })),
  refetchInterval: 30_000,
});

export const optionsQuery = queryOptions({
  queryKey: ['options'],
  queryFn: ({ signal }) => read(api.GET('/api/blast/options', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Seconds since a job was made, or a large number when that is unknown. */
function ageSeconds(job: Job): number {
  const created = Date.parse(job.created_at);
  return Number.isNaN(created) ? 3_600 : (Date.now() - created) / 1_000;
}

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => read(api.GET('/api/blast/jobs/{id}', { params: byId(id), signal })),
    // A young search changes by the second, an older one less often, an ended one not at all.
    refetchInterval: (query) => {
      const job = query.state.data;
      if (query.state.error && !job) return false;
      if (job && !isActive(job)) return false;
      return job && ageSeconds(job) > 10 ? 3_000 : 1_000;
    },
  });

export const eventsQuery = (id: string, active: boolean) =>
  queryOptions({
    queryKey: ['job', id, 'events'],
    queryFn: ({ signal }) => read(api.GET('/api/blast/jobs/{id}/events', { params: byId(id), signal })),
    refetchInterval: active ? 3_000 : false,
  });

/** How a search is configured; asked for when somebody looks. */
export const configurationQuery = (id: string, active: boolean) =>
  queryOptions({
    queryKey: ['job', id, 'configuration'],
    queryFn: ({ signal }) => read(api.GET('/api/blast/jobs/{id}/configuration', { params: byId(id), signal })),
    refetchInterval: active ? 10_000 : false,
  });

/** Parts in one page of their list. */
export const PART_PAGE = 200;

export const partsQuery = (id: string, page: number, active: boolean) =>
  queryOptions({
    queryKey: ['job', id, 'parts', page],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/blast/jobs/{id}/parts', {
          params: { ...byId(id), query: { from: page * PART_PAGE, limit: PART_PAGE } },
          signal,
        }),
      ),
    refetchInterval: active ? 5_000 : false,
    placeholderData: keepPreviousData,
  });

export const jobSequencesQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id, 'query'],
    queryFn: ({ signal }) => read(api.GET('/api/blast/jobs/{id}/query', { params: byId(id), signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });

export const manifestQuery = (id: string, active: boolean) =>
  queryOptions({
    queryKey: ['job', id, 'manifest'],
    queryFn: ({ signal }) => read(api.GET('/api/blast/jobs/{id}/results', { params: byId(id), signal })),
    refetchInterval: active ? 5_000 : false,
  });

/** Rows in one page of the query list. */
export const QUERY_PAGE = 100;

export const queryPage = (id: string, page: number, withoutHits: boolean, active: boolean) =>
  queryOptions({
    queryKey: ['job', id, 'queries', withoutHits, page],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/blast/jobs/{id}/results/queries', {
          params: { ...byId(id), query: { page, page_size: QUERY_PAGE, without_hits: withoutHits } },
          signal,
        }),
      ),
    refetchInterval: active ? 4_000 : false,
    placeholderData: keepPreviousData,
  });

export const hitsQuery = (id: string, params: HitQuery, active: boolean) =>
  queryOptions({
    queryKey: ['job', id, 'hits', params],
    queryFn: ({ signal }) =>
      read(api.GET('/api/blast/jobs/{id}/results/hits', { params: { ...byId(id), query: params }, signal })),
    refetchInterval: active ? 5_000 : false,
    placeholderData: (previous, query) => {
      // The old rows stay while the next page or order is fetched, but never under another query's name.
      const before = query?.queryKey[3] as HitQuery | undefined;
      return before?.query === params.query ? previous : undefined;
    },
  });

/** Alignments of one query and one subject. */
export const alignmentsQuery = (id: string, query: number, subject: string) =>
  queryOptions({
    queryKey: ['job', id, 'alignments', query, subject],
    queryFn: ({ signal }) =>
      read(
        api.GET('/api/blast/jobs/{id}/results/alignments', {
          params: { ...byId(id), query: { query, subject_id: subject, page: 1, page_size: 100 } },
          signal,
        }),
      ),
  });

export const overviewQuery = (id: string, query: number, active: boolean) =>
  queryOptions({
    queryKey: ['job', id, 'overview', query],
    queryFn: ({ signal }) =>
      read(api.GET('/api/blast/jobs/{id}/results/overview', { params: { ...byId(id), query: { query } }, signal })),
    refetchInterval: active ? 5_000 : false,
  });
