import { useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { isActive, PART_PAGE, partsQuery } from '../api/queries';
import type { Job, PartCell } from '../api/types';
import { count } from '../ui/format';
import { ProblemNote } from '../ui/Note';
import { Spacer } from '../ui/Spacer';
import { utc } from '../ui/Time';
import { letterOf, lookOfLetter, tookOf } from './looks';

const ROW = 32;

/** Batches one by one: state, machine, times, attempts. Only the rows in sight are drawn, and only their pages fetched. */
export function PartList({ job }: { job: Job }) {
  const box = useRef<HTMLDivElement>(null);
  const total = job.parts.planned;
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const pages = [...new Set([0, ...items.map((item) => Math.floor(item.index / PART_PAGE))])];
  const answers = useQueries({ queries: pages.map((page) => partsQuery(job.job_id, page, isActive(job))) });
  const cellAt = (index: number): PartCell | undefined => {
    const data = answers[pages.indexOf(Math.floor(index / PART_PAGE))]?.data;
    return data ? data.parts[index - data.from] : undefined;
  };
  const error = answers.find((answer) => answer.error && !answer.data)?.error;
  const before = items[0]?.start ?? 0;
  const after = Math.max(0, rows.getTotalSize() - (items.at(-1)?.end ?? 0));
  return (
    <div className="part-list">
      {error ? <ProblemNote title="The batches could not be read" error={error} /> : null}
      <div className="part-row part-head" aria-hidden="true">
        <span className="num">Batch</span>
        <span>State</span>
        <span className="hide-s">Queries</span>
        <span className="hide-s">Machine</span>
        <span className="hide-s">Began, UTC</span>
        <span className="num">Took</span>
      </div>
      <section className="part-box" ref={box} aria-label="Batches one by one">
        <ul>
          <Spacer size={before} horizontal={false} />
          {items.map((item) => (
            <Row key={item.key} cell={cellAt(item.index)} number={item.index + 1} />
          ))}
          <Spacer size={after} horizontal={false} />
        </ul>
      </section>
    </div>
  );
}

function Row({ cell, number }: { cell: PartCell | undefined; number: number }) {
  if (!cell) {
    return (
      <li className="part-row">
        <span className="num">{count(number)}</span>
        <span className="sk" />
      </li>
    );
  }
  const look = lookOfLetter(letterOf(cell));
  return (
    <li className="part-row">
      <span className="num">{count(number)}</span>
      <span className="ell" title={cell.error ?? undefined}>
        <i className={`key ${look.className}`} /> {look.word}
        {cell.attempts > 1 ? `, attempt ${cell.attempts}` : ''}
      </span>
      <span className="ell hide-s">
        {cell.queries > 1
          ? `${count(cell.first_query + 1)} to ${count(cell.first_query + cell.queries)}`
          : count(cell.first_query + 1)}
      </span>
      <span className="ell hide-s mono">{cell.node ?? ''}</span>
      <span className="nowrap hide-s">{cell.started_at ? utc(cell.started_at).slice(11, 19) : ''}</span>
      <span className="num nowrap">{tookOf(cell)}</span>
    </li>
  );
}
