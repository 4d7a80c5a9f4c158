import type { Line } from './lines';

/** How a run of letters is drawn: plain, a difference, an identical letter, a gap. */
export type Tint = 'plain' | 'difference' | 'identical' | 'gap';

export interface Run {
  tint: Tint;
  text: string;
}

/** From this identity on differences are the rarer thing, and are tinted; below it identical letters are. */
const MOSTLY_SAME = 70;

function tintOf(own: string, midline: string, other: string, mostlySame: boolean): Tint {
  if (own === '-' || other === '-') return 'gap';
  const identical = midline !== ' ' && midline !== '+';
  if (mostlySame) return identical ? 'plain' : 'difference';
  return identical ? 'identical' : 'plain';
}

function runs(own: string, midline: string, other: string, mostlySame: boolean): Run[] {
  const found: Run[] = [];
  for (let at = 0; at < own.length; at += 1) {
    const letter = own.charAt(at);
    const tint = tintOf(letter, midline.charAt(at), other.charAt(at), mostlySame);
    const last = found.at(-1);
    if (last?.tint === tint) last.text += letter;
    else found.push({ tint, text: letter });
  }
  return found;
}

/** The two sides of a line in runs of one tint; the rarer thing is tinted. */
export function tintLine(line: Line, identity: number): { query: Run[]; subject: Run[] } {
  const mostlySame = identity >= MOSTLY_SAME;
  return {
    query: runs(line.query.text, line.midline, line.subject.text, mostlySame),
    subject: runs(line.subject.text, line.midline, line.query.text, mostlySame),
  };
}

/** What the tints mean, for the legend. */
export const legendOf = (identity: number): string =>
  identity >= MOSTLY_SAME ? 'Tinted: differences; grey: gaps' : 'Tinted: identical letters; grey: gaps';
