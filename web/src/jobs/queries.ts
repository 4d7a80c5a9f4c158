import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, read } from '../api/client';
import { isActive } from '../api/queries';
import type { JobList } from '../api/types';

const PAGE = 30;
const ACTIVE_MS = 5_000;
const IDLE_MS = 20_000;

const pace = (lists: JobList[]): number => (lists.some((list) => list.jobs.some(isActive)) ? ACTIVE_MS : IDLE_MS);

function page(status: string | undefined, cursor: string | undefined, signal: AbortSignal): Promise<JobList> {
  const query = { limit: PAGE, ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) };
  return read(api.GET('/api/blast/jobs', { params: { query }, signal }));
}

/** The newest jobs of any state: the badge in the top bar, and whether anything was ever searched. */
export const jobsHeadQuery = queryOptions({
  queryKey: ['jobs', 'head'],
  queryFn: ({ signal }) => page(undefined, undefined, signal),
  refetchInterval: (query) => (query.state.data ? pace([query.state.data]) : IDLE_MS),
});

/** Jobs of one state or of all, newest first, page after page. */
export const jobsQuery = (status: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['jobs', 'list', status ?? 'all'],
    queryFn: ({ pageParam, signal }) => page(status, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.has_more ? (last.next_cursor ?? undefined) : undefined),
    refetchInterval: (query) => pace(query.state.data?.pages ?? []),
  });
