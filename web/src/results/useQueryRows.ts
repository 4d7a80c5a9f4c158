import { useQueries } from '@tanstack/react-query';
import { QUERY_PAGE, queryPage } from '../api/queries';
import type { QueryList, QueryRow } from '../api/types';

export interface QueryRows {
  /** Rows of the list, known from the first page on. */
  count: number;
  /** Queries whose result is there, and of these without hits. */
  total: number;
  withoutHits: number;
  rowAt: (index: number) => QueryRow | undefined;
  /** Place of a query in the list, where it is loaded. */
  indexOf: (query: number) => number | undefined;
  isPending: boolean;
  error: unknown;
  retry: () => void;
}

const pageOf = (index: number): number => Math.floor(index / QUERY_PAGE) + 1;

/** The pages of the query list that hold the given rows; the first page is always among them. */
export function useQueryRows(job: string, withoutHits: boolean, active: boolean, indexes: number[]): QueryRows {
  const pages = [...new Set([1, ...indexes.map(pageOf)])].sort((a, b) => a - b);
  return useQueries({
    queries: pages.map((page) => queryPage(job, page, withoutHits, active)),
    combine: (answers) => {
      const lists = new Map<number, QueryList>();
      pages.forEach((page, at) => {
        const data = answers[at]?.data;
        if (data && data.page === page) lists.set(page, data);
      });
      const first = answers[0]?.data;
      const rowAt = (index: number) => lists.get(pageOf(index))?.queries[index % QUERY_PAGE];
      return {
        total: first?.total ?? 0,
        withoutHits: first?.without_hits ?? 0,
        count: first ? (withoutHits ? first.without_hits : first.total) : 0,
        rowAt,
        indexOf: (query: number) => {
          for (const [page, list] of lists) {
            const at = list.queries.findIndex((row) => row.query === query);
            if (at >= 0) return (page - 1) * QUERY_PAGE + at;
          }
          return undefined;
        },
        isPending: answers[0]?.isPending ?? true,
        error: answers.find((answer) => answer.error && !answer.data)?.error ?? null,
        retry: () => {
          for (const answer of answers) if (answer.error) void answer.refetch();
        },
      };
    },
  });
}
