import './alignment.css';
import { useMemo } from 'react';
import type { Alignment } from '../api/types';
import { count } from '../ui/format';
import { type Band, figureOf } from './bands';
import { stepsOf } from './lines';

const unit = (step: number, program: string): string => (program === 'blastn' || step === 3 ? 'nt' : 'aa');

/** Query above, subject below on one scale; a band for each alignment, crossed where the directions are opposite. */
export function PairFigure({ alignments, program }: { alignments: Alignment[]; program: string }) {
  const figure = useMemo(() => figureOf(alignments, program), [alignments, program]);
  const first = alignments[0];
  if (!figure || !first) return null;
  const steps = stepsOf(program);
  const label = `${alignments.length} ${alignments.length === 1 ? 'alignment' : 'alignments'} between query and subject`;
  return (
    <div className="pair">
      <p className="tiny muted">
        Query <b>{first.query_id}</b>, 1–{count(first.query_length)} {unit(steps.query, program)}
      </p>
      <svg
        className="pair-svg"
        width="100%"
        height="64"
        role="img"
        aria-label={label}
        viewBox="0 0 100 64"
        preserveAspectRatio="none"
      >
        <rect className="pair-bar" x={figure.query.from} y="0" width={figure.query.width} height="8" />
        <rect className="pair-bar" x={figure.subject.from} y="56" width={figure.subject.width} height="8" />
        {figure.bands.map((band) => (
          <BandShape key={band.key} band={band} />
        ))}
      </svg>
      <p className="tiny muted">
        Subject <b>{first.subject_id}</b>
        {first.organism ? <span className="sci"> {first.organism}</span> : null}, 1–{count(first.subject_length)}{' '}
        {unit(steps.subject, program)}
      </p>
    </div>
  );
}

function BandShape({ band }: { band: Band }) {
  const { query, subject } = band;
  const bar = (from: number, to: number) => ({ x: Math.min(from, to), width: Math.abs(to - from) });
  return (
    <g className={`f${band.score}`}>
      <path className="pair-link" d={`M${query.from} 8L${query.to} 8L${subject.to} 56L${subject.from} 56Z`} />
      <rect {...bar(query.from, query.to)} y="0" height="8" />
      <rect {...bar(subject.from, subject.to)} y="56" height="8" />
    </g>
  );
}
