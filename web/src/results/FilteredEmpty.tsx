import { plural } from '../ui/format';
import { ALL_FILTERS, chipsOf, without } from './filters';
import { useJobSearch } from './useJobSearch';

/** Names the filters that hide everything, and undoes them. */
export function FilteredEmpty({ total }: { total: number }) {
  const [search, change] = useJobSearch();
  const chips = chipsOf(search);
  return (
    <div className="empty">
      <h2>{chips.length === 1 ? 'No hit passes this filter' : 'No hit passes the filters'}</h2>
      <p>
        {plural(total, 'hit is', 'hits are')} hidden by {chips.map((chip) => `“${chip.label}”`).join(' and ')}.
      </p>
      <div className="row">
        {chips.length > 1
          ? chips.map((chip) => (
              <button
                className="btn s"
                type="button"
                key={chip.label}
                onClick={() => change((s) => without(s, chip.keys))}
              >
                Remove “{chip.label}”
              </button>
            ))
          : null}
        <button className="btn s ghost" type="button" onClick={() => change((before) => without(before, ALL_FILTERS))}>
          Clear all filters
        </button>
      </div>
    </div>
  );
}
