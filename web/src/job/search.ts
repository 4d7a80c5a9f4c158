/** Orders of the hit table, as the server names them. */
export const SORTS = ['relevance', 'evalue', 'bitscore', 'identity', 'query_cover', 'length', 'subject'] as const;
export type SortBy = (typeof SORTS)[number];

/** Filters of the hits; one state for table, counts and downloads. */
export interface HitFilters {
  /** Greatest E-value. */
  e?: number;
  /** Least and greatest identity in percent. */
  idMin?: number;
  idMax?: number;
  /** Least bit score. */
  bits?: number;
  /** Least query cover in percent. */
  cover?: number;
  /** Text in the organism. */
  org?: string;
}

/** Parts of a job's page beside the one that its state asks for; `now` is that one. */
export const TABS = ['now', 'hits', 'run', 'logs'] as const;
export type Tab = (typeof TABS)[number];

/** Everything of a job's page that the address carries. */
export interface JobSearch extends HitFilters {
  tab?: Tab;
  /** Position of the selected query, 0-based. */
  q?: number;
  /** The query list shows only queries without hits. */
  nohits?: true;
  sort?: SortBy;
  dir?: 'asc' | 'desc';
  page?: number;
  /** Opened subjects. */
  open?: string[];
  /** Of the log: the container, how grave a line is, and what is looked for. */
  of?: string;
  only?: 'warning' | 'error';
  find?: string;
}

type Raw = Record<string, unknown>;

function number(raw: Raw, name: string, min: number, max = Number.POSITIVE_INFINITY): number | undefined {
  const value = typeof raw[name] === 'string' ? Number(raw[name]) : raw[name];
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}

function oneOf<T extends string>(raw: Raw, name: string, values: readonly T[]): T | undefined {
  return values.find((value) => value === raw[name]);
}

function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.floor(value);
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

function texts(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found = value.filter((item): item is string => typeof item === 'string');
  return found.length > 0 ? found : undefined;
}

/** Keeps what is set alone, so that the address stays short. */
export function tidy<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

/** Reads an address; what it does not understand it leaves out. */
export function readJobSearch(raw: Raw): JobSearch {
  const page = whole(number(raw, 'page', 2));
  return tidy({
    tab: oneOf(raw, 'tab', TABS),
    q: whole(number(raw, 'q', 0)),
    nohits: raw.nohits === true ? (true as const) : undefined,
    sort: oneOf(raw, 'sort', SORTS),
    dir: oneOf(raw, 'dir', ['asc', 'desc'] as const),
    page,
    open: texts(raw.open),
    e: number(raw, 'e', 0),
    idMin: number(raw, 'idMin', 0, 100),
    idMax: number(raw, 'idMax', 0, 100),
    bits: number(raw, 'bits', 0),
    cover: number(raw, 'cover', 0, 100),
    org: text(raw.org),
    of: text(raw.of),
    only: oneOf(raw, 'only', ['warning', 'error'] as const),
    find: text(raw.find),
  });
}
