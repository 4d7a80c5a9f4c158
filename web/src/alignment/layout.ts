import { type RefObject, useLayoutEffect, useState } from 'react';

/** How the lines of an alignment are laid out. */
export interface Layout {
  /** Letters a line. */
  letters: number;
  /** Names by one letter and single blanks, where the room is scarce. */
  compact: boolean;
}

/** Width of a letter of the sequence face at 13 px, and of the padding at both sides. */
const LETTER = 7.8;
const PADDING = 34;
const MOST = 80;

/** Below this many letters a line, the names give way. */
const SCARCE = 40;

const tens = (letters: number): number => Math.min(MOST, Math.max(10, Math.floor(letters / 10) * 10));

/** 80 letters a line where they fit beside positions of so many digits, else the largest multiple of 10. */
export function layoutFor(pixels: number, digits: number): Layout {
  const room = Math.floor((pixels - PADDING) / LETTER);
  const full = room - ('Subject '.length + 3 * 2 + 2 * digits);
  if (full >= SCARCE) return { letters: tens(full), compact: false };
  return { letters: tens(room - ('Q'.length + 3 + 2 * digits)), compact: true };
}

/** Width of an element's content in pixels, followed. */
export function useInnerWidth(element: RefObject<HTMLElement | null>): number {
  const [pixels, setPixels] = useState(0);
  useLayoutEffect(() => {
    const own = element.current;
    if (!own) return;
    const measure = () => setPixels(own.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(own);
    return () => observer.disconnect();
  }, [element]);
  return pixels;
}
