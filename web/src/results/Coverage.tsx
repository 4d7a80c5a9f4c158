import type { Overview, RegionGroup } from '../api/types';
import { count, plural } from '../ui/format';
import { areaOf, highest, ticksOf } from './coverage';

const HEIGHT = 47;
const CLASSES = [0, 1, 2, 3, 4];

/** How many subjects cover each place of the query, stacked by score; below, groups that cover about the same. */
export function Coverage({ overview, unit }: { overview: Overview; unit: string }) {
  const { letters, coverage, groups } = overview;
  const most = highest(coverage);
  return (
    <>
      <div className="rgs">
        <div className="rg0">
          <span>{count(most)}</span>
          <span>{most === 1 ? 'hit' : 'hits'}</span>
        </div>
        <div>
          <svg
            className="cov"
            width="100%"
            height="63"
            role="img"
            aria-label={`Number of hits at each of the ${count(letters)} ${unit} of the query, stacked by bit score; at most ${most}`}
          >
            {ticksOf(letters).map((tick) => (
              <Tick key={tick} at={tick} letters={letters} />
            ))}
            <text className="ax" x="100%" y="11" textAnchor="end">
              {count(letters)} {unit}
            </text>
            <svg
              y="15"
              width="100%"
              height={HEIGHT}
              viewBox={`0 0 ${letters} ${HEIGHT}`}
              preserveAspectRatio="none"
              aria-hidden="true"
            >
              {CLASSES.map((kind) => (
                <path key={kind} className={`f${kind + 1}`} d={areaOf(coverage, kind, HEIGHT)} />
              ))}
            </svg>
            <line className="axl" x1="0" x2="100%" y1="62.5" y2="62.5" />
          </svg>
        </div>
      </div>
      <ul className="rgl">
        {groups.map((group) => (
          <Group key={`${group.class}-${group.from}-${group.to}`} group={group} letters={letters} />
        ))}
      </ul>
      {overview.other_hits > 0 ? (
        <p className="tiny muted rg-rest">and {plural(overview.other_hits, 'hit')} in other regions</p>
      ) : null}
    </>
  );
}

function Tick({ at, letters }: { at: number; letters: number }) {
  const x = `${(100 * (at - 1)) / Math.max(1, letters)}%`;
  return (
    <>
      <text className={at === 1 ? 'ax' : 'ax hide-s'} x={x} y="11" textAnchor={at === 1 ? 'start' : 'middle'}>
        {count(at)}
      </text>
      <line className="gl" x1={x} x2={x} y1="15" y2="62" />
    </>
  );
}

function Group({ group, letters }: { group: RegionGroup; letters: number }) {
  const share = (value: number) => `${(100 * value) / letters}%`;
  return (
    <li className="rg">
      <span>
        {count(group.hits)}
        <span className="vh">
          {' '}
          hits from {group.from} to {group.to}
        </span>
      </span>
      <svg width="100%" height="13" aria-hidden="true">
        <rect
          className={`f${group.class + 1}`}
          x={share(group.from - 1)}
          y="3"
          width={share(group.to - group.from + 1)}
          height="8"
          rx="1"
        />
      </svg>
    </li>
  );
}
