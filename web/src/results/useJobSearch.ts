import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { JobSearch } from '../job/search';

/** The state of a job's page as its address holds it, and a way to change it. */
export function useJobSearch(): [JobSearch, (change: (before: JobSearch) => JobSearch, push?: boolean) => void] {
  const search = useSearch({ from: '/jobs/$jobId' });
  const navigate = useNavigate({ from: '/jobs/$jobId' });
  const change = useCallback(
    (next: (before: JobSearch) => JobSearch, push = false) =>
      void navigate({ search: (before) => next(before), replace: !push, resetScroll: false }),
    [navigate],
  );
  return [search, change];
}

/** Selecting a query begins anew: first page, nothing open. Filters and order stay. */
export function selectQuery(search: JobSearch, query: number): JobSearch {
  const { page: _page, open: _open, ...rest } = search;
  return { ...rest, q: query };
}
