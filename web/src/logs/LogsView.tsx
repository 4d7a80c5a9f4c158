import type { Job } from '../api/types';
import { tidy } from '../job/search';
import { useJobSearch } from '../results/useJobSearch';
import { LogViewer } from './LogViewer';

/** The Logs tab of a job. What is chosen in it stands in the address. */
export function LogsView({ job }: { job: Job }) {
  const [search, change] = useJobSearch();
  const { of, only, find } = search;
  return (
    <main className="page wide" id="main">
      <LogViewer
        job={job}
        size="page"
        choice={{ of, only, find }}
        onChoice={(part) => change((before) => tidy({ ...before, ...part }))}
      />
    </main>
  );
}
