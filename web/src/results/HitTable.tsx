import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useRef, useState } from 'react';
import { isActive, overviewQuery } from '../api/queries';
import type { HitList, Job } from '../api/types';
import { useShortcuts } from '../app/shortcuts';
import type { SortBy } from '../job/search';
import { Icon } from '../ui/Icon';
import { HitRow } from './HitRow';
import { subjectUnit } from './units';
import { useJobSearch } from './useJobSearch';

interface Column {
  sort: SortBy;
  label: string;
  /** What the label is short for. */
  says?: string;
  /** The order in which the best is first. */
  best: 'asc' | 'desc';
  className?: string;
}

const columns = (unit: string): Column[] => [
  { sort: 'bitscore', label: 'Score, bits', best: 'desc' },
  { sort: 'evalue', label: 'E-value', best: 'asc' },
  { sort: 'identity', label: 'Identity', best: 'desc' },
  { sort: 'query_cover', label: 'Query cover', best: 'desc' },
  { sort: 'length', label: `Subject, ${unit}`, says: 'Length of the subject', best: 'desc' },
];

/** The hits of a query, sorted and paged by the server. A row opens to its alignments. */
export function HitTable({ job, list, query }: { job: Job; list: HitList; query: number }) {
  const [search, change] = useJobSearch();
  const [focused, setFocused] = useState(0);
  const body = useRef<HTMLTableSectionElement>(null);
  const open = new Set(search.open ?? []);
  const { data: overview } = useQuery(overviewQuery(job.job_id, query, isActive(job)));
  const organisms = list.hits.some((hit) => hit.organism);

  const toggle = (subject: string) =>
    change((before) => {
      const now = before.open ?? [];
      const next = now.includes(subject) ? now.filter((other) => other !== subject) : [...now, subject];
      const { open: _, ...rest } = before;
      return next.length > 0 ? { ...rest, open: next } : rest;
    });

  useShortcuts({ c: () => body.current?.querySelector<HTMLButtonElement>('.copy-alignment')?.click() });

  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    const target = event.target as Element;
    if (step === undefined || !target.matches('.exp')) return;
    const buttons = [...(body.current?.querySelectorAll<HTMLButtonElement>('.exp') ?? [])];
    const next = buttons[buttons.indexOf(target as HTMLButtonElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <div className="tw">
      <table className="hits cards">
        <caption className="vh">Hits</caption>
        <thead>
          <tr>
            <SortHead column={{ sort: 'subject', label: 'Subject', best: 'asc', className: 'd' }} />
            {organisms ? <th className="o">Organism</th> : null}
            <th>On query</th>
            {columns(subjectUnit(job.program)).map((column) => (
              <SortHead key={column.sort} column={{ ...column, className: 'num' }} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKey}>
          {list.hits.map((hit, index) => (
            <HitRow
              key={`${hit.query}/${hit.subject_id}/${hit.rank}`}
              job={job}
              hit={hit}
              letters={overview?.letters}
              organisms={organisms}
              open={open.has(hit.subject_id)}
              reachable={index === Math.min(focused, list.hits.length - 1)}
              onFocus={() => setFocused(index)}
              onToggle={() => toggle(hit.subject_id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortHead({ column }: { column: Column }) {
  const [search, change] = useJobSearch();
  const sorted = search.sort === column.sort;
  const dir = search.dir ?? column.best;
  const press = () =>
    change((before) => {
      const { sort: _sort, dir: _dir, page: _page, ...rest } = before;
      if (!sorted) return { ...rest, sort: column.sort };
      if (dir === column.best) return { ...rest, sort: column.sort, dir: column.best === 'asc' ? 'desc' : 'asc' };
      return rest;
    });
  return (
    <th className={column.className} aria-sort={sorted ? (dir === 'asc' ? 'ascending' : 'descending') : undefined}>
      <button type="button" title={column.says} onClick={press}>
        {column.label}
        {sorted ? (
          <span className={dir === 'asc' ? 'up' : undefined}>
            <Icon name="down" />
          </span>
        ) : null}
      </button>
    </th>
  );
}
