import { describe, expect, it } from 'vitest';
import { alignmentsOf, reportOf } from './fixtures';
import { alignmentLines, sayLine } from './lines';

const PROGRAMS: [string, string][] = [
  ['blastn-plus', 'blastn'],
  ['blastn-minus', 'blastn'],
  ['blastp', 'blastp'],
  ['blastx-minus', 'blastx'],
  ['blastx-plus', 'blastx'],
  ['tblastn-minus', 'tblastn'],
  ['tblastx', 'tblastx'],
];

/** The positions that BLAST+ printed, line after line. */
function printed(report: string, side: 'Query' | 'Sbjct'): [number, number][] {
  const rows = report.matchAll(new RegExp(`^${side} {2}(\\d+) +\\S+ {2}(\\d+)$`, 'gm'));
  return [...rows].map((row) => [Number(row[1]), Number(row[2])]);
}

describe('positions', () => {
  it.each(PROGRAMS)('%s has the positions of BLAST+', (name, program) => {
    const report = reportOf(name);
    const lines = alignmentsOf(name).flatMap((alignment) => alignmentLines(alignment, program, 60));
    expect(lines.map((line) => [line.query.from, line.query.to])).toEqual(printed(report, 'Query'));
    expect(lines.map((line) => [line.subject.from, line.subject.to])).toEqual(printed(report, 'Sbjct'));
  });

  it.each(PROGRAMS)('%s ends where the alignment ends, whatever the width', (name, program) => {
    for (const width of [1, 7, 10, 80, 10_000]) {
      for (const alignment of alignmentsOf(name)) {
        const last = alignmentLines(alignment, program, width).at(-1);
        expect([last?.query.to, last?.subject.to]).toEqual([alignment.query_end, alignment.subject_end]);
      }
    }
  });

  it('repeats the last position on a line of gaps', () => {
    const lines = alignmentsOf('blastn-long-gap').flatMap((alignment) => alignmentLines(alignment, 'blastn', 60));
    const gaps = lines.filter((line) => line.query.letters === 0);
    expect(gaps.map((line) => [line.query.from, line.query.to])).toEqual([
      [350, 350],
      [350, 350],
    ]);
    expect(lines.find((line) => line.query.from === 351)).toBeDefined();
  });

  it('falls on a minus strand and says so in words', () => {
    const [alignment] = alignmentsOf('blastn-minus');
    const first = alignment && alignmentLines(alignment, 'blastn', 80)[0];
    expect(first && sayLine(first)).toBe('query 11 to 90, subject 307 to 228, 80 of 80 identical');
  });
});
