import { describe, expect, it } from 'vitest';
import { readJobSearch } from '../job/search';
import { ALL_FILTERS, chipsOf, filterParams, hitParams, without } from './filters';

describe('filters', () => {
  it('sends both bounds of identity', () => {
    expect(filterParams({ idMin: 40, idMax: 95 })).toEqual({ min_identity: 40, max_identity: 95 });
  });

  it('keeps filters, order, page and query of an address', () => {
    const search = readJobSearch({ q: 3, e: 1e-10, org: 'vibrio', sort: 'identity', dir: 'asc', page: 2 });
    expect(hitParams(search, 3)).toEqual({
      query: 3,
      max_evalue: 1e-10,
      organism: 'vibrio',
      sort_by: 'identity',
      sort_dir: 'asc',
      page: 2,
      page_size: 50,
    });
  });

  it('leaves out what an address says wrongly', () => {
    expect(readJobSearch({ q: -1, e: 'many', idMin: 140, sort: 'colour', tab: 'figures', open: 'x' })).toEqual({});
  });

  it('names each filter with its unit', () => {
    expect(chipsOf({ e: 1e-10, idMin: 40, cover: 80 }).map((chip) => chip.label)).toEqual([
      'E-value ≤ 1e−10',
      'Identity ≥ 40 %',
      'Query cover ≥ 80 %',
    ]);
  });

  it('takes filters away again', () => {
    expect(without({ q: 1, e: 1, org: 'a' }, ['e'])).toEqual({ q: 1, org: 'a' });
    expect(without({ q: 1, e: 1, org: 'a', idMax: 3 }, ALL_FILTERS)).toEqual({ q: 1 });
  });
});
