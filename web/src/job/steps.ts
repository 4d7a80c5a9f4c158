import type { JobStep } from '../api/types';
import type { IconName } from '../ui/Icon';
import type { Tone } from '../ui/State';

/** What a step is called before and while it is done, and afterwards. */
const NAMES: Record<string, [string, string]> = {
  preparing: ['Prepare', 'Prepared'],
  warming_up: ['Warm the database', 'Database warm'],
  configuring: ['Configure', 'Configured'],
  staging_db: ['Fetch the database', 'Database at hand'],
  submitting: ['Cut into parts', 'Cut into parts'],
  running: ['Search', 'Searched'],
  exporting_results: ['Join results', 'Results joined'],
  completed: ['Ready', 'Ready'],
};

const DOING: Record<string, string> = {
  preparing: 'Preparing',
  warming_up: 'Warming the database',
  configuring: 'Configuring',
  staging_db: 'Fetching the database',
  submitting: 'Cutting into parts',
  running: 'Searching',
  exporting_results: 'Joining results',
};

export function stepName(step: JobStep): string {
  const [before, after] = NAMES[step.phase] ?? [step.phase, step.phase];
  if (step.status === 'completed') return after;
  return step.status === 'running' ? (DOING[step.phase] ?? before) : before;
}

interface Mark {
  tone: Tone;
  icon: IconName;
  word: string;
  spin?: boolean;
}

const MARKS: Record<string, Mark> = {
  pending: { tone: 'idle', icon: 'queue', word: 'to come' },
  running: { tone: 'run', icon: 'run', word: 'now', spin: true },
  completed: { tone: 'ok', icon: 'check', word: 'done' },
  failed: { tone: 'err', icon: 'fail', word: 'failed' },
  skipped: { tone: 'idle', icon: 'stop', word: 'not needed' },
};

export const stepMark = (step: JobStep): Mark =>
  MARKS[step.status] ?? { tone: 'idle', icon: 'queue', word: step.status };
