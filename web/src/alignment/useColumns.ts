import { type RefObject, useLayoutEffect, useState } from 'react';

/** Width of a 13 px letter of the sequence face, of the names and positions beside a line, and of the padding. */
const LETTER = 7.8;
const BESIDE = 8 + 2 + 7 + 2 + 2 + 7;
const PADDING = 34;

/** Letters a line: 80 where they fit, else the largest multiple of 10. */
export function columnsFor(pixels: number): number {
  const fit = Math.floor((pixels - PADDING) / LETTER) - BESIDE;
  return Math.min(80, Math.max(10, Math.floor(fit / 10) * 10));
}

/** Follows the width of an element. */
export function useColumns(element: RefObject<HTMLElement | null>): number {
  const [columns, setColumns] = useState(80);
  useLayoutEffect(() => {
    const own = element.current;
    if (!own) return;
    const measure = () => setColumns(columnsFor(own.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(own);
    return () => observer.disconnect();
  }, [element]);
  return columns;
}
