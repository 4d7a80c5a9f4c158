import { scoreClass } from '../alignment/score';
import type { Span } from '../api/types';

/** Where the alignments of a hit lie on the query, lowest score drawn first. */
export function RowBar({ spans, length }: { spans: Span[]; length: number }) {
  const ordered = [...spans].sort((a, b) => a.bitscore - b.bitscore);
  const said = spans.map((span) => `${span.from} to ${span.to}`).join(', ');
  const share = (letters: number) => `${(100 * letters) / Math.max(1, length)}%`;
  return (
    <svg className="mini" role="img" aria-label={`On the query: ${said} of ${length}`}>
      <rect className="bg" x="0" y="5" width="100%" height="4" rx="2" />
      {ordered.map((span) => (
        <rect
          key={`${span.from}-${span.to}-${span.bitscore}`}
          className={`f${scoreClass(span.bitscore)}`}
          x={share(span.from - 1)}
          y="3"
          width={share(span.to - span.from + 1)}
          height="8"
          rx="1"
        />
      ))}
    </svg>
  );
}
