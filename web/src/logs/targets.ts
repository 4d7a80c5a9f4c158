import { count } from '../ui/format';

/** What lines come from: one run of a container, or of a child process, which has names of the same form. */
export interface Target {
  /** `<pod>/<container>`, with `/<attempt>` behind it from the second run on: what the server knows it by. */
  name: string;
  /** What people read: short, and different for each. */
  label: string;
  lines: number;
}

interface Named {
  pod: string;
  container: string;
  attempt: number;
  /** Step of the search that it belongs to. */
  phase: string;
}

export const nameOf = ({ pod, container, attempt }: Omit<Named, 'phase'>): string =>
  attempt > 0 ? `${pod}/${container}/${attempt}` : `${pod}/${container}`;

const STEPS: Record<string, string> = {
  submitting: 'submit',
  staging_db: 'database',
  exporting_results: 'results',
};

// `part-<first query>-<claim>` stands for a child process here; ElasticBLAST numbers the Jobs of its batches from 0.
const CHILD = /^part-(\d+)-/;
const BATCH = /batch-.*?job-(\d+)|batch-(\d+)/;

/** What a target is, and which container of it where there are several. */
function wordsOf({ pod, container, attempt, phase }: Named): [string, string] {
  const child = CHILD.exec(pod);
  if (child) return [`${container} from query ${count(Number(child[1]) + 1)}`, ''];
  const batch = BATCH.exec(pod);
  const number = batch?.[1] ?? batch?.[2];
  const what = number === undefined ? (STEPS[phase] ?? phase) : `batch ${count(Number(number) + 1)}`;
  const own = container === 'blast' || container === what ? '' : ` ${container}`;
  return [what, `${own}${attempt > 0 ? `, run ${attempt + 1}` : ''}`];
}

/** Names targets in the order in which they are met. Two that would be called the same are numbered. */
export class Labels {
  private readonly taken = new Map<string, number>();

  of(named: Named): string {
    const [what, which] = wordsOf(named);
    const before = this.taken.get(what + which) ?? 0;
    this.taken.set(what + which, before + 1);
    return before === 0 ? what + which : `${what} (${before + 1})${which}`;
  }
}
