import type { Histogram } from '../api/types';
import { plural } from '../ui/format';

interface HistogramFigureProps {
  name: string;
  histogram: Histogram;
  /** What a filter keeps, in words. */
  keeps: string;
  /** Bounds of the filter on this axis: bins outside are drawn grey. */
  low?: number | undefined;
  high?: number | undefined;
  /** Words under the left end, the middle and the right end. */
  ticks: [string, string, string];
}

const HEIGHT = 100;
const BASE = 108;

/** Counts in bins over all hits; better is at the right. */
export function HistogramFigure({ name, histogram, keeps, low, high, ticks }: HistogramFigureProps) {
  const { from, to, counts } = histogram;
  const step = 100 / Math.max(1, counts.length);
  const most = Math.max(1, ...counts);
  const edge = (bin: number) => from + ((to - from) * bin) / counts.length;
  const off = (bin: number) => (low !== undefined && edge(bin + 1) <= low) || (high !== undefined && edge(bin) >= high);
  const bars = counts.map((hits, bin) => ({ hits, bin, at: edge(bin) })).filter(({ hits }) => hits > 0);
  return (
    <div className="hist">
      <div className="fighd">
        <b>{name}</b>
        <span>{keeps}</span>
      </div>
      <svg
        width="100%"
        height="128"
        role="img"
        aria-label={`${name}: number of hits by value, from ${ticks[0]} to ${ticks[2]}`}
      >
        {bars.map(({ hits, bin, at }) => {
          const height = Math.max(1.5, (HEIGHT * hits) / most);
          return (
            <rect
              key={at}
              className={off(bin) ? 'hb off' : 'hb'}
              x={`${bin * step + 0.4}%`}
              y={BASE - height}
              width={`${Math.max(0.4, step - 0.8)}%`}
              height={height}
            >
              <title>{plural(hits, 'hit')}</title>
            </rect>
          );
        })}
        <line className="axl" x1="0" x2="100%" y1="108.5" y2="108.5" />
        <text className="ax" x="0" y="124">
          {ticks[0]}
        </text>
        <text className="ax" x="50%" y="124" textAnchor="middle">
          {ticks[1]}
        </text>
        <text className="ax" x="100%" y="124" textAnchor="end">
          {ticks[2]}
        </text>
      </svg>
    </div>
  );
}
