import { describe, expect, it } from 'vitest';
import { alignmentsOf } from './fixtures';
import { alignmentLines } from './lines';
import { tintLine } from './tint';

const firstLine = (name: string, program: string) => {
  const alignment = alignmentsOf(name)[0];
  if (!alignment) throw new Error('the fixture is empty');
  const line = alignmentLines(alignment, program, 80)[0];
  if (!line) throw new Error('the alignment is empty');
  return tintLine(line, alignment.identity);
};

describe('tints', () => {
  it('marks differences where most letters are the same', () => {
    const { query, subject } = firstLine('blastn-plus', 'blastn');
    expect(query.slice(0, 2)).toEqual([
      { tint: 'plain', text: 'AAGGTACGGTAGTAGCC' },
      { tint: 'difference', text: 'A' },
    ]);
    expect(subject[1]).toEqual({ tint: 'difference', text: 'T' });
  });

  it('marks identical letters where most differ, and gaps on both sides', () => {
    const { query, subject } = firstLine('blastp', 'blastp');
    expect(query[0]?.tint).toBe('identical');
    expect(query.find((run) => run.tint === 'gap')?.text).toBe('----');
    expect(subject.find((run) => run.tint === 'gap')?.text).toHaveLength(4);
  });
});
