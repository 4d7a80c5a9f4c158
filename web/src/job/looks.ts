import type { Job, PartCell } from '../api/types';
import { count, duration } from '../ui/format';

/** How a part is drawn and what it is called. */
export interface Look {
  /** The class of its cell; also the letter that tells looks apart. */
  className: string;
  word: string;
}

const LOOKS: Record<string, Look> = {
  '.': { className: '', word: 'not started' },
  c: { className: 'c', word: 'waiting on the cluster' },
  w: { className: 'w', word: 'done there, being read in' },
  r: { className: 'r', word: 'running' },
  t: { className: 't', word: 'trying again' },
  d: { className: 'd', word: 'done' },
  x: { className: 'x', word: 'failed' },
  n: { className: 'n', word: 'not searched' },
};

const NOT_STARTED: Look = { className: '', word: 'not started' };

/** Looks in the order of a legend. */
export const LEGEND = ['d', 'r', 'w', 'c', '.', 't', 'x', 'n'] as const;

export const lookOfLetter = (letter: string): Look => LOOKS[letter] ?? NOT_STARTED;

/** The letter of a part, as the server's map has it. */
export function letterOf(cell: PartCell): string {
  const batch = cell.batch !== null && cell.batch !== undefined;
  switch (cell.state) {
    case 'done':
      return 'd';
    case 'failed':
      return 'x';
    case 'cancelled':
      return 'n';
    case 'on_cluster':
      if (cell.ended_at) return 'w';
      if (cell.attempts > 1) return 't';
      return cell.started_at ? 'r' : 'c';
    case 'ready':
      return 'w';
    default:
      if (batch) return 'w';
      if (cell.attempts > 1) return 't';
      return cell.state === 'running' ? 'r' : '.';
  }
}

/** `Part` on this machine, `Batch` on a cluster. */
export const nounOf = (job: Pick<Job, 'engine'>): string => (job.engine === 'elastic' ? 'batch' : 'part');

/** Everything that is known of a part, in a line. */
export function sayCell(cell: PartCell, number: number): string {
  const first = cell.first_query + 1;
  const which =
    cell.queries > 1 ? `queries ${count(first)} to ${count(first + cell.queries - 1)}` : `query ${count(first)}`;
  const noun = cell.batch === null || cell.batch === undefined ? 'Part' : 'Batch';
  const attempt = cell.attempts > 1 ? `, attempt ${cell.attempts}` : '';
  const took = tookOf(cell);
  const node = cell.node ? `, on ${cell.node}` : '';
  const code = cell.exit_code ? `, exit code ${cell.exit_code}` : '';
  return `${noun} ${count(number)}, ${which}: ${lookOfLetter(letterOf(cell)).word}${attempt}${took ? `, ${took}` : ''}${node}${code}`;
}

/** How long a part took, where it has ended. */
export function tookOf(cell: PartCell): string {
  if (cell.elapsed_ms) return duration(cell.elapsed_ms);
  if (!cell.started_at || !cell.ended_at) return '';
  const span = Date.parse(cell.ended_at) - Date.parse(cell.started_at);
  return span >= 0 ? duration(span) : '';
}
