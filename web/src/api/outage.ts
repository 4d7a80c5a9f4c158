import { useSyncExternalStore } from 'react';
import type { ApiProblem } from './problem';

/** The service or its storage is away: what the banner shows until it is back. */
export interface Outage {
  title: string;
  detail: string;
  since: number;
}

let current: Outage | null = null;
const listeners = new Set<() => void>();

function set(next: Outage | null): void {
  current = next;
  for (const listener of listeners) listener();
}

/** Notes that a request failed because the service is away. Other faults belong to the panel that asked. */
export function noteProblem(problem: ApiProblem): void {
  if (!problem.isOutage || current) return;
  set({ title: problem.title, detail: problem.message, since: Date.now() });
}

/** The service answers again. */
export function clearOutage(): void {
  if (current) set(null);
}

/** The running outage, if there is one. */
export function useOutage(): Outage | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
