import { type Severity, severityOf } from './severity';
import { millisOf } from './stamp';
import { Labels, nameOf, type Target } from './targets';

/** Lines that are held. Beyond, the oldest go; all of them are in the download. */
export const MOST_LINES = 200_000;

/** A line as it is held. */
export interface Line {
  id: string;
  /** Its place among the others: milliseconds that never fall within a target. */
  at: number;
  /** The time stamp as it was written. */
  stamp: string;
  target: Target;
  severity: Severity;
  text: string;
}

/** A line as it arrives, by the stream or by a page. */
export interface Arrival {
  id: string;
  pod: string;
  container: string;
  attempt: number;
  phase: string;
  ts: string;
  line: string;
}

/** What a reader of a book sees; a new object after each change. */
export interface Contents {
  lines: Line[];
  targets: Target[];
  warnings: number;
  errors: number;
  /** Lines that went because there were too many. */
  dropped: number;
}

const EMPTY: Contents = { lines: [], targets: [], warnings: 0, errors: 0, dropped: 0 };

/**
 * The lines of a search, each once, in the order of time and never against the order within a container. Lines are taken
 * as they arrive and laid in together, so that readers hear of many at a time.
 */
export class Book {
  private held = new Set<string>();
  private readonly targets = new Map<string, Target>();
  private readonly newest = new Map<Target, number>();
  private readonly labels = new Labels();
  private waiting: Line[] = [];
  private contents: Contents = EMPTY;
  private listeners = new Set<() => void>();

  constructor(private readonly most = MOST_LINES) {}

  /** Takes a line, unless it is held already. It is seen after the next `layIn`. */
  take(arrival: Arrival): void {
    if (this.held.has(arrival.id)) return;
    this.held.add(arrival.id);
    const target = this.targetOf(arrival);
    const before = this.newest.get(target) ?? 0;
    // Standard output and standard error may be stamped in another order than they were written.
    const at = Math.max(before, millisOf(arrival.ts) ?? before);
    this.newest.set(target, at);
    target.lines += 1;
    const { id, ts: stamp, line: text } = arrival;
    this.waiting.push({ id, at, stamp, target, severity: severityOf(text), text });
  }

  /** Knows a target before its first line. */
  targetOf(arrival: Omit<Arrival, 'id' | 'ts' | 'line'>): Target {
    const name = nameOf(arrival);
    const known = this.targets.get(name);
    if (known) return known;
    const target: Target = { name, label: this.labels.of(arrival), lines: 0 };
    this.targets.set(name, target);
    return target;
  }

  /** Lays in what was taken since, and tells readers. */
  layIn(): void {
    if (this.waiting.length === 0) return;
    const arrived = this.waiting.sort((a, b) => a.at - b.at);
    this.waiting = [];
    const { lines, dropped } = this.cut(merge(this.contents.lines, arrived));
    const counted = countOf(arrived);
    this.contents = {
      lines,
      targets: [...this.targets.values()].filter((target) => target.lines > 0),
      warnings: this.contents.warnings + counted.warnings - dropped.warnings,
      errors: this.contents.errors + counted.errors - dropped.errors,
      dropped: this.contents.dropped + dropped.lines,
    };
    for (const listener of this.listeners) listener();
  }

  /**
   * The stream began again from the beginning. What is held is known by its ids; what went because there were too many is
   * not, so that a book which lost lines begins again too.
   */
  restart(): void {
    if (this.contents.dropped === 0) return;
    this.held.clear();
    this.newest.clear();
    for (const target of this.targets.values()) target.lines = 0;
    this.waiting = [];
    this.contents = EMPTY;
  }

  private cut(lines: Line[]) {
    const over = lines.length - this.most;
    if (over <= 0) return { lines, dropped: { lines: 0, warnings: 0, errors: 0 } };
    const gone = lines.splice(0, over);
    for (const line of gone) {
      line.target.lines -= 1;
      this.held.delete(line.id);
    }
    return { lines, dropped: { lines: over, ...countOf(gone) } };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): Contents => this.contents;
}

function countOf(lines: Line[]): { warnings: number; errors: number } {
  let warnings = 0;
  let errors = 0;
  for (const { severity } of lines) {
    if (severity === 'warning') warnings += 1;
    else if (severity === 'error') errors += 1;
  }
  return { warnings, errors };
}

/** Two sorted lists as one; of equal places the earlier list's come first. */
function merge(before: Line[], arrived: Line[]): Line[] {
  const first = arrived[0];
  if (!first) return before;
  const start = placeAfter(before, first.at);
  const merged = before.slice(0, start);
  let next = start;
  for (const line of arrived) {
    for (let held = before[next]; held && held.at <= line.at; held = before[next]) {
      merged.push(held);
      next += 1;
    }
    merged.push(line);
  }
  for (; next < before.length; next += 1) merged.push(before[next] as Line);
  return merged;
}

/** Index of the first line after a place. */
function placeAfter(lines: Line[], at: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((lines[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
