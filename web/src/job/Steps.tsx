import type { Job, JobStep } from '../api/types';
import { duration } from '../ui/format';
import { useNow } from '../ui/now';
import { State } from '../ui/State';
import { stepMark, stepName, WAITS } from './steps';
import { isWaiting } from './Waiting';

/** The steps of a search with their durations. */
export function Steps({ job, skipped = false }: { job: Job; skipped?: boolean }) {
  const waiting = isWaiting(job);
  const shown = job.steps.filter((step) => skipped || step.status !== 'skipped');
  return (
    <ol className="tl">
      {shown.map((step) => {
        const mark = waiting && step.status === 'running' ? WAITS : stepMark(step);
        return (
          <li key={step.phase}>
            <State tone={mark.tone} icon={mark.icon} spin={mark.spin ?? false}>
              <span className="vh">{mark.word}</span>
            </State>
            <span className="nm">{stepName(step, job.engine)}</span>
            <span className="dt">
              <Took step={step} />
            </span>
            {says(step, job) ? <span className="sub">{says(step, job)}</span> : null}
          </li>
        );
      })}
    </ol>
  );
}

/** Steps on a cluster that say what is awaited: of no use once it came. */
const AWAITED = new Set(['warming_up', 'staging_db']);

/** What a step says of itself. */
const says = (step: JobStep, job: Job): string | null | undefined =>
  job.engine === 'elastic' && step.status === 'completed' && AWAITED.has(step.phase) ? null : step.detail;

function Took({ step }: { step: JobStep }) {
  const now = useNow(1_000);
  if (step.status === 'skipped') return 'not needed';
  if (step.duration_ms !== null && step.duration_ms !== undefined) return duration(step.duration_ms);
  if (step.status === 'running' && step.started_at) return duration(now - Date.parse(step.started_at));
  return null;
}
