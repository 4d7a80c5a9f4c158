import { useEffect, useRef } from 'react';

const KEY = 'single-key-shortcuts';

/** Whether single letters act; a person can switch that off. */
export function lettersOn(): boolean {
  try {
    return localStorage.getItem(KEY) !== 'off';
  } catch {
    return true;
  }
}

export function setLetters(on: boolean): void {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch {
    // Storage is closed in some private modes: the choice cannot be kept.
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** Whether something above the page (a menu, a dialog) has the keyboard. */
const isCovered = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="menu"],[role="dialog"],dialog') !== null;

/**
 * Single-letter shortcuts, off while typing. A key is a letter (`j`) or two in a row (`g s`); the second has to come
 * within a second.
 */
export function useShortcuts(bindings: Record<string, () => void>): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    let before = '';
    let at = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || isCovered(event.target) || !lettersOn()) return;
      const now = event.timeStamp;
      const chord = now - at < 1_000 ? `${before} ${event.key}` : event.key;
      const action = latest.current[chord] ?? latest.current[event.key];
      before = event.key;
      at = now;
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
