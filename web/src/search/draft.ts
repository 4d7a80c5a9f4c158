import { useCallback, useEffect, useState } from 'react';
import type { OptionValue } from '../api/types';

/** A search that is being written. What is undefined is chosen for the person. */
export interface Draft {
  text: string;
  database?: string | undefined;
  program?: string | undefined;
  /** Only what differs from the defaults, `task` among them. */
  options: Record<string, OptionValue>;
  title: string;
  /** Where it runs, see `places.ts`. */
  place?: string | undefined;
  /** Output format of a search on a cluster; the usual one where it is undefined. */
  outfmt?: string | undefined;
}

export const EMPTY: Draft = { text: '', options: {}, title: '' };

const KEY = 'draft';

/** Longest text that is kept on the device; browsers give about 5 million letters for everything. */
export const KEEP_LETTERS = 1_000_000;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function readDraft(): Draft {
  try {
    const raw: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (!isRecord(raw)) return EMPTY;
    return {
      text: typeof raw.text === 'string' ? raw.text : '',
      database: typeof raw.database === 'string' ? raw.database : undefined,
      program: typeof raw.program === 'string' ? raw.program : undefined,
      options: isRecord(raw.options) ? (raw.options as Record<string, OptionValue>) : {},
      title: typeof raw.title === 'string' ? raw.title : '',
      place: typeof raw.place === 'string' ? raw.place : undefined,
      outfmt: typeof raw.outfmt === 'string' ? raw.outfmt : undefined,
    };
  } catch {
    return EMPTY;
  }
}

function keepDraft(draft: Draft): 'kept' | 'too-large' | 'closed' {
  const fits = draft.text.length <= KEEP_LETTERS;
  try {
    if (draft === EMPTY) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(fits ? draft : { ...draft, text: '' }));
    return fits ? 'kept' : 'too-large';
  } catch {
    return 'closed';
  }
}

/** Whether the draft is on the device: kept, too large for it, or storage is closed. */
export type Kept = ReturnType<typeof keepDraft> | 'nothing';

/** The draft, kept on this device so that a reload loses nothing. */
export function useDraft() {
  const [draft, setDraft] = useState(readDraft);
  const [kept, setKept] = useState<Kept>('nothing');
  useEffect(() => {
    const timer = window.setTimeout(() => setKept(draft === EMPTY ? 'nothing' : keepDraft(draft)), 300);
    const now = () => keepDraft(draft);
    window.addEventListener('pagehide', now);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener('pagehide', now);
    };
  }, [draft]);
  const change = useCallback((part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part })), []);
  const clear = useCallback(() => {
    keepDraft(EMPTY);
    setDraft(EMPTY);
  }, []);
  return { draft, change, clear, kept };
}
