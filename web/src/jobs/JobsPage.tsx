import './jobs.css';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { isActive } from '../api/queries';
import type { JobSummary } from '../api/types';
import { capital } from '../ui/format';
import { Icon } from '../ui/Icon';
import { EXACT } from '../ui/links';
import { ProblemNote } from '../ui/Note';
import { SkeletonRows } from '../ui/Skeleton';
import { Ago } from '../ui/Time';
import { useTitle } from '../ui/title';
import { JobRow } from './JobRow';
import { jobsQuery } from './queries';
import { STATUSES } from './search';

export default function JobsPage() {
  useTitle('Jobs');
  const { status } = useSearch({ from: '/jobs' });
  const list = useInfiniteQuery(jobsQuery(status));
  const jobs = useMemo(() => (list.data?.pages ?? []).flatMap((page) => page.jobs), [list.data]);
  const { shown, fresh, takeIn } = useSettled(jobs, status ?? 'all', list.isFetchedAfterMount);
  const active = jobs.filter(isActive).length;
  const at = list.data?.pages[0]?.meta.generated_at;
  return (
    <main className="page" id="main">
      <div className="head">
        <div>
          <h1>Jobs</h1>
          <p className="sub small">
            {active > 0 ? `${active} active · ` : ''}
            {at ? (
              <>
                updated <Ago iso={at} />
              </>
            ) : null}
          </p>
        </div>
        <Link className="btn primary" to="/">
          <Icon name="plus" />
          New search
        </Link>
      </div>
      <div className="row wrap jobs-filter">
        <StatusFilter status={status} />
        {fresh > 0 ? (
          <button className="btn s" type="button" onClick={takeIn}>
            {fresh === 1 ? '1 new job' : `${fresh} new jobs`}
          </button>
        ) : null}
      </div>
      {list.error && list.data ? (
        <div className="jobs-filter">
          <ProblemNote title="The list may be old" error={list.error} retry={() => void list.refetch()} />
        </div>
      ) : null}
      <section className="card clip" aria-label="Jobs">
        <List list={list} jobs={shown} status={status} />
      </section>
      {list.hasNextPage ? (
        <div className="jobs-more">
          <button
            className="btn"
            type="button"
            aria-busy={list.isFetchingNextPage}
            onClick={() => {
              if (!list.isFetchingNextPage) void list.fetchNextPage();
            }}
          >
            {list.isFetchingNextPage ? <Icon name="run" spin /> : null}
            Load more
          </button>
        </div>
      ) : null}
    </main>
  );
}

function StatusFilter({ status }: { status: string | undefined }) {
  return (
    <nav className="seg" aria-label="Jobs by state">
      <Link to="/jobs" search={{}} aria-current={status === undefined ? 'true' : undefined} activeOptions={EXACT}>
        All
      </Link>
      {STATUSES.map((name) => (
        <Link
          key={name}
          to="/jobs"
          search={{ status: name }}
          aria-current={status === name ? 'true' : undefined}
          activeOptions={EXACT}
        >
          {capital(name)}
        </Link>
      ))}
    </nav>
  );
}

function List({
  list,
  jobs,
  status,
}: {
  list: ReturnType<typeof useInfiniteQuery>;
  jobs: JobSummary[];
  status: string | undefined;
}) {
  if (list.isPending) return <SkeletonRows rows={6} label="Reading the jobs" />;
  if (list.error && !list.data) {
    return <ProblemNote title="The jobs could not be read" error={list.error} retry={() => void list.refetch()} />;
  }
  if (jobs.length === 0) return <Empty status={status} />;
  return (
    <div className="tw">
      <table className="cards jobs">
        <caption className="vh">Jobs, newest first</caption>
        <thead>
          <tr>
            <th>State</th>
            <th>Search</th>
            <th>Progress or result</th>
            <th aria-sort="descending">Submitted</th>
            <th className="num">Took</th>
            <th>
              <span className="vh">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.job_id} job={job} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Empty({ status }: { status: string | undefined }) {
  return (
    <div className="empty">
      <h2>{status ? `No job is ${status}` : 'No searches yet'}</h2>
      <p>
        {status ? 'Other jobs are hidden by this filter.' : 'Your searches appear here and stay until you delete them.'}
      </p>
      <div className="row">
        {status ? (
          <Link className="btn" to="/jobs" search={{}}>
            Show all jobs
          </Link>
        ) : (
          <Link className="btn primary" to="/">
            New search
          </Link>
        )}
      </div>
    </div>
  );
}

/**
 * Keeps rows where they are: a job that appears while the page is open is counted and comes in when asked for, so
 * that nothing moves under the pointer.
 */
function useSettled(jobs: JobSummary[], list: string, isFresh: boolean) {
  const [known, setKnown] = useState<{ list: string; newest: string } | null>(null);
  const newest = jobs[0]?.created_at;
  useEffect(() => {
    // What the page remembers from an earlier visit may lack the newest job: the first answer decides.
    if (isFresh && newest !== undefined && known?.list !== list) setKnown({ list, newest });
  }, [known, list, newest, isFresh]);
  const limit = known?.list === list ? known.newest : newest;
  const shown = limit === undefined ? jobs : jobs.filter((job) => job.created_at <= limit);
  return {
    shown,
    fresh: jobs.length - shown.length,
    takeIn: () => {
      if (newest !== undefined) setKnown({ list, newest });
    },
  };
}
