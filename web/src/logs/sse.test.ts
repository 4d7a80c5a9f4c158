import { expect, test } from 'vitest';
import { EventReader } from './sse';

const STREAM =
  ': heartbeat\n\nid: 1.a\nevent: log\ndata: {"line":"a: b"}\n\nevent: status\ndata:two\ndata: lines\n\nid: 2.b\r\ndata: x\r\n\r\n';
const EVENTS = [
  { name: '', data: '', id: '' },
  { name: 'log', data: '{"line":"a: b"}', id: '1.a' },
  { name: 'status', data: 'two\nlines', id: '1.a' },
  { name: 'message', data: 'x', id: '2.b' },
];

test('events are the same wherever the stream is cut', () => {
  for (let size = 1; size <= STREAM.length; size += 1) {
    const reader = new EventReader();
    const events = [];
    for (let at = 0; at < STREAM.length; at += size) events.push(...reader.read(STREAM.slice(at, at + size)));
    expect(events).toEqual(EVENTS);
  }
});

test('an event that is cut off before its empty line does not count, and neither does its id', () => {
  const reader = new EventReader();
  expect(reader.read('id: 1\ndata: a\n\nid: 2\ndata: b\n')).toHaveLength(1);
  expect(reader.read('\n')[0]).toMatchObject({ data: 'b', id: '2' });
});
