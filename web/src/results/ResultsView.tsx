import './results.css';
import './overview.css';
import './hits.css';
import { useCallback, useState } from 'react';
import { isActive } from '../api/queries';
import type { Job } from '../api/types';
import { count } from '../ui/format';
import { Note } from '../ui/Note';
import { Panel } from '../ui/Panel';
import { HitsPanel } from './HitsPanel';
import { QueryList } from './QueryList';
import { useJobSearch } from './useJobSearch';

/** Queries at the left, the hits of the selected one at the right. */
export function ResultsView({ job }: { job: Job }) {
  const [search] = useJobSearch();
  const [first, setFirst] = useState<number>();
  const active = isActive(job);
  const selected = search.q ?? first ?? 0;
  const onFirst = useCallback((query: number) => setFirst((before) => before ?? query), []);
  return (
    <div className="res">
      <Panel failed="The queries could not be shown">
        <QueryList job={job.job_id} active={active} selected={selected} onFirst={onFirst} />
      </Panel>
      <main className="rmain" id="main">
        {active ? (
          <Note
            kind="info"
            icon="run"
            spin
            title={`Results so far: ${count(job.queries_done)} of ${count(job.queries_total)} queries`}
          >
            You can read, filter and download these hits. Order and counts may still change.
          </Note>
        ) : null}
        {search.q !== undefined || first !== undefined ? (
          <Panel failed="The hits could not be shown" key={selected}>
            <HitsPanel job={job} active={active} query={selected} />
          </Panel>
        ) : null}
      </main>
    </div>
  );
}
