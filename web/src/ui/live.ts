import { useSyncExternalStore } from 'react';

// One live region a page. Progress may change every second; a screen reader hears it at most every 5 s.
const PAUSE_MS = 5_000;

let spoken = '';
let waiting: string | null = null;
let last = 0;
let timer: number | undefined;
const listeners = new Set<() => void>();

function speak(): void {
  timer = undefined;
  if (waiting === null) return;
  spoken = waiting;
  waiting = null;
  last = Date.now();
  for (const listener of listeners) listener();
}

/** Says a text politely; of several within 5 s the newest is said. */
export function announce(text: string): void {
  if (text === spoken && waiting === null) return;
  waiting = text;
  if (timer !== undefined) return;
  const pause = Math.max(0, last + PAUSE_MS - Date.now());
  timer = window.setTimeout(speak, pause);
}

/** What the live region holds. */
export function useSpoken(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => spoken,
  );
}
