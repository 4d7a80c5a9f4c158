import { toProblem } from './problem';

const TRIES_AGAIN = 2;
const FIRST_WAIT_MS = 400;

/**
 * Whether a failed read is tried again before anybody sees a fault: cut connections and faults of the service that may
 * pass, twice. What the service refused (4xx) would be refused again.
 */
export function readsAgain(failures: number, error: unknown): boolean {
  const problem = toProblem(error);
  const passing = problem.status === 0 || problem.status >= 500;
  return passing && problem.retryable && failures < TRIES_AGAIN;
}

/** Milliseconds before the next try: short, because somebody looks at an empty panel. */
export const readsAgainAfter = (failures: number): number => FIRST_WAIT_MS * 3 ** failures;
