import type { Contents, Line } from './book';

/** Which lines somebody wants to see, and what they look for among them. */
export interface Choice {
  /** The name of one target; all where it is undefined. */
  of?: string | undefined;
  only?: 'warning' | 'error' | undefined;
  find?: string | undefined;
}

/** The lines of a choice; the very list of the book where nothing is left out. */
export function shownLines({ lines }: Pick<Contents, 'lines'>, { of, only }: Choice): Line[] {
  if (!of && !only) return lines;
  return lines.filter((line) => (!of || line.target.name === of) && (!only || line.severity === only));
}

/** A pattern for a text as it stands, no letter of which means anything else. */
const literally = (find: string): string => find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Positions of the lines that hold what is looked for, small and capital letters alike. */
export function findIn(lines: Line[], find: string): number[] {
  if (find === '') return [];
  const wanted = new RegExp(literally(find), 'i');
  const found: number[] = [];
  lines.forEach(({ text }, index) => {
    if (wanted.test(text)) found.push(index);
  });
  return found;
}

/** A text cut at what is looked for: pieces 1, 3, 5… are it. */
export const cutAt = (text: string, find: string): string[] =>
  find === '' ? [text] : text.split(new RegExp(`(${literally(find)})`, 'gi'));

/** Lines as a text, for the clipboard. */
export const textOf = (lines: Line[]): string =>
  lines.map(({ stamp, target, text }) => `${stamp}\t${target.name}\t${text}\n`).join('');

/** The moment of the last line, for words like "4 s ago". */
export const lastMoment = (lines: Line[]): string | undefined => {
  const at = lines.at(-1)?.at;
  return at ? new Date(at).toISOString() : undefined;
};
