import { expect, test } from 'vitest';
import { Book } from './book';
import { type Connection, follow, type Means, type Place } from './follow';

const line = (n: number) => {
  const ts = `2026-01-01T00:00:0${n}Z`;
  const data = {
    id: `uid:blast:${ts}:0`,
    pod: 'p',
    container: 'blast',
    attempt: 0,
    phase: 'running',
    ts,
    line: `line ${n}`,
  };
  return `id: 1.${n}\nevent: log\ndata: ${JSON.stringify(data)}\n\n`;
};
const status = (word: string) =>
  `event: status\ndata: ${JSON.stringify({ job_id: 'j', source: 'stream', status: word, phase: '' })}\n\n`;
const COMPLETED = 'event: completed\ndata: {"job_id":"j"}\n\n';

/** Answers in turn: a stream of these pieces, or a refusal. */
async function followThrough(answers: (string[] | Response | Error)[], silent: number[] = []) {
  const book = new Book();
  const place: Place = { lastId: '', restarted: false };
  const [said, asked, pauses]: [Connection[], (string | null)[], number[]] = [[], [], []];
  const control = new AbortController();
  let alarms = 0;
  const means: Means = {
    fetch: async (_input, init) => {
      const answer = answers[asked.length];
      alarms = 0;
      asked.push(new Headers(init?.headers).get('last-event-id'));
      if (!answer) throw new Error('asked once too often');
      if (answer instanceof Error) throw answer;
      if (answer instanceof Response) return answer;
      const hangs = silent.includes(asked.length - 1);
      return new Response(
        new ReadableStream({
          start(to) {
            for (const piece of answer) to.enqueue(new TextEncoder().encode(piece));
            if (hangs) init?.signal?.addEventListener('abort', () => to.error(new DOMException('', 'AbortError')));
            else to.close();
          },
        }),
      );
    },
    pause: async (ms) => void pauses.push(ms),
    // A stream that hangs has been silent for so long once all its pieces were read.
    alarm: (_ms, ring) => {
      alarms += 1;
      const answer = answers[asked.length - 1];
      const hangs = silent.includes(asked.length - 1) && Array.isArray(answer) && alarms >= answer.length;
      if (hangs) ring();
      return () => {};
    },
    laidIn: () => book.layIn(),
  };
  await follow('j', book, place, (connection) => said.push(connection), control.signal, means);
  const states = said.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1]);
  return { texts: book.read().lines.map(({ text }) => text), states, said, asked, pauses, place };
}

test('a stream that pauses, is cut and is refused for a while goes on where it was, and no line comes twice', async () => {
  const got = await followThrough([
    [line(1), line(2), status('paused')],
    [line(1), line(2), line(3)],
    new TypeError('Failed to fetch'),
    new Response('{}', { status: 503 }),
    [line(3), line(4), COMPLETED],
  ]);
  expect(got.texts).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
  expect(got.asked).toEqual([null, '1.2', '1.3', '1.3', '1.3']);
  expect(got.states).toEqual(['connecting', 'live', 'reconnecting', 'live', 'ended']);
  expect(got.pauses).toEqual([500, 1_000, 2_000]);
});

test('an event that was cut in two is asked for again', async () => {
  const got = await followThrough([
    [line(1), line(2).slice(0, 40)],
    [line(2), COMPLETED],
  ]);
  expect(got.asked).toEqual([null, '1.1']);
  expect(got.texts).toEqual(['line 1', 'line 2']);
});

test('a stream that begins anew says so and adds nothing that is held', async () => {
  const got = await followThrough([
    [line(1), line(2)],
    [status('restarted'), line(1), line(2), line(3), COMPLETED],
  ]);
  expect(got.place.restarted).toBe(true);
  expect(got.texts).toEqual(['line 1', 'line 2', 'line 3']);
});

test('a search that is not there is not asked for again', async () => {
  const problem = { title: 'There is no such job', code: 'not_found', retryable: false };
  const got = await followThrough([new Response(JSON.stringify(problem), { status: 404 })]);
  expect(got.states).toEqual(['connecting', 'failed']);
  expect(got.asked).toHaveLength(1);
});

test('a stream that says nothing any more is given up and asked for again', async () => {
  const got = await followThrough(
    [
      [line(1), ': heartbeat\n\n'],
      [line(1), line(2), COMPLETED],
    ],
    [0],
  );
  expect(got.asked).toEqual([null, '1.1']);
  expect(got.states).toEqual(['connecting', 'live', 'reconnecting', 'live', 'ended']);
  expect(got.texts).toEqual(['line 1', 'line 2']);
});
