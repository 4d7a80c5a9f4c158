import type { Job } from '../api/types';
import { count, duration } from '../ui/format';
import { useNow } from '../ui/now';

/** Whether a search stands in front of its cluster. */
export const isWaiting = (job: Job): boolean => job.phase.startsWith('waiting_for_');

/** A search that waits for its cluster: its place in line, what runs, since when, and when it is looked at again. */
export function Waiting({ job }: { job: Job }) {
  const now = useNow(1_000);
  const { elastic, queue } = job;
  if (!elastic) return null;
  const since = elastic.waiting_since ?? job.created_at;
  const look = elastic.next_look_at ? Date.parse(elastic.next_look_at) - now : undefined;
  const says = job.steps.find((step) => step.phase === 'warming_up')?.detail;
  const room = job.phase === 'waiting_for_capacity';
  return (
    <section className="card" aria-label="Waiting">
      <div className="bd stack-4">
        <div>
          <p className="big" role="status">
            {room ? `Waiting for room on ${elastic.cluster_name}` : `In line for ${elastic.cluster_name}`}
          </p>
          {says ? <p className="muted">{says}</p> : null}
        </div>
        <dl className="stat">
          {queue?.position ? (
            <div>
              <dt>Place in line</dt>
              <dd>
                {count(queue.position)} of {count(queue.queued)}
              </dd>
            </div>
          ) : null}
          {queue ? (
            <div>
              <dt>Running there</dt>
              <dd>{count(queue.running)}</dd>
            </div>
          ) : null}
          <div>
            <dt>Waiting for</dt>
            <dd>{duration(now - Date.parse(since))}</dd>
          </div>
          {look === undefined ? null : (
            <div>
              <dt>Next look</dt>
              <dd>{look > 1_000 ? `in ${Math.round(look / 1_000)} s` : 'now'}</dd>
            </div>
          )}
        </dl>
        <p className="small muted">It goes on by itself. Waiting costs nothing and nothing is lost meanwhile.</p>
      </div>
    </section>
  );
}

/** A search that is being stopped: what is left of it. */
export function Stopping({ job }: { job: Job }) {
  const left = job.elastic?.left ?? 0;
  const running = job.parts.running;
  const where = job.elastic ? ` on ${job.elastic.cluster_name}` : '';
  const says =
    left > 0
      ? `${count(left)} Jobs and pods are left${where}`
      : running > 0
        ? `${count(running)} ${running === 1 ? 'part is' : 'parts are'} still stopping`
        : 'Looking whether anything is left';
  return (
    <section className="card" aria-label="Cancelling">
      <div className="bd">
        <p className="big" role="status">
          Cancelling
        </p>
        <p className="muted">{says}. It is cancelled once nothing of it runs any more.</p>
      </div>
    </section>
  );
}
