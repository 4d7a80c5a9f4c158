import { count } from '../ui/format';
import { Icon } from '../ui/Icon';
import { AddFilter } from './AddFilter';
import { ALL_FILTERS, chipsOf, without } from './filters';
import { useJobSearch } from './useJobSearch';

interface FilterBarProps {
  total: number | undefined;
  passing: number | undefined;
  partial: boolean;
}

/** What is filtered, how many hits are left of how many, and the way to change it. */
export function FilterBar({ total, passing, partial }: FilterBarProps) {
  const [search, change] = useJobSearch();
  const chips = chipsOf(search);
  return (
    <div className="fbar">
      <AddFilter />
      {chips.map((chip) => (
        <span className="chip on" key={chip.label}>
          <span className="ell">{chip.label}</span>
          <button
            className="x"
            type="button"
            aria-label={`Remove filter ${chip.label}`}
            onClick={() => change((before) => without(before, chip.keys))}
          >
            <Icon name="cross" />
          </button>
        </span>
      ))}
      <p className="fbar-count muted small">
        {total !== undefined && passing !== undefined ? (
          <>
            {count(passing)} of {count(total)} hits{partial ? ' so far' : ''}
            {search.sort ? '' : ', in BLAST+’s order'}
          </>
        ) : null}
        {chips.length > 0 ? (
          <>
            {' '}
            ·{' '}
            <button
              className="btn text small"
              type="button"
              onClick={() => change((before) => without(before, ALL_FILTERS))}
            >
              Clear filters
            </button>
          </>
        ) : null}
      </p>
    </div>
  );
}
