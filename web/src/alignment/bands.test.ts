import { describe, expect, it } from 'vitest';
import { figureOf } from './bands';
import { alignmentsOf } from './fixtures';

describe('the query–subject figure', () => {
  it('puts both on one scale in residues and centres the shorter', () => {
    const figure = figureOf(alignmentsOf('blastx-minus'), 'blastx');
    // 2,158 nucleotides are 719.33 residues, against 190 of the subject.
    expect(figure?.query.from).toBeCloseTo(0);
    expect(figure?.query.width).toBeCloseTo(100);
    expect(figure?.subject.width).toBeCloseTo((100 * 190 * 3) / 2158);
    expect(figure?.subject.from).toBeCloseTo((100 - (100 * 190 * 3) / 2158) / 2);
  });

  it('lets a minus strand run backwards', () => {
    const band = figureOf(alignmentsOf('blastx-minus'), 'blastx')?.bands[0];
    expect(band && band.query.from > band.query.to).toBe(true);
    expect(band && band.subject.from < band.subject.to).toBe(true);
  });

  it('draws the best last', () => {
    const scores = figureOf(alignmentsOf('tblastx'), 'tblastx')?.bands.map((band) => band.key);
    expect(scores).toEqual([5, 4, 3, 2, 1, 0]);
  });
});
