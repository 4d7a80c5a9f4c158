import { Link } from '@tanstack/react-router';
import type { Job } from '../api/types';
import { Fold } from '../ui/Fold';
import { count, plural } from '../ui/format';
import { Icon } from '../ui/Icon';
import { State } from '../ui/State';
import { utc } from '../ui/Time';
import { PartList } from './PartList';
import { Parts } from './Parts';
import { Steps } from './Steps';

/** A search that failed: the cause in a sentence, what to do, details folded. */
export function FailedView({ job }: { job: Job }) {
  const error = job.error ?? {
    code: 'unknown',
    detail: 'The search failed without saying why.',
    hint: null,
    retryable: true,
  };
  return (
    <main className="page narrow" id="main">
      <section className="card failed" aria-label="What went wrong">
        <div className="bd stack-4">
          <div className="failed-head">
            <State tone="err" icon="fail" />
            <div>
              <p className="big">{error.detail}</p>
              {error.hint ? <p className="muted">{error.hint}</p> : null}
            </div>
          </div>
          <div className="row wrap">
            <Link className="btn primary" to="/" search={{ edit: job.job_id }}>
              {next(job, error)}
            </Link>
            <FoundUntilThen job={job} />
            <ReadLog job={job} />
          </div>
        </div>
      </section>
      <div className="folds">
        <Fold title="Details for support">
          <div className="card">
            <dl className="kv bd">
              <dt>Code</dt>
              <dd className="mono">{error.code}</dd>
              <dt>Job</dt>
              <dd className="mono">{job.job_id}</dd>
              {job.elastic ? (
                <>
                  <dt>Cluster</dt>
                  <dd>
                    {job.elastic.cluster_name}
                    {job.elastic.attempt > 0 ? `, submission ${job.elastic.attempt}` : ', not submitted'}
                  </dd>
                </>
              ) : null}
              <dt>When</dt>
              <dd>{utc(job.ended_at ?? job.updated_at)}</dd>
              <dt>Retry helps</dt>
              <dd>
                {error.retryable ? 'It may: the same search can succeed later' : 'No, something has to change first'}
              </dd>
            </dl>
          </div>
        </Fold>
        <Fold title="What happened, step by step">
          <div className="card">
            <div className="bd">
              <Steps job={job} skipped />
            </div>
          </div>
        </Fold>
        {job.elastic && job.parts.planned > 0 ? (
          <Fold title="Batches" open={job.parts.failed > 0}>
            <div className="card">
              <div className="bd">
                <Parts job={job} />
              </div>
              <PartList job={job} />
            </div>
          </Fold>
        ) : null}
      </div>
    </main>
  );
}

/** Faults of the place where it ran, which another place may not have. */
const OF_THE_PLACE = new Set([
  'cluster_not_found',
  'cluster_not_ready',
  'cluster_access_denied',
  'image_not_pulled',
  'no_machine_fits',
  'database_not_staged',
  'database_staging_failed',
]);

/** What the button that goes on is called. */
function next(job: Job, error: { code: string; retryable: boolean }): string {
  if (job.elastic && OF_THE_PLACE.has(error.code)) return 'Choose another place and search again';
  return error.retryable ? 'Search again' : 'Edit and search again';
}

/** A search that was stopped by its owner. */
export function CancelledView({ job }: { job: Job }) {
  return (
    <main className="page narrow" id="main">
      <section className="card" aria-label="Cancelled">
        <div className="bd stack-4">
          <div className="failed-head">
            <State tone="idle" icon="stop" />
            <div>
              <p className="big">This search was cancelled</p>
              <p className="muted">
                {count(job.queries_done)} of {plural(job.queries_total, 'query', 'queries')}{' '}
                {job.queries_done === 1 ? 'was' : 'were'} searched before it stopped.
              </p>
            </div>
          </div>
          <div className="row wrap">
            <Link className="btn primary" to="/" search={{ edit: job.job_id }}>
              <Icon name="edit" />
              Edit and search again
            </Link>
            <FoundUntilThen job={job} />
            <ReadLog job={job} />
          </div>
        </div>
      </section>
      <div className="folds">
        <Fold title="What happened, step by step">
          <div className="card">
            <div className="bd">
              <Steps job={job} skipped />
            </div>
          </div>
        </Fold>
      </div>
    </main>
  );
}

function ReadLog({ job }: { job: Job }) {
  return (
    <Link className="btn ghost" to="/jobs/$jobId" params={{ jobId: job.job_id }} search={{ tab: 'logs' }}>
      Read the log
    </Link>
  );
}

function FoundUntilThen({ job }: { job: Job }) {
  if (job.hits === 0) return null;
  return (
    <Link className="btn" to="/jobs/$jobId" params={{ jobId: job.job_id }} search={{ tab: 'hits' }}>
      Read the {plural(job.hits, 'hit')} found until then
    </Link>
  );
}
