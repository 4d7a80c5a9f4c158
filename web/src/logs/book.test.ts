import { expect, test, vi } from 'vitest';
import { type Arrival, Book } from './book';

const arrival = (pod: string, second: number, line: string, id = `${pod}:${second}:${line}`): Arrival => ({
  id,
  pod,
  container: 'blast',
  attempt: 0,
  phase: 'running',
  ts: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000001Z`,
  line,
});

const texts = (book: Book) => book.read().lines.map((line) => line.text);

test('a line that is held is dropped, and readers hear of many lines at once', () => {
  const book = new Book();
  const heard = vi.fn();
  book.subscribe(heard);
  for (const line of ['a', 'b', 'a']) book.take(arrival('x', 1, line));
  expect(texts(book)).toEqual([]);
  book.layIn();
  book.layIn();
  expect(texts(book)).toEqual(['a', 'b']);
  expect(heard).toHaveBeenCalledTimes(1);
});

test('containers are laid into each other by time, each in its own order', () => {
  const book = new Book();
  for (const [second, line] of [
    [1, 'x1'],
    [5, 'x5'],
    [4, 'x said before 5, stamped 4'],
    [9, 'x9'],
  ] as const)
    book.take(arrival('x', second, line));
  book.layIn();
  for (const [second, line] of [
    [2, 'y2'],
    [5, 'y5'],
    [7, 'y7'],
  ] as const)
    book.take(arrival('y', second, line));
  book.layIn();
  expect(texts(book)).toEqual(['x1', 'y2', 'x5', 'x said before 5, stamped 4', 'y5', 'y7', 'x9']);
});

test('a line without a time stamp follows the one before it', () => {
  const book = new Book();
  book.take(arrival('x', 3, 'first'));
  book.take({ ...arrival('x', 0, 'no stamp'), ts: '' });
  book.take(arrival('y', 4, 'later'));
  book.layIn();
  expect(texts(book)).toEqual(['first', 'no stamp', 'later']);
});

test('the oldest go where there are too many, and the counts go with them', () => {
  const book = new Book(3);
  for (const [second, line] of [
    [1, 'Error: one'],
    [2, 'Warning: two'],
    [3, 'three'],
  ] as const)
    book.take(arrival('x', second, line));
  book.layIn();
  expect(book.read()).toMatchObject({ errors: 1, warnings: 1, dropped: 0 });
  book.take(arrival('y', 4, 'Error: four'));
  book.layIn();
  expect(texts(book)).toEqual(['Warning: two', 'three', 'Error: four']);
  expect(book.read()).toMatchObject({ errors: 1, warnings: 1, dropped: 1 });
  expect(book.read().targets.map(({ name, lines }) => [name, lines])).toEqual([
    ['x/blast', 2],
    ['y/blast', 1],
  ]);
});

test('a stream from the beginning adds nothing to a whole book, and fills one that lost lines anew', () => {
  const all = [1, 2, 3, 4].map((second) => arrival('x', second, `line ${second}`));
  for (const most of [4, 3]) {
    const book = new Book(most);
    for (const again of [false, true]) {
      if (again) book.restart();
      for (const line of all) book.take(line);
      book.layIn();
    }
    expect(texts(book)).toEqual(all.slice(-most).map(({ line }) => line));
    expect(book.read().dropped).toBe(4 - most);
  }
});

test('targets are named for people, each differently', () => {
  const book = new Book();
  const of = (pod: string, container: string, phase: string, attempt = 0) =>
    book.targetOf({ pod, container, attempt, phase }).label;
  expect([
    of('blastn-batch-megablast-job-011-abc-x1', 'blast', 'running'),
    of('blastn-batch-megablast-job-011-abc-x2', 'blast', 'running'),
    of('blastn-batch-megablast-job-011-abc-x1', 'blast', 'running', 1),
    of('blastn-batch-megablast-job-000-abc-x1', 'results-export', 'running'),
    of('part-0000000120-1a2b3c4d', 'blastp', 'running'),
    of('init-ssd-0-x', 'get-blastdb', 'staging_db'),
    of('init-ssd-1-x', 'get-blastdb', 'staging_db'),
    of('submit-x', 'submit', 'submitting'),
  ]).toEqual([
    'batch 12',
    'batch 12 (2)',
    'batch 12, run 2',
    'batch 1 results-export',
    'blastp from query 121',
    'database get-blastdb',
    'database (2) get-blastdb',
    'submit',
  ]);
});
