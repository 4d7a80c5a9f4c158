import './job.css';
import './watch.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { toProblem } from '../api/problem';
import { isActive, jobQuery } from '../api/queries';
import type { Job } from '../api/types';
import { useJobActions } from '../jobs/actions';
import { useJobSearch } from '../results/useJobSearch';
import { announce } from '../ui/live';
import { Note, ProblemNote } from '../ui/Note';
import { Panel } from '../ui/Panel';
import { SkeletonRows } from '../ui/Skeleton';
import { jobState } from '../ui/State';
import { useTitle } from '../ui/title';
import { CancelledView, FailedView } from './EndedView';
import { HowItRan } from './HowItRan';
import { JobHeader } from './JobHeader';
import { RunningView } from './RunningView';

const ResultsView = lazy(() => import('../results/ResultsView').then((module) => ({ default: module.ResultsView })));
const LogsView = lazy(() => import('../logs/LogsView').then((module) => ({ default: module.LogsView })));

export default function JobPage() {
  const { jobId } = useParams({ from: '/jobs/$jobId' });
  return <JobView key={jobId} id={jobId} />;
}

function JobView({ id }: { id: string }) {
  const answer = useQuery(jobQuery(id));
  const job = answer.data;
  useTitle(job ? `${jobState(job).word}: ${job.job_title}` : 'Job');
  useEndedWord(job);
  if (!job && answer.error) return <NoJob error={answer.error} retry={() => void answer.refetch()} />;
  if (!job) {
    return (
      <main className="page" id="main">
        <h1 className="vh">Job</h1>
        <section className="card">
          <SkeletonRows rows={6} label="Reading the job" />
        </section>
      </main>
    );
  }
  return <Loaded job={job} error={answer.error} />;
}

function Loaded({ job, error }: { job: Job; error: unknown }) {
  const actions = useJobActions(job.job_id);
  const [search] = useJobSearch();
  const readable = job.status === 'completed' || job.queries_done > 0;
  const done = job.status === 'completed';
  const asked = search.tab ?? 'now';
  const own = done ? 'hits' : 'now';
  const tab = asked === 'now' || (asked === 'hits' && !readable) ? own : asked;
  return (
    <>
      <JobHeader job={job} actions={actions} tab={done || tab !== 'now' ? tab : null} />
      {error && !toProblem(error).isOutage ? (
        <div className="page-note">
          <Note kind="warn" title="The state of this job may be old">
            {toProblem(error).message}
          </Note>
        </div>
      ) : null}
      <Panel failed="This part of the job could not be shown">
        {tab === 'hits' ? (
          <Suspense fallback={<SkeletonRows rows={6} label="Reading the results" />}>
            <ResultsView job={job} />
          </Suspense>
        ) : tab === 'logs' ? (
          <Suspense fallback={<SkeletonRows rows={6} label="Reading the log" />}>
            <LogsView job={job} />
          </Suspense>
        ) : (
          <Body job={job} how={tab === 'run'} />
        )}
      </Panel>
    </>
  );
}

function Body({ job, how }: { job: Job; how: boolean }) {
  if (how) return <HowItRan job={job} />;
  if (isActive(job)) return <RunningView job={job} />;
  if (job.status === 'failed') return <FailedView job={job} />;
  if (job.status === 'cancelled') return <CancelledView job={job} />;
  return <HowItRan job={job} />;
}

/** Says once, when a watched job ends, how it ended. */
function useEndedWord(job: Job | undefined): void {
  const client = useQueryClient();
  const before = useRef<string | undefined>(undefined);
  const status = job?.status;
  useEffect(() => {
    const was = before.current;
    before.current = status;
    if (!job || !was || was === status || isActive(job)) return;
    announce(`${job.job_title}: ${jobState(job).word}`);
    void client.invalidateQueries({ queryKey: ['jobs'] });
  }, [job, status, client]);
}

function NoJob({ error, retry }: { error: unknown; retry: () => void }) {
  const problem = toProblem(error);
  if (problem.status !== 404) {
    return (
      <main className="page narrow" id="main">
        <h1 className="vh">Job</h1>
        <ProblemNote title="The job could not be read" error={error} retry={retry} />
      </main>
    );
  }
  return (
    <main className="page narrow" id="main">
      <section className="card empty">
        <h1>There is no such job</h1>
        <p>{problem.message}</p>
        <div className="row">
          <Link className="btn primary" to="/jobs">
            Jobs
          </Link>
          <Link className="btn" to="/">
            New search
          </Link>
        </div>
      </section>
    </main>
  );
}
