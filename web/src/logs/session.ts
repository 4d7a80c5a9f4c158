import { toProblem } from '../api/problem';
import { Book } from './book';
import { type Connection, follow, type Means, type Place } from './follow';
import { readStored } from './stored';

/** Lines that arrive within so long are shown together. */
const TOGETHER_MS = 100;

/** The log of one search, as far as this page has read it. It goes on reading while somebody looks. */
export class Session {
  readonly book = new Book();
  readonly place: Place = { lastId: '', restarted: false };
  private connection: Connection = { state: 'connecting' };
  private listeners = new Set<() => void>();
  private lookers = 0;
  private stopping: AbortController | undefined;
  private timer: number | undefined;

  constructor(
    private readonly job: string,
    private readonly live: boolean,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): Connection => this.connection;

  /** Somebody looks; gives what says that they do not any more. */
  look(): () => void {
    this.lookers += 1;
    if (this.lookers === 1) this.start();
    return () => {
      this.lookers -= 1;
      if (this.lookers === 0) this.stopping?.abort();
    };
  }

  /** Begins again after it failed. */
  readonly retry = (): void => {
    this.stopping?.abort();
    this.start();
  };

  private start(): void {
    const done = this.connection.state === 'ended' || (this.connection.state === 'stored' && !this.connection.reading);
    if (done) return;
    const own = new AbortController();
    this.stopping = own;
    const tell = (connection: Connection) => {
      if (own.signal.aborted) return;
      this.connection = connection;
      for (const listener of this.listeners) listener();
    };
    tell({ state: 'connecting' });
    const work = this.live
      ? follow(this.job, this.book, this.place, tell, own.signal, this.means())
      : readStored(this.job, this.book, tell, own.signal);
    work.catch((error: unknown) => tell({ state: 'failed', problem: toProblem(error) }));
  }

  private means(): Means {
    return {
      fetch: (input, init) => fetch(input, init),
      pause: (ms, signal) =>
        new Promise((resolve) => {
          const timer = window.setTimeout(resolve, ms);
          signal.addEventListener('abort', () => {
            window.clearTimeout(timer);
            resolve();
          });
        }),
      alarm: (ms, ring) => {
        const timer = window.setTimeout(ring, ms);
        return () => window.clearTimeout(timer);
      },
      laidIn: () => {
        this.timer ??= window.setTimeout(() => {
          this.timer = undefined;
          this.book.layIn();
        }, TOGETHER_MS);
      },
    };
  }
}

let latest: { job: string; live: boolean; session: Session } | undefined;

/** The session of a search. The latest one is kept, so that going from the panel to the tab reads nothing twice. */
export function sessionOf(job: string, live: boolean): Session {
  // What was followed to its end is the same as what is stored.
  const same = latest?.job === job && (latest.live === live || latest.session.read().state === 'ended');
  if (latest && same) return latest.session;
  latest = { job, live, session: new Session(job, live) };
  return latest.session;
}
