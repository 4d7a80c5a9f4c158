import { describe, expect, it } from 'vitest';
import { placeOf } from './place';

describe('a place in the sequences', () => {
  const text = '>one\nACGT\n>two\nAC!T\n';

  it('is found by line and column, both from 1 on', () => {
    expect(text[placeOf(text, 4, 3)]).toBe('!');
    expect(placeOf(text, 1, 1)).toBe(0);
  });

  it('stays inside the line and the text', () => {
    expect(placeOf(text, 2, 99)).toBe(text.indexOf('\n>two'));
    expect(placeOf(text, 99, 1)).toBe(text.length);
  });
});
