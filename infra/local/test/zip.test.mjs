import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzip } from '../unzip.mjs';
import { crc32, zip } from '../zip.mjs';

const ENTRIES = [
  { name: 'web/ä.txt', mode: 0o644, bytes: Buffer.from('text '.repeat(1000)) },
  { name: 'handler', mode: 0o755, bytes: Buffer.from([0, 255, 1, 254]) },
  { name: 'empty', mode: 0o644, bytes: Buffer.alloc(0) },
];

test('the checksum is the CRC-32 of zip and gzip', () => {
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
});

test('what was packed is unpacked with names, modes and bytes', () => {
  const byName = [...ENTRIES].sort((a, b) => (a.name < b.name ? -1 : 1));
  assert.deepEqual(unzip(zip(ENTRIES)), byName);
});

test('the same entries in another order give the same zip', () => {
  assert.deepEqual(zip(ENTRIES), zip([...ENTRIES].reverse()));
});

test('a damaged zip is noticed', () => {
  const bytes = zip([{ name: 'a', mode: 0o644, bytes: Buffer.from('content') }]);
  // The directory is 47 bytes for this name, its checksum 16 bytes in.
  bytes[bytes.length - 22 - 47 + 16] ^= 1;
  assert.throws(() => unzip(bytes), /a is damaged/);
});
