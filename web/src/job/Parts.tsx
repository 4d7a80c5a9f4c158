import type { Job, JobParts } from '../api/types';
import { Bar } from '../ui/Bar';
import { count, plural } from '../ui/format';
import { LEGEND, letterOf, lookOfLetter, nounOf, sayCell } from './looks';
import { PartMap } from './PartMap';

/** 14 of 32 parts; "about" while the query is not wholly cut. */
export const sayParts = (parts: JobParts, noun = 'part'): string => {
  const many = noun === 'batch' ? 'batches' : `${noun}s`;
  return `${count(parts.done)} of ${parts.all_planned ? '' : 'about '}${plural(parts.estimated_total, noun, many)}`;
};

/** Each part as a cell: elements while they are few, one drawing when they are many, a bar while none is known. */
export function Parts({ job }: { job: Job }) {
  const { parts } = job;
  const noun = nounOf(job);
  const text = `${sayParts(parts, noun)} done, ${parts.running} running`;
  const max = Math.max(1, parts.estimated_total);
  if (parts.cells.length === 0 && parts.map === '') {
    return <Bar label="Parts" value={parts.done} max={max} text={text} />;
  }
  const letters = new Set(parts.map === '' ? parts.cells.map(letterOf) : parts.map);
  const bar = {
    role: 'progressbar',
    'aria-label': noun === 'batch' ? 'Batches' : 'Parts',
    'aria-valuemin': 0,
    'aria-valuemax': max,
    'aria-valuenow': Math.min(parts.done, max),
    'aria-valuetext': text,
  };
  return (
    <>
      {parts.map === '' ? (
        <div className="parts" data-many={parts.cells.length > 64} {...bar}>
          {parts.cells.map((cell, index) => (
            <i
              key={cell.first_query}
              className={lookOfLetter(letterOf(cell)).className}
              title={sayCell(cell, index + 1)}
            />
          ))}
        </div>
      ) : (
        <div {...bar}>
          <PartMap map={parts.map} noun={noun} />
        </div>
      )}
      <div className="legend parts-legend">
        {LEGEND.filter((letter) => letters.has(letter)).map((letter) => (
          <span key={letter}>
            <i className={`key ${lookOfLetter(letter).className}`} />
            {lookOfLetter(letter).word}
          </span>
        ))}
      </div>
    </>
  );
}
