import { expect, test } from 'vitest';
import { Book } from './book';
import { clockOf, millisOf } from './stamp';
import { readings } from './stored';
import { cutAt, findIn, shownLines, textOf } from './view';

function bookOf(lines: [string, string][]) {
  const book = new Book();
  lines.forEach(([pod, line], index) => {
    const ts = `2026-01-01T00:00:0${index}Z`;
    book.take({ id: `${index}`, pod, container: 'blast', attempt: 0, phase: 'running', ts, line });
  });
  book.layIn();
  return book.read();
}

const CONTENTS = bookOf([
  ['a', 'Memory (1) is low'],
  ['b', 'Warning: out of memory soon'],
  ['a', 'Error: no memory'],
]);

test('a container and a severity narrow the lines; no choice leaves the very list', () => {
  const texts = (of?: string, only?: 'warning' | 'error') => shownLines(CONTENTS, { of, only }).map(({ id }) => id);
  expect(shownLines(CONTENTS, {})).toBe(CONTENTS.lines);
  expect(texts('a/blast')).toEqual(['0', '2']);
  expect(texts(undefined, 'warning')).toEqual(['1']);
  expect(texts('a/blast', 'error')).toEqual(['2']);
});

test('what is looked for is taken literally, in small and capital letters', () => {
  expect(findIn(CONTENTS.lines, 'memory')).toEqual([0, 1, 2]);
  expect(findIn(CONTENTS.lines, '(1)')).toEqual([0]);
  expect(findIn(CONTENTS.lines, '')).toEqual([]);
  expect(cutAt('a memory, a MEMORY', 'memory')).toEqual(['a ', 'memory', ', a ', 'MEMORY', '']);
  expect(cutAt('a.b', '')).toEqual(['a.b']);
  expect(textOf(CONTENTS.lines.slice(0, 1))).toBe('2026-01-01T00:00:00Z\ta/blast\tMemory (1) is low\n');
});

test('time stamps keep their order below the millisecond and are shown to it', () => {
  const stamps = [
    '2026-01-01T00:00:01Z',
    '2026-01-01T00:00:01.1Z',
    '2026-01-01T00:00:01.10002Z',
    '2026-01-01T00:00:01.12Z',
  ];
  const millis = stamps.map((stamp) => millisOf(stamp) ?? 0);
  expect(millis.toSorted((a, b) => a - b)).toEqual(millis);
  expect(new Set(millis).size).toBe(stamps.length);
  expect(stamps.map(clockOf)).toEqual(['00:00:01.000', '00:00:01.100', '00:00:01.100', '00:00:01.120']);
  expect([millisOf(''), clockOf('')]).toEqual([undefined, '']);
});

test('of stored logs that are too long each gives its last lines, and the short ones all', () => {
  const target = (name: string, lines: number) => ({
    target: name,
    pod: name,
    container: 'blast',
    attempt: 0,
    step: 'running',
    lines,
    ended: true,
  });
  const froms = (most: number) =>
    readings([target('long', 1_000), target('short', 10), target('longer', 5_000)], most).map(({ from }) => from);
  expect(froms(10_000)).toEqual([0, 0, 0]);
  expect(froms(610)).toEqual([700, 0, 4_700]);
  expect(froms(3_010)).toEqual([0, 0, 3_000]);
});
