// Waiting on a condition.

import { setTimeout as pause } from 'node:timers/promises';
import { Stop } from './say.mjs';

const EVERY_MS = 50;

/** Waits until `condition` (may be asynchronous) holds; a `Stop` that names `what` after `limitMs`. */
export async function until(condition, limitMs, what) {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Stop(`waited ${limitMs / 1000} s in vain: ${what}`);
    await pause(EVERY_MS);
  }
}
