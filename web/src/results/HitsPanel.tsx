import { useQuery } from '@tanstack/react-query';
import { hitsQuery } from '../api/queries';
import type { Job } from '../api/types';
import { plural } from '../ui/format';
import { ProblemNote } from '../ui/Note';
import { Panel } from '../ui/Panel';
import { SkeletonRows } from '../ui/Skeleton';
import { FilterBar } from './FilterBar';
import { FilteredEmpty } from './FilteredEmpty';
import { hitParams } from './filters';
import { HitTable } from './HitTable';
import { OverviewPanel } from './OverviewPanel';
import { Pager } from './Pager';
import { QueryHead } from './QueryHead';
import { useJobSearch } from './useJobSearch';
import { ZeroHits } from './ZeroHits';

/** The hits of one query: overview, filters, table. */
export function HitsPanel({ job, active, query }: { job: Job; active: boolean; query: number }) {
  const [search] = useJobSearch();
  const hits = useQuery(hitsQuery(job.job_id, hitParams(search, query), active));
  const { data } = hits;
  if (data && data.total_hits === 0) {
    return (
      <>
        <QueryHead job={job} active={active} query={query} />
        <ZeroHits job={job} query={query} active={active} />
      </>
    );
  }
  return (
    <>
      <QueryHead job={job} active={active} query={query} />
      <Panel failed="The overview could not be shown">
        <OverviewPanel job={job} active={active} query={query} passing={data?.filtered_hits} />
      </Panel>
      <FilterBar total={data?.total_hits} passing={data?.filtered_hits} partial={data?.partial ?? false} />
      {hits.error ? (
        <ProblemNote
          title={data ? 'The hits may be old' : 'The hits could not be read'}
          error={hits.error}
          retry={() => void hits.refetch()}
        />
      ) : null}
      <section className="card clip" aria-label="Hits" aria-busy={hits.isPlaceholderData}>
        {hits.isPending ? <SkeletonRows rows={8} label="Reading the hits" /> : null}
        {data && data.filtered_hits === 0 ? <FilteredEmpty total={data.total_hits} /> : null}
        {data && data.hits.length > 0 ? <HitTable job={job} list={data} query={query} /> : null}
      </section>
      {data ? <Pager page={data.page} pages={data.pages} label={plural(data.filtered_hits, 'hit')} /> : null}
    </>
  );
}
