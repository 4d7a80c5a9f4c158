import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { noteProblem } from './outage';
import { toProblem } from './problem';

/** One policy for every request: what may help is tried again twice, what went wrong is noted in one place. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => noteProblem(toProblem(error)) }),
  mutationCache: new MutationCache({ onError: (error) => noteProblem(toProblem(error)) }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (failures, error) => {
        const problem = toProblem(error);
        return problem.retryable && !problem.isOutage && failures < 2;
      },
      networkMode: 'always',
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});
