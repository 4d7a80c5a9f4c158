import { useMediaQuery } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { scoreClass } from '../alignment/score';
import type { QueryRow } from '../api/types';
import { useShortcuts } from '../app/shortcuts';
import { count, percent, plural } from '../ui/format';
import { EXACT } from '../ui/links';
import { ProblemNote } from '../ui/Note';
import { SkeletonRows } from '../ui/Skeleton';
import { Spacer } from '../ui/Spacer';
import { shownTitle } from './titles';
import { selectQuery, useJobSearch } from './useJobSearch';
import { useQueryRows } from './useQueryRows';

const ROW = 44;
const CARD = 248;

/** Height of the job's head. */
const HEAD = 120;

interface QueryListProps {
  job: string;
  active: boolean;
  selected: number;
  /** The first query of the list, once known. */
  onFirst: (query: number) => void;
}

/** The queries with their best hits: a column, on narrow screens a strip. Only what is seen is fetched and drawn. */
export function QueryList({ job, active, selected, onFirst }: QueryListProps) {
  const [search, change] = useJobSearch();
  const strip = useMediaQuery('(max-width: 900px)', window.innerWidth <= 900, { getInitialValueInEffect: false });
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState<number[]>([]);
  const nohits = search.nohits ?? false;
  // In the whole list a query's place is its position, as long as every query before it is searched.
  const around = nohits ? [] : [Math.max(0, selected - 1), selected + 1];
  const rows = useQueryRows(job, nohits, active, [...seen, ...around]);
  const virtual = useVirtualizer({
    count: rows.count,
    horizontal: strip,
    getScrollElement: () => box.current,
    estimateSize: () => (strip ? CARD : ROW),
    overscan: 8,
    // The column begins below the job's head, so that its end lies under the fold until the page is scrolled.
    paddingEnd: strip ? 0 : HEAD,
    scrollPaddingEnd: strip ? 0 : HEAD,
    onChange: (own) => {
      const range = own.range;
      if (!range) return;
      const next = [range.startIndex, range.endIndex];
      setSeen((before) => (before[0] === next[0] && before[1] === next[1] ? before : next));
    },
  });

  const first = rows.rowAt(0)?.query;
  useEffect(() => {
    if (first !== undefined) onFirst(first);
  }, [first, onFirst]);

  const at = rows.indexOf(selected);
  // An address may name a query far down: it is brought into view once.
  const shown = useRef(false);
  useEffect(() => {
    if (at === undefined || shown.current) return;
    shown.current = true;
    virtual.scrollToIndex(at, { align: 'auto' });
  }, [at, virtual]);
  const go = (step: number) => {
    const next = (at ?? -1) + step;
    const row = rows.rowAt(next);
    if (!row) return;
    virtual.scrollToIndex(next, { align: 'auto' });
    change((before) => selectQuery(before, row.query));
  };
  useShortcuts({ j: () => go(1), k: () => go(-1) });

  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <aside className="qlist" aria-label="Queries">
      <div className="qh">
        <div className="row">
          <h2 className="grow">{plural(rows.total, 'query', 'queries')}</h2>
          {rows.withoutHits > 0 && rows.total > 1 ? (
            <Narrow withoutHits={rows.withoutHits} on={search.nohits ?? false} />
          ) : null}
        </div>
        <p className="between tiny muted hide-m">
          <span>Best hit</span>
          <span>Hits · identity</span>
        </p>
      </div>
      {rows.error ? <ProblemNote title="The queries could not be read" error={rows.error} retry={rows.retry} /> : null}
      {rows.isPending ? <SkeletonRows rows={6} label="Reading the queries" /> : null}
      <div className="items" ref={box}>
        <ul>
          <Spacer size={before} horizontal={strip} />
          {items.map((item) => (
            <QueryItem key={item.key} row={rows.rowAt(item.index)} index={item.index} current={item.index === at} />
          ))}
          <Spacer size={after} horizontal={strip} />
        </ul>
      </div>
    </aside>
  );
}

function Narrow({ withoutHits, on }: { withoutHits: number; on: boolean }) {
  const [, change] = useJobSearch();
  const narrow = (nohits: boolean) =>
    change((before) => {
      const { nohits: _, ...rest } = before;
      return nohits ? { ...rest, nohits: true } : rest;
    });
  return (
    <div className="seg s">
      <button type="button" aria-pressed={!on} onClick={() => narrow(false)}>
        All
      </button>
      <button type="button" aria-pressed={on} onClick={() => narrow(true)}>
        No hits <span className="n">{count(withoutHits)}</span>
      </button>
    </div>
  );
}

function QueryItem({ row, index, current }: { row: QueryRow | undefined; index: number; current: boolean }) {
  if (!row) {
    return (
      <li className="q loading">
        <span className="i1">{index + 1}</span>
        <span className="sk" />
      </li>
    );
  }
  return (
    <li>
      <Link
        className="q"
        from="/jobs/$jobId"
        to="."
        search={(before) => selectQuery(before, row.query)}
        replace
        resetScroll={false}
        activeOptions={EXACT}
        aria-current={current ? 'true' : undefined}
      >
        <span className="i1">{count(row.query + 1)}</span>
        <span className="nm ell">
          {row.id} <span className="ds">{shownTitle(row.title)}</span>
        </span>
        <span className="ct">
          {count(row.hits)}
          <span className="vh"> hits</span>
        </span>
        <BestHit row={row} />
      </Link>
    </li>
  );
}

function BestHit({ row }: { row: QueryRow }) {
  const { best } = row;
  if (!best) return <span className="bh ell">No hits</span>;
  return (
    <>
      <span className={best.organism ? 'bh ell sci' : 'bh ell'}>{best.organism ?? shownTitle(best.title)}</span>
      <span className="sc">
        <i className={`sw s${scoreClass(best.bitscore)}`} />
        {percent(best.identity)}
      </span>
    </>
  );
}
