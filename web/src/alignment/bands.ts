import type { Alignment } from '../api/types';
import { stepsOf } from './lines';
import { scoreClass } from './score';

/** Where a sequence lies in the query–subject figure, in percent of its width. */
export interface Track {
  from: number;
  width: number;
}

/** One alignment: its stretch on the query and on the subject, in percent; `from` is where the alignment begins. */
export interface Band {
  key: number;
  score: number;
  query: { from: number; to: number };
  subject: { from: number; to: number };
}

export interface Figure {
  query: Track;
  subject: Track;
  /** Worst first, so that the best is drawn last. */
  bands: Band[];
}

/**
 * The query above, the subject below, on one scale in residues (nucleotides ÷ 3 where they are translated), both
 * centred. A band whose ends run in opposite directions crosses.
 */
export function figureOf(alignments: Alignment[], program: string): Figure | null {
  const first = alignments[0];
  if (!first) return null;
  const steps = stepsOf(program);
  const lengths = { query: first.query_length / steps.query, subject: first.subject_length / steps.subject };
  const longest = Math.max(lengths.query, lengths.subject, 1);
  const track = (length: number): Track => ({
    from: (50 * (longest - length)) / longest,
    width: (100 * length) / longest,
  });
  const query = track(lengths.query);
  const subject = track(lengths.subject);
  const stretch = (own: Track, length: number, start: number, end: number) => {
    const at = (position: number) => own.from + (own.width * position) / length;
    return start <= end ? { from: at(start - 1), to: at(end) } : { from: at(start), to: at(end - 1) };
  };
  const bands = alignments
    .map((alignment) => ({
      key: alignment.alignment,
      bitscore: alignment.bitscore,
      score: scoreClass(alignment.bitscore),
      query: stretch(query, first.query_length, alignment.query_start, alignment.query_end),
      subject: stretch(subject, first.subject_length, alignment.subject_start, alignment.subject_end),
    }))
    .sort((a, b) => a.bitscore - b.bitscore);
  return { query, subject, bands };
}
