import type { JobParts, PartCell } from '../api/types';
import { Bar } from '../ui/Bar';
import { count, duration, plural } from '../ui/format';

interface Look {
  className: string;
  word: string;
}

function lookOf(cell: PartCell): Look {
  if (cell.state === 'done') return { className: 'd', word: 'done' };
  if (cell.state === 'failed') return { className: 'x', word: 'failed' };
  if (cell.state === 'cancelled') return { className: 'n', word: 'not searched' };
  if (cell.attempts > 1) return { className: 't', word: `trying again, attempt ${cell.attempts}` };
  if (cell.state === 'running') return { className: 'r', word: 'running' };
  return { className: '', word: 'not started' };
}

function sayCell(cell: PartCell, number: number): string {
  const first = cell.first_query + 1;
  const which =
    cell.queries > 1 ? `queries ${count(first)} to ${count(first + cell.queries - 1)}` : `query ${count(first)}`;
  const took = cell.elapsed_ms ? `, ${duration(cell.elapsed_ms)}` : '';
  return `Part ${number}, ${which}: ${lookOf(cell).word}${took}`;
}

/** 14 of 32 parts; "about" while the query is not wholly cut. */
export const sayParts = (parts: JobParts): string =>
  `${count(parts.done)} of ${parts.all_planned ? '' : 'about '}${plural(parts.estimated_total, 'part')}`;

/** Each part as a cell, up to 400; above that a bar with counts. */
export function Parts({ parts }: { parts: JobParts }) {
  const text = `${sayParts(parts)} done, ${parts.running} running`;
  if (parts.cells.length === 0) {
    return <Bar label="Parts" value={parts.done} max={Math.max(1, parts.estimated_total)} text={text} />;
  }
  const looks = new Set(parts.cells.map((cell) => lookOf(cell).className));
  return (
    <>
      <div
        className="parts"
        role="progressbar"
        aria-label="Parts"
        aria-valuemin={0}
        aria-valuemax={Math.max(1, parts.estimated_total)}
        aria-valuenow={parts.done}
        aria-valuetext={text}
        data-many={parts.cells.length > 64}
      >
        {parts.cells.map((cell, index) => (
          <i key={cell.first_query} className={lookOf(cell).className} title={sayCell(cell, index + 1)} />
        ))}
      </div>
      <div className="legend parts-legend">
        <Key className="d" word="done" />
        <Key className="r" word="running" />
        <Key className="" word="not started" />
        {looks.has('t') ? <Key className="t" word="trying again" /> : null}
        {looks.has('x') ? <Key className="x" word="failed" /> : null}
        {looks.has('n') ? <Key className="n" word="not searched" /> : null}
      </div>
    </>
  );
}

function Key({ className, word }: { className: string; word: string }) {
  return (
    <span>
      <i className={`key ${className}`} />
      {word}
    </span>
  );
}
