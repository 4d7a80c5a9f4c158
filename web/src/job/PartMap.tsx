import { type PointerEvent, useMemo, useState } from 'react';
import { count } from '../ui/format';
import { lookOfLetter } from './looks';
import { pathsOf } from './mapPaths';

const WIDE = 100;

/** Thousands of parts in one drawing: each state is one path, lines between cells are drawn over all of them. */
export function PartMap({ map, noun }: { map: string; noun: string }) {
  const [under, setUnder] = useState<number>();
  const rows = Math.ceil(map.length / WIDE);
  const paths = useMemo(() => [...pathsOf(map, WIDE)], [map]);
  const find = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * WIDE);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    const at = row * WIDE + column;
    setUnder(at >= 0 && at < map.length ? at : undefined);
  };
  return (
    <div className="part-map">
      <svg
        viewBox={`0 0 ${WIDE} ${rows}`}
        aria-hidden="true"
        onPointerMove={find}
        onPointerLeave={() => setUnder(undefined)}
      >
        {paths.map(([letter, path]) => (
          <path key={letter} className={`cell ${lookOfLetter(letter).className}`} d={path} />
        ))}
        <path className="lines" d={linesOf(rows)} />
      </svg>
      <p className="tiny muted">
        {under === undefined
          ? `Each cell is a ${noun}, in the order of the sequences.`
          : `${noun === 'batch' ? 'Batch' : 'Part'} ${count(under + 1)}: ${lookOfLetter(map.charAt(under)).word}`}
      </p>
    </div>
  );
}

function linesOf(rows: number): string {
  const across = Array.from({ length: rows + 1 }, (_, row) => `M0 ${row}h${WIDE}`);
  const down = Array.from({ length: WIDE + 1 }, (_, column) => `M${column} 0v${rows}`);
  return [...across, ...down].join('');
}
