import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

export type Tone = 'ok' | 'warn' | 'err' | 'run' | 'idle';

/** A state: icon, word and colour together, never one of them alone. */
export function State({ tone, icon, spin = false, children }: StateProps) {
  return (
    <span className={`st ${tone}`}>
      <Icon name={icon} spin={spin} />
      {children}
    </span>
  );
}

interface StateProps {
  tone: Tone;
  icon: IconName;
  spin?: boolean;
  children?: ReactNode;
}

/** A job's state as it is said and drawn everywhere. */
export interface JobState {
  tone: Tone;
  icon: IconName;
  word: string;
  spin?: boolean;
}

const JOB_STATES: Record<string, JobState> = {
  queued: { tone: 'idle', icon: 'queue', word: 'Queued' },
  running: { tone: 'run', icon: 'run', word: 'Running', spin: true },
  completed: { tone: 'ok', icon: 'check', word: 'Completed' },
  failed: { tone: 'err', icon: 'fail', word: 'Failed' },
  cancelled: { tone: 'idle', icon: 'stop', word: 'Cancelled' },
  deleted: { tone: 'idle', icon: 'stop', word: 'Deleted' },
};

export function jobState(
  job: { status: string; phase?: string; error?: { retryable: boolean } | null | undefined },
  cancelling = false,
) {
  if (cancelling || job.phase === 'cancelling')
    return { tone: 'idle', icon: 'run', word: 'Cancelling', spin: true } satisfies JobState;
  const inLine = job.phase?.startsWith('waiting_for_') ?? false;
  if (inLine || (job.status === 'queued' && job.error))
    return { tone: 'idle', icon: 'wait', word: 'Waiting' } satisfies JobState;
  return JOB_STATES[job.status] ?? ({ tone: 'idle', icon: 'queue', word: job.status } satisfies JobState);
}

export function JobStateMark({ state }: { state: JobState }) {
  return (
    <State tone={state.tone} icon={state.icon} spin={state.spin ?? false}>
      {state.word}
    </State>
  );
}

/** A database's readiness, with the reason where it is not ready. */
export function DatabaseState({ state }: { state: string }) {
  if (state === 'ready')
    return (
      <State tone="ok" icon="check">
        Ready
      </State>
    );
  if (state === 'preparing')
    return (
      <State tone="run" icon="run" spin>
        Preparing
      </State>
    );
  return (
    <State tone="err" icon="fail">
      Not here
    </State>
  );
}
