import type { HitQuery } from '../api/types';
import type { HitFilters, JobSearch } from '../job/search';
import { evalueAsTyped } from '../search/options';

/** Rows on a page of hits. */
export const PAGE_SIZE = 50;

/** A filter as the bar names it. */
export interface Chip {
  /** The parts of the address that it sets. */
  keys: (keyof HitFilters)[];
  label: string;
}

/** A quantity that hits can be filtered by. */
export type Quantity = 'evalue' | 'identity' | 'bits' | 'cover' | 'organism';

export const QUANTITIES: { name: Quantity; label: string; keys: (keyof HitFilters)[] }[] = [
  { name: 'evalue', label: 'E-value', keys: ['e'] },
  { name: 'identity', label: 'Identity', keys: ['idMin', 'idMax'] },
  { name: 'bits', label: 'Score, bits', keys: ['bits'] },
  { name: 'cover', label: 'Query cover', keys: ['cover'] },
  { name: 'organism', label: 'Organism', keys: ['org'] },
];

function identityWords({ idMin, idMax }: HitFilters): string {
  if (idMin !== undefined && idMax !== undefined) return `Identity ${idMin}–${idMax} %`;
  return idMin === undefined ? `Identity ≤ ${idMax} %` : `Identity ≥ ${idMin} %`;
}

/** The filters that are set, in the order of the bar. */
export function chipsOf(filters: HitFilters): Chip[] {
  const chips: Chip[] = [];
  if (filters.e !== undefined) chips.push({ keys: ['e'], label: `E-value ≤ ${evalueAsTyped(filters.e)}` });
  if (filters.idMin !== undefined || filters.idMax !== undefined) {
    chips.push({ keys: ['idMin', 'idMax'], label: identityWords(filters) });
  }
  if (filters.bits !== undefined) chips.push({ keys: ['bits'], label: `Score ≥ ${filters.bits} bits` });
  if (filters.cover !== undefined) chips.push({ keys: ['cover'], label: `Query cover ≥ ${filters.cover} %` });
  if (filters.org !== undefined) chips.push({ keys: ['org'], label: `Organism “${filters.org}”` });
  return chips;
}

/** Leaves out what is undefined. */
function set<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** The filters as the server takes them. */
export const filterParams = (filters: HitFilters): HitQuery =>
  set({
    max_evalue: filters.e,
    min_identity: filters.idMin,
    max_identity: filters.idMax,
    min_bitscore: filters.bits,
    min_query_cover: filters.cover,
    organism: filters.org,
  });

/** Filters, order and page of one query's hits. */
export const hitParams = (search: JobSearch, query: number): HitQuery => ({
  ...filterParams(search),
  ...set({ sort_by: search.sort, sort_dir: search.dir }),
  query,
  page: search.page ?? 1,
  page_size: PAGE_SIZE,
});

/** The same without some filters, on the first page. */
export function without<T extends HitFilters & { page?: number }>(search: T, keys: (keyof HitFilters)[]): T {
  const left = { ...search };
  for (const key of keys) delete left[key];
  delete left.page;
  return left;
}

export const ALL_FILTERS: (keyof HitFilters)[] = QUANTITIES.flatMap((quantity) => quantity.keys);
