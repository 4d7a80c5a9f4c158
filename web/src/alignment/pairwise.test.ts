import { describe, expect, it } from 'vitest';
import { alignmentsOf, reportOf } from './fixtures';
import { breakTitle, type Remarks, subjectText, wholePercent } from './pairwise';

const FIXTURES = [
  'blastn-plus',
  'blastn-minus',
  'blastn-long-gap',
  'blastp',
  'blastp-adjusted',
  'blastx-minus',
  'blastx-plus',
  'tblastn-minus',
  'tblastx',
];

/** What a table does not tell: the method of each alignment, and whether its E-value is common to several. */
function remarksIn(report: string): Remarks[] {
  return [...report.matchAll(/Expect(?:\((\d+)\))? = [^,\n]+(?:, Method: (.+))?/g)].map((match) => ({
    linked: match[1] ? Number(match[1]) : undefined,
    method: match[2],
  }));
}

describe('the text of an alignment', () => {
  it.each(FIXTURES)('%s equals BLAST+ to the letter', (name) => {
    const report = reportOf(name);
    const program = name.split('-')[0] ?? '';
    expect(subjectText(alignmentsOf(name), program, remarksIn(report))).toBe(report);
  });

  it('breaks a title at the first blank at or after each 60th letter', () => {
    const word = 'a'.repeat(60);
    expect(breakTitle(`${word} ${'b'.repeat(90)} c`)).toBe(`${word} \n${'b'.repeat(90)} \nc`);
    expect(breakTitle('short')).toBe('short');
  });

  it('says 100 % only when nothing is missing', () => {
    expect(wholePercent(199, 200)).toBe(99);
    expect(wholePercent(200, 200)).toBe(100);
    expect(wholePercent(0, 200)).toBe(0);
  });
});
