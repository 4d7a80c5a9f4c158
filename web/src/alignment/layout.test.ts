import { describe, expect, it } from 'vitest';
import { layoutFor } from './layout';

describe('the layout of an alignment', () => {
  it('has 80 letters a line where they fit', () => {
    expect(layoutFor(966, 5)).toEqual({ letters: 80, compact: false });
  });

  it('has the largest multiple of 10 elsewhere', () => {
    expect(layoutFor(700, 4)).toEqual({ letters: 60, compact: false });
  });

  it('shortens the names on a phone', () => {
    expect(layoutFor(348, 3)).toEqual({ letters: 30, compact: true });
    expect(layoutFor(10, 9)).toEqual({ letters: 10, compact: true });
  });
});
