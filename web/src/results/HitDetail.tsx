import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { AlignmentView } from '../alignment/AlignmentView';
import { useInnerWidth } from '../alignment/layout';
import { methodOf } from '../alignment/method';
import { PairFigure } from '../alignment/PairFigure';
import { alignmentsQuery } from '../api/queries';
import type { Hit, Job } from '../api/types';
import { plural } from '../ui/format';
import { ProblemNote } from '../ui/Note';
import { SkeletonRows } from '../ui/Skeleton';

/** The alignments of a hit, opened in place. */
export function HitDetail({ job, hit }: { job: Job; hit: Hit }) {
  const box = useRef<HTMLDivElement>(null);
  const pixels = useInnerWidth(box);
  const answer = useQuery(alignmentsQuery(job.job_id, hit.query, hit.subject_id));
  const list = answer.data?.alignments ?? [];
  const total = answer.data?.filtered_alignments ?? 0;
  return (
    <div className="aln">
      <div className="box" ref={box}>
        {answer.error ? (
          <ProblemNote
            title="The alignments could not be read"
            error={answer.error}
            retry={() => void answer.refetch()}
          />
        ) : null}
        {answer.isPending ? <SkeletonRows rows={3} label="Reading the alignments" /> : null}
        {list.length > 0 ? <PairFigure alignments={list} program={job.program} /> : null}
        {list.map((alignment, index) => (
          <AlignmentView
            key={alignment.alignment}
            alignment={alignment}
            program={job.program}
            method={methodOf(job.payload.options)}
            pixels={pixels}
            number={index + 1}
            of={total}
          />
        ))}
        {total > list.length ? (
          <p className="aln-more muted small">
            The first {list.length} of {plural(total, 'alignment')}; downloads have them all.
          </p>
        ) : null}
        {answer.data && list.length === 0 ? (
          <p className="aln-more muted">No alignment is stored for this hit.</p>
        ) : null}
      </div>
    </div>
  );
}
