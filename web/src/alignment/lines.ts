import type { Alignment } from '../api/types';

/** Letters of a sequence that one aligned letter stands for: 3 where a nucleotide sequence is translated. */
export type Step = 1 | 3;

/** How far each side moves for a letter. */
export interface Steps {
  query: Step;
  subject: Step;
}

const STEPS: Record<string, Steps> = {
  blastx: { query: 3, subject: 1 },
  tblastn: { query: 1, subject: 3 },
  tblastx: { query: 3, subject: 3 },
};

/** The steps of a program; blastn and blastp move by 1. */
export const stepsOf = (program: string): Steps => STEPS[program] ?? { query: 1, subject: 1 };

/**
 * One side of a line. Positions are 1-based, inclusive, in the sequence's own letters, of the first and the last
 * letter of the line; gaps do not count. A side without letters repeats the last position before it.
 */
export interface Side {
  from: number;
  to: number;
  text: string;
  /** Number of letters, without gaps. */
  letters: number;
}

export interface Line {
  /** First column, 0-based. */
  column: number;
  query: Side;
  midline: string;
  subject: Side;
  /** Identical columns. */
  identical: number;
}

/** The way that positions move along an alignment: falling on a minus strand or frame. */
export function directionOf(start: number, end: number, frame: number): 1 | -1 {
  if (start !== end) return start < end ? 1 : -1;
  return frame < 0 ? -1 : 1;
}

const lettersIn = (text: string): number => text.length - (text.match(/-/g)?.length ?? 0);

/** Walks along one side, line after line. */
function walker(start: number, direction: 1 | -1, step: Step) {
  let next = start;
  return (text: string): Side => {
    const letters = lettersIn(text);
    if (letters === 0) {
      const last = next - direction;
      return { from: last, to: last, text, letters };
    }
    const from = next;
    const to = from + direction * (letters * step - 1);
    next = to + direction;
    return { from, to, text, letters };
  };
}

/** Identical columns of a midline: all but blanks and the plus signs of positive pairs. */
export const identicalIn = (midline: string): number => midline.length - (midline.match(/[ +]/g)?.length ?? 0);

/** Cuts an alignment into lines of `width` columns with their positions. */
export function alignmentLines(alignment: Alignment, program: string, width: number): Line[] {
  const steps = stepsOf(program);
  const query = walker(
    alignment.query_start,
    directionOf(alignment.query_start, alignment.query_end, alignment.query_frame),
    steps.query,
  );
  const subject = walker(
    alignment.subject_start,
    directionOf(alignment.subject_start, alignment.subject_end, alignment.subject_frame),
    steps.subject,
  );
  const lines: Line[] = [];
  for (let column = 0; column < alignment.query_residues.length; column += width) {
    const cut = (text: string) => text.slice(column, column + width);
    const midline = cut(alignment.midline.padEnd(alignment.query_residues.length));
    lines.push({
      column,
      query: query(cut(alignment.query_residues)),
      midline,
      subject: subject(cut(alignment.subject_residues)),
      identical: identicalIn(midline),
    });
  }
  return lines;
}

/** A line as a sentence, for a screen reader. */
export function sayLine(line: Line): string {
  const columns = line.midline.length;
  return `query ${line.query.from} to ${line.query.to}, subject ${line.subject.from} to ${line.subject.to}, ${line.identical} of ${columns} identical`;
}
