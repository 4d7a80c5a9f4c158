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

/** The same of a search on a cluster, where other things are done in the same steps. */
const CLUSTER_NAMES: Record<string, [string, string]> = {
  warming_up: ['Wait for a place', 'Had a place'],
  staging_db: ['Bring the database to the machines', 'Database on the machines'],
  submitting: ['Hand over the batches', 'Batches handed over'],
};

const CLUSTER_DOING: Record<string, string> = {
  warming_up: 'Waiting for a place',
  staging_db: 'Bringing the database to the machines',
  submitting: 'Handing over the batches',
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

export function stepName(step: JobStep, engine: string): string {
  const onCluster = engine === 'elastic';
  const names = onCluster ? { ...NAMES, ...CLUSTER_NAMES } : NAMES;
  const doing = onCluster ? { ...DOING, ...CLUSTER_DOING } : DOING;
  const [before, after] = names[step.phase] ?? [step.phase, step.phase];
  if (step.status === 'completed') return after;
  return step.status === 'running' ? (doing[step.phase] ?? before) : before;
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

/** A step that is begun and cannot go on yet. */
export const WAITS: Mark = { tone: 'idle', icon: 'wait', word: 'waiting' };

export const stepMark = (step: JobStep): Mark =>
  MARKS[step.status] ?? { tone: 'idle', icon: 'queue', word: step.status };
