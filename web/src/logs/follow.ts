import { type ApiProblem, problemOf, toProblem } from '../api/problem';
import type { LogEvent, LogStatus } from '../api/types';
import type { Arrival, Book } from './book';
import { EventReader, type ServerEvent } from './sse';

/** How a log reaches the page. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'reconnecting'; why: string; tries: number }
  | { state: 'ended' }
  /** Stored lines: how many of them are here. */
  | { state: 'stored'; of: number; reading: boolean }
  | { state: 'failed'; problem: ApiProblem };

/** What following needs; tests bring their own. */
export interface Means {
  fetch: typeof fetch;
  /** Waits before the next try. Ends early, without a fault, when the signal says so. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Calls back when nothing was heard for so long; gives what calls it off. */
  alarm: (ms: number, ring: () => void) => () => void;
  /** Lays in what was taken, now or soon. */
  laidIn: () => void;
}

/** Where a reader stands; kept while nobody looks, so that it goes on there. */
export interface Place {
  lastId: string;
  /** Said by the stream: a place that it did not know, so that it began from the beginning. */
  restarted: boolean;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** The server says something every 15 s; after two of these nothing will come any more. */
const SILENCE_MS = 40_000;

type End = 'completed' | 'paused' | 'cut';

/** Follows a search's log into a book until it has ended, the signal says stop, or it is refused for good. */
export async function follow(
  job: string,
  book: Book,
  place: Place,
  tell: (connection: Connection) => void,
  signal: AbortSignal,
  means: Means,
): Promise<void> {
  let failures = 0;
  tell({ state: 'connecting' });
  while (!signal.aborted) {
    try {
      const end = await once(job, book, place, signal, means, () => {
        failures = 0;
        tell({ state: 'live' });
      });
      book.layIn();
      if (end === 'completed') return tell({ state: 'ended' });
      // The stream ends itself before the platform would: one comes back at once, and it is no fault.
      if (end === 'paused') continue;
      failures += 1;
      tell({ state: 'reconnecting', why: 'The connection was cut.', tries: failures });
    } catch (error) {
      if (signal.aborted) return;
      const problem = toProblem(error);
      if (!problem.retryable && !problem.isOutage) return tell({ state: 'failed', problem });
      failures += 1;
      tell({ state: 'reconnecting', why: problem.message, tries: failures });
    }
    await means.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)), signal);
  }
}

/** Reads one stream to its end. */
async function once(
  job: string,
  book: Book,
  place: Place,
  signal: AbortSignal,
  means: Means,
  opened: () => void,
): Promise<End> {
  const own = new AbortController();
  const stop = () => own.abort();
  signal.addEventListener('abort', stop);
  let off = means.alarm(SILENCE_MS, stop);
  try {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (place.lastId) headers['last-event-id'] = place.lastId;
    const address = `/api/blast/jobs/${encodeURIComponent(job)}/logs/events`;
    const response = await means.fetch(address, { headers, cache: 'no-store', signal: own.signal });
    if (!response.ok || !response.body) throw problemOf(response, await response.json().catch(() => undefined));
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const events = new EventReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'cut';
      off();
      off = means.alarm(SILENCE_MS, stop);
      const heard = events.read(value);
      if (heard.length > 0) opened();
      for (const event of heard) {
        const end = take(event, book, place);
        if (!end) continue;
        await reader.cancel();
        return end;
      }
      means.laidIn();
    }
  } catch (error) {
    // Own silence, not the caller's wish: that is a cut like any other.
    if (own.signal.aborted && !signal.aborted) return 'cut';
    throw error;
  } finally {
    off();
    signal.removeEventListener('abort', stop);
  }
}

function take(event: ServerEvent, book: Book, place: Place): End | undefined {
  if (event.name === '') return undefined;
  let end: End | undefined;
  if (event.name === 'log') book.take(JSON.parse(event.data) as LogEvent satisfies Arrival);
  else if (event.name === 'completed') end = 'completed';
  else if (event.name === 'status') end = status(JSON.parse(event.data) as LogStatus, book, place);
  // After the line is held, never before: a place ahead of what is held would be a gap.
  if (event.id) place.lastId = event.id;
  return end;
}

function status(said: LogStatus, book: Book, place: Place): End | undefined {
  if (said.source !== 'stream') return undefined;
  if (said.status === 'restarted') {
    place.restarted = true;
    place.lastId = '';
    book.restart();
  }
  return said.status === 'paused' ? 'paused' : undefined;
}
