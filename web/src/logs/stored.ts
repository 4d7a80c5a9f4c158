import { api, read } from '../api/client';
import type { LogLines, LogTarget } from '../api/types';
import { type Book, MOST_LINES } from './book';
import type { Connection } from './follow';

/** Lines of one request. */
const PAGE = 5_000;
/** Requests at a time. */
const AT_A_TIME = 3;

/** Which lines of a target are read. */
export interface Reading {
  target: LogTarget;
  from: number;
}

/**
 * Which lines are read where not all fit: of each target as many of its last lines as of the others, and what short ones
 * leave goes to the long ones.
 */
export function readings(targets: LogTarget[], most = MOST_LINES): Reading[] {
  const byLength = targets.toSorted((a, b) => a.lines - b.lines);
  const shares = new Map<LogTarget, number>();
  let left = most;
  byLength.forEach((target, index) => {
    const share = Math.min(target.lines, Math.floor(left / (byLength.length - index)));
    shares.set(target, share);
    left -= share;
  });
  return targets.map((target) => ({ target, from: target.lines - (shares.get(target) ?? 0) }));
}

/** Reads the stored log of a search into a book. */
export async function readStored(
  job: string,
  book: Book,
  tell: (connection: Connection) => void,
  signal: AbortSignal,
): Promise<void> {
  const { targets } = await read(
    api.GET('/api/blast/jobs/{id}/logs/targets', { params: { path: { id: job } }, signal }),
  );
  const of = targets.reduce((sum, target) => sum + target.lines, 0);
  tell({ state: 'stored', of, reading: of > 0 });
  // Named in the order of their steps, however their pages arrive.
  for (const target of targets) book.targetOf({ ...target, phase: target.step });
  const queue = readings(targets);
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await readTarget(job, next, book, signal);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  tell({ state: 'stored', of, reading: false });
}

async function readTarget(job: string, { target, from }: Reading, book: Book, signal: AbortSignal): Promise<void> {
  let next: number | null | undefined = from;
  while (next !== null && next !== undefined && next < target.lines) {
    const query: { target: string; from: number; limit: number } = { target: target.target, from: next, limit: PAGE };
    const page: LogLines = await read(
      api.GET('/api/blast/jobs/{id}/logs', { params: { path: { id: job }, query }, signal }),
    );
    for (const line of page.lines) book.take({ ...target, ...line, phase: target.step });
    book.layIn();
    next = page.next;
  }
}
