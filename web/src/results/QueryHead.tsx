import { Link } from '@tanstack/react-router';
import type { Job } from '../api/types';
import { count, plural } from '../ui/format';
import { Icon } from '../ui/Icon';
import { EXACT } from '../ui/links';
import { shownTitle } from './titles';
import { queryUnit } from './units';
import { selectQuery, useJobSearch } from './useJobSearch';
import { useQueryRows } from './useQueryRows';

/** Name and size of the selected query, and the way to its neighbours. */
export function QueryHead({ job, active, query }: { job: Job; active: boolean; query: number }) {
  const [search] = useJobSearch();
  const nohits = search.nohits ?? false;
  const known = useQueryRows(job.job_id, nohits, active, nohits ? [] : [Math.max(0, query - 1), query, query + 1]);
  const at = known.indexOf(query);
  const row = at === undefined ? undefined : known.rowAt(at);
  const described = row ? shownTitle(row.title) : '';
  return (
    <div className="qhead">
      <h2 className="ell">
        <span className="dim">{count(query + 1)}</span> {row?.id ?? `Query ${query + 1}`}
      </h2>
      <p className="muted small ell grow hide-s">
        {described ? `${described} · ` : null}
        {row ? `${count(row.letters)} ${queryUnit(job.program)} · ${plural(row.alignments, 'alignment')}` : null}
      </p>
      {known.count > 1 ? (
        <div className="row qhead-go">
          <Neighbour
            query={at === undefined ? undefined : known.rowAt(at - 1)?.query}
            label="Previous query"
            hint="K"
          />
          <Neighbour query={at === undefined ? undefined : known.rowAt(at + 1)?.query} label="Next query" hint="J" />
        </div>
      ) : null}
    </div>
  );
}

function Neighbour({ query, label, hint }: { query: number | undefined; label: string; hint: string }) {
  const icon = <Icon name={hint === 'K' ? 'previous' : 'chevron'} />;
  if (query === undefined) {
    return (
      <button className="btn s icon" type="button" disabled aria-label={label}>
        {icon}
      </button>
    );
  }
  return (
    <Link
      className="btn s icon"
      from="/jobs/$jobId"
      to="."
      search={(before) => selectQuery(before, query)}
      replace
      resetScroll={false}
      activeOptions={EXACT}
      aria-label={label}
      title={`${label} (${hint})`}
    >
      {icon}
    </Link>
  );
}
