import { Link, useNavigate } from '@tanstack/react-router';
import { isActive } from '../api/queries';
import type { Job } from '../api/types';
import type { useJobActions } from '../jobs/actions';
import { DeleteButton } from '../jobs/DeleteButton';
import { took } from '../jobs/progress';
import { DownloadMenu } from '../results/DownloadMenu';
import { useJobSearch } from '../results/useJobSearch';
import { count } from '../ui/format';
import { Icon } from '../ui/Icon';
import { EXACT } from '../ui/links';
import { ProblemNote } from '../ui/Note';
import { JobStateMark, jobState } from '../ui/State';
import { Ago } from '../ui/Time';
import type { Tab } from './search';

type Actions = ReturnType<typeof useJobActions>;

/** Title, state, actions; below, where the job comes from; below, the tabs. */
export function JobHeader({ job, actions, tab }: { job: Job; actions: Actions; tab: Tab | null }) {
  const active = isActive(job);
  const error = actions.cancel.error ?? actions.remove.error;
  return (
    <section className="jobhd" aria-label="Job">
      <div className="t">
        <h1 className="ell" title={job.job_title}>
          {job.job_title}
        </h1>
        <JobStateMark state={jobState(job, active && actions.cancel.isSuccess)} />
        <div className="acts">
          {active ? <CancelButton job={job} actions={actions} /> : <EndedActions job={job} actions={actions} />}
        </div>
      </div>
      <div className="prov">
        <span>
          <When job={job} />
        </span>
        <span>
          {job.program}
          {job.blast_version ? `, BLAST+ ${job.blast_version}` : ''}
        </span>
        {job.cluster_name ? <span>Cluster {job.cluster_name}</span> : null}
        <span>{job.databases.map((database) => database.title || database.name).join(', ')}</span>
      </div>
      {error ? <ProblemNote error={error} /> : null}
      {tab ? <Tabs job={job} tab={tab} /> : null}
    </section>
  );
}

function When({ job }: { job: Job }) {
  if (isActive(job)) {
    return (
      <>
        {job.started_at ? 'Started' : 'Submitted'} <Ago iso={job.started_at ?? job.created_at} />
      </>
    );
  }
  const words: Record<string, string> = { completed: 'Finished', failed: 'Stopped', cancelled: 'Cancelled' };
  const span = took(job);
  return (
    <>
      {words[job.status] ?? 'Ended'} <Ago iso={job.ended_at ?? job.updated_at} />
      {span ? ` ${job.status === 'completed' ? 'in' : 'after'} ${span}` : ''}
    </>
  );
}

function CancelButton({ job, actions }: { job: Job; actions: Actions }) {
  const busy = actions.cancel.isPending || actions.cancel.isSuccess;
  const allowed = job.can_cancel && !busy;
  return (
    <button
      className="btn danger"
      type="button"
      aria-disabled={!allowed}
      onClick={() => {
        if (allowed) actions.cancel.mutate();
      }}
    >
      {busy ? <Icon name="run" spin /> : null}
      {busy ? 'Cancelling' : 'Cancel search'}
    </button>
  );
}

function EndedActions({ job, actions }: { job: Job; actions: Actions }) {
  const navigate = useNavigate();
  return (
    <>
      {job.status === 'completed' || job.hits > 0 ? <DownloadMenu job={job} /> : null}
      <Link className="btn" to="/" search={{ edit: job.job_id }} aria-label="Edit and search again">
        <Icon name="edit" />
        <span className="hide-m">Edit and search again</span>
      </Link>
      <DeleteButton
        name={job.job_title}
        size="normal"
        busy={actions.remove.isPending}
        onDelete={() => actions.remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/jobs' }) })}
      />
    </>
  );
}

function Tabs({ job, tab }: { job: Job; tab: Tab }) {
  const [search] = useJobSearch();
  const { tab: _, ...rest } = search;
  const active = isActive(job);
  const done = job.status === 'completed';
  const own = done ? 'hits' : 'now';
  const link = (name: Tab) => ({
    from: '/jobs/$jobId' as const,
    to: '.' as const,
    search: name === own ? rest : { ...rest, tab: name },
    activeOptions: EXACT,
    'aria-current': tab === name ? ('page' as const) : undefined,
  });
  return (
    <nav className="tabs" aria-label="Job">
      {done ? null : <Link {...link('now')}>{active ? 'Progress' : 'What happened'}</Link>}
      {done || job.queries_done > 0 ? (
        <Link {...link('hits')}>
          {active ? 'Hits so far' : 'Hits'} <span className="n">{count(job.hits)}</span>
        </Link>
      ) : null}
      <Link {...link('run')}>{active ? 'How it runs' : 'How it ran'}</Link>
      <Link {...link('logs')}>Logs</Link>
    </nav>
  );
}
