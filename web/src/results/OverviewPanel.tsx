import { useQuery } from '@tanstack/react-query';
import { SCORE_WORDS } from '../alignment/score';
import { overviewQuery } from '../api/queries';
import type { Job } from '../api/types';
import { evalueAsTyped } from '../search/options';
import { count, plural } from '../ui/format';
import { ProblemNote } from '../ui/Note';
import { SkeletonRows } from '../ui/Skeleton';
import { Coverage } from './Coverage';
import { HistogramFigure } from './HistogramFigure';
import { queryUnit } from './units';
import { useJobSearch } from './useJobSearch';

interface OverviewPanelProps {
  job: Job;
  active: boolean;
  query: number;
  /** Hits that pass the filters, once known. */
  passing: number | undefined;
}

/** All hits of a query at a glance: where they lie, and how good they are. */
export function OverviewPanel({ job, active, query, passing }: OverviewPanelProps) {
  const [search] = useJobSearch();
  const answer = useQuery(overviewQuery(job.job_id, query, active));
  const { data } = answer;
  if (answer.error && !data) {
    return (
      <ProblemNote title="The overview could not be read" error={answer.error} retry={() => void answer.refetch()} />
    );
  }
  if (!data) {
    return (
      <section className="ov ov-wait" aria-label="Overview of the hits">
        <SkeletonRows rows={3} label="Reading the overview" />
      </section>
    );
  }
  const filtered = passing !== undefined && passing < data.hits;
  const limit = search.e;
  return (
    <section className="ov" aria-label="Overview of the hits">
      <div>
        <div className="fighd">
          <b>
            {filtered
              ? `All ${plural(data.hits, 'hit')} on the query, before filters`
              : `${plural(data.hits, 'hit')} on the query`}
          </b>
          <div className="legend hide-s">
            <span>Bit score</span>
            {SCORE_WORDS.map((words, index) => (
              <span key={words}>
                <i className={`sw s${index + 1}`} />
                {words}
              </span>
            ))}
          </div>
        </div>
        <Coverage overview={data} unit={queryUnit(job.program)} />
      </div>
      <HistogramFigure
        name="E-value"
        histogram={data.evalue}
        keeps={limit === undefined ? 'all' : `${evalueAsTyped(limit)} or less`}
        // Better is at the right: the axis is −log10, from the job's limit to 180.
        low={limit === undefined || limit === 0 ? undefined : -Math.log10(limit)}
        ticks={[
          evalueAsTyped(Number((10 ** -data.evalue.from).toPrecision(2))),
          evalueAsTyped(Number(`1e-${Math.round((data.evalue.from + data.evalue.to) / 2)}`)),
          `≤ ${evalueAsTyped(Number(`1e-${Math.round(data.evalue.to)}`))}`,
        ]}
      />
      <HistogramFigure
        name="Identity"
        histogram={data.identity}
        keeps={identityWords(search.idMin, search.idMax)}
        low={search.idMin}
        high={search.idMax}
        ticks={[
          `${count(data.identity.from)} %`,
          `${count((data.identity.from + data.identity.to) / 2)} %`,
          `${count(data.identity.to)} %`,
        ]}
      />
    </section>
  );
}

function identityWords(min: number | undefined, max: number | undefined): string {
  if (min === undefined && max === undefined) return 'all';
  if (max === undefined) return `${min} % or more`;
  return min === undefined ? `${max} % or less` : `${min}–${max} %`;
}
