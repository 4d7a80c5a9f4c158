import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { databasesQuery, jobSequencesQuery, optionsQuery } from '../api/queries';
import type { Job } from '../api/types';
import { evalueAsTyped } from '../search/options';
import { recordAt } from '../search/restore';
import { Icon } from '../ui/Icon';
import { ProblemNote } from '../ui/Note';
import { SkeletonRows } from '../ui/Skeleton';
import { adviceFor } from './advice';

/** Nothing was found for a query: what was searched, and what to try next. */
export function ZeroHits({ job, query, active }: { job: Job; query: number; active: boolean }) {
  const form = useQuery(optionsQuery);
  const databases = useQuery(databasesQuery);
  const names = job.databases.map((database) => database.title || database.name).join(', ');
  const advice = form.data ? adviceFor(job, query, form.data, databases.data?.databases ?? []) : [];
  return (
    <>
      <section className="card zero" aria-labelledby="zero">
        <div className="bd">
          <h3 className="zero-title" id="zero">
            Nothing in {names} matches this sequence at E-value {evalueAsTyped(job.payload.options.evalue ?? 0.05)} or
            better
          </h3>
          <p className="muted">
            {active ? 'The rest of the search is still running.' : 'The search of this sequence ran to the end.'}
          </p>
        </div>
        <ul>
          {advice.map((next, index) => (
            <li key={next.title}>
              <div>
                <p className="med">{next.title}</p>
                <p className="muted small">{next.detail}</p>
              </div>
              <Link className={index === 0 ? 'btn s primary' : 'btn s'} to="/" search={next.search}>
                {next.button}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <Searched job={job} query={query} />
    </>
  );
}

function Searched({ job, query }: { job: Job; query: number }) {
  const [open, setOpen] = useState(false);
  const answer = useQuery({ ...jobSequencesQuery(job.job_id), enabled: open });
  return (
    <details className="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="chev">
          <Icon name="chevron" />
        </span>
        The sequence as searched
      </summary>
      <div className="fold-in">
        {answer.error ? <ProblemNote title="The sequence could not be read" error={answer.error} /> : null}
        {answer.isPending && open ? <SkeletonRows rows={3} label="Reading the sequence" /> : null}
        {answer.data ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus
          <section className="seq card" tabIndex={0} aria-label="Query sequence">
            <pre>{recordAt(answer.data.query_text, query)}</pre>
          </section>
        ) : null}
      </div>
    </details>
  );
}
