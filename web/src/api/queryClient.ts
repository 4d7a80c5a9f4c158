import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { noteProblem } from './outage';
import { toProblem } from './problem';
import { readsAgain, readsAgainAfter } from './retry';

/** One policy for every request: what may help is tried again twice, what went wrong is noted in one place. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => noteProblem(toProblem(error)) }),
  mutationCache: new MutationCache({ onError: (error) => noteProblem(toProblem(error)) }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: readsAgain,
      retryDelay: readsAgainAfter,
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
