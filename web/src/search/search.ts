import type { OptionValue } from '../api/types';

/** What the address of the search page may carry: an earlier job to begin from, and what to change of it. */
export interface SearchSearch {
  /** Job whose sequences and settings fill the form. */
  edit?: string;
  /** Only this sequence of it, 0-based. */
  only?: number;
  /** Options to change. */
  set?: Record<string, OptionValue>;
  database?: string;
  program?: string;
}

const isOption = (value: unknown): value is OptionValue => ['string', 'number', 'boolean'].includes(typeof value);

function readOptions(value: unknown): Record<string, OptionValue> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).filter((entry): entry is [string, OptionValue] => isOption(entry[1]));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

export function readSearchSearch(raw: Record<string, unknown>): SearchSearch {
  const set = readOptions(raw.set);
  return {
    ...(typeof raw.edit === 'string' ? { edit: raw.edit } : {}),
    ...(typeof raw.only === 'number' && raw.only >= 0 ? { only: raw.only } : {}),
    ...(set ? { set } : {}),
    ...(typeof raw.database === 'string' ? { database: raw.database } : {}),
    ...(typeof raw.program === 'string' ? { program: raw.program } : {}),
  };
}
