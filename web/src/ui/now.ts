import { useSyncExternalStore } from 'react';

// One clock for every relative time on the page, so that they all change together.
const clocks = new Map<number, { value: number; listeners: Set<() => void>; timer: number | undefined }>();

function clock(everyMs: number) {
  let found = clocks.get(everyMs);
  if (!found) {
    found = { value: Date.now(), listeners: new Set(), timer: undefined };
    clocks.set(everyMs, found);
  }
  return found;
}

function subscribe(everyMs: number, listener: () => void): () => void {
  const own = clock(everyMs);
  own.listeners.add(listener);
  if (own.timer === undefined) {
    own.value = Date.now();
    own.timer = window.setInterval(() => {
      own.value = Date.now();
      for (const notify of own.listeners) notify();
    }, everyMs);
  }
  return () => {
    own.listeners.delete(listener);
    if (own.listeners.size === 0) {
      window.clearInterval(own.timer);
      own.timer = undefined;
    }
  };
}

/** The time in milliseconds, renewed every `everyMs`. */
export function useNow(everyMs = 5_000): number {
  return useSyncExternalStore(
    (listener) => subscribe(everyMs, listener),
    () => clock(everyMs).value,
  );
}
