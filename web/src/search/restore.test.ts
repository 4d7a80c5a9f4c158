import { describe, expect, it } from 'vitest';
import { recordAt } from './restore';

describe('a sequence of an earlier search', () => {
  const text = '>a\nACGT\nAC\n>b one\nTT\n>c\nGG\n';

  it('is cut out by its position', () => {
    expect(recordAt(text, 0)).toBe('>a\nACGT\nAC\n');
    expect(recordAt(text, 1)).toBe('>b one\nTT\n');
    expect(recordAt(text, 2)).toBe('>c\nGG\n');
  });

  it('is the whole text where there is no such position', () => {
    expect(recordAt('ACGT', 0)).toBe('ACGT');
  });
});
