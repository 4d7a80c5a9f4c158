// Reads a zip by its directory, to check what `make package` wrote.

import { inflateRawSync } from 'node:zlib';
import { crc32 } from './zip.mjs';

const END_BYTES = 22;

/** The entries of a zip without a comment: `{ name, mode, bytes }`. Throws when a checksum does not hold. */
export function unzip(zip) {
  const end = zip.subarray(zip.length - END_BYTES);
  if (end.readUInt32LE(0) !== 0x06054b50) throw new Error('not a zip without a comment');
  const entries = [];
  let at = end.readUInt32LE(16);
  for (let i = 0; i < end.readUInt16LE(10); i += 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(at + 20)));
    if (crc32(bytes) !== zip.readUInt32LE(at + 16)) throw new Error(`${name} is damaged`);
    entries.push({ name, mode: (zip.readUInt32LE(at + 38) >>> 16) & 0o777, bytes });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}
