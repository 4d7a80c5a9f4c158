import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { isActive } from '../api/queries';
import type { JobSummary } from '../api/types';
import { Bar } from '../ui/Bar';
import { ProblemNote } from '../ui/Note';
import { JobStateMark, jobState } from '../ui/State';
import { Ago } from '../ui/Time';
import { useJobActions } from './actions';
import { DeleteButton } from './DeleteButton';
import { outcome, subtitle, took } from './progress';

export function JobRow({ job }: { job: JobSummary }) {
  const actions = useJobActions(job.job_id);
  const error = actions.cancel.error ?? actions.remove.error;
  const state = jobState(job, isActive(job) && actions.cancel.isSuccess);
  const waits = job.phase.startsWith('waiting_for_');
  const running = job.status === 'running' && job.letters_total > 0 && !waits;
  return (
    <Fragment>
      <tr className="h">
        <td className="nowrap full">
          <JobStateMark state={state} />
        </td>
        <td className="full job-name">
          <Link className="rowlink ell" to="/jobs/$jobId" params={{ jobId: job.job_id }}>
            {job.job_title}
          </Link>
          <span className="l2 ell">{subtitle(job).join(' · ')}</span>
        </td>
        <td className="full job-result">
          {running ? (
            <div className="row">
              <span className="job-bar">
                <Bar label={job.job_title} value={job.letters_done} max={job.letters_total} text={outcome(job)} />
              </span>
              <span>{outcome(job)}</span>
            </div>
          ) : (
            <span className={job.status === 'completed' ? '' : 'muted'}>{outcome(job)}</span>
          )}
        </td>
        <td className="nowrap">
          <Ago iso={job.created_at} />
        </td>
        <td className="num nowrap">{took(job)}</td>
        <td className="num">
          <Actions job={job} actions={actions} />
        </td>
      </tr>
      {error ? (
        <tr>
          <td className="full" colSpan={6}>
            <ProblemNote error={error} />
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}

function Actions({ job, actions }: { job: JobSummary; actions: ReturnType<typeof useJobActions> }) {
  const name = <span className="vh"> {job.job_title}</span>;
  if (isActive(job)) {
    const busy = actions.cancel.isPending || actions.cancel.isSuccess;
    return (
      <button
        className="btn s ghost"
        type="button"
        aria-disabled={busy || !job.can_cancel}
        onClick={() => {
          if (!busy && job.can_cancel) actions.cancel.mutate();
        }}
      >
        {busy ? 'Cancelling' : 'Cancel'}
        {name}
      </button>
    );
  }
  if (job.status === 'deleted') return null;
  return (
    <span className="row job-acts">
      <Link className="btn s ghost" to="/" search={{ edit: job.job_id }}>
        Search again{name}
      </Link>
      <DeleteButton
        name={job.job_title}
        size="small"
        busy={actions.remove.isPending}
        onDelete={() => actions.remove.mutate()}
      />
    </span>
  );
}
