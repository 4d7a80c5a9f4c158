import { describe, expect, it } from 'vitest';
import { areaOf, highest, ticksOf } from './coverage';

describe('coverage', () => {
  it('has round ticks and leaves room for the end', () => {
    expect(ticksOf(859)).toEqual([1, 200, 400, 600]);
    expect(ticksOf(2400)).toEqual([1, 500, 1000, 1500, 2000]);
    expect(ticksOf(5)).toEqual([1, 2, 3, 4]);
  });

  it('stacks the classes with the strongest at the base', () => {
    const bins = [
      { from: 1, to: 10, counts: [1, 0, 0, 0, 3] },
      { from: 11, to: 20, counts: [0, 0, 0, 0, 2] },
    ];
    expect(highest(bins)).toBe(4);
    expect(areaOf(bins, 4, 40)).toBe('M0 10L10 10L10 20L20 20L20 40L10 40L10 40L0 40Z');
    expect(areaOf(bins, 0, 40)).toBe('M0 0L10 0L10 20L20 20L20 20L10 20L10 10L0 10Z');
  });
});
