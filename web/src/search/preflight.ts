import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, read } from '../api/client';
import type { SubmitRequest } from '../api/types';

const PAUSE_MS = 400;

/** Asks, a moment after the last change, what a search would do. `undefined` asks nothing. */
export function usePreFlight(request: SubmitRequest | undefined) {
  const [settled] = useDebouncedValue(request ? JSON.stringify(request) : undefined, PAUSE_MS);
  const answer = useQuery({
    queryKey: ['pre-flight', settled],
    queryFn: ({ signal }) =>
      read(api.POST('/api/blast/pre-flight', { body: JSON.parse(settled ?? '{}') as SubmitRequest, signal })),
    enabled: settled !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    staleTime: 30_000,
  });
  const current = request !== undefined && settled === JSON.stringify(request);
  return {
    data: request === undefined ? undefined : answer.data,
    error: answer.error,
    retry: () => void answer.refetch(),
    /** Whether the answer is for exactly what stands in the form. */
    isCurrent: current && answer.isSuccess && !answer.isPlaceholderData,
  };
}
