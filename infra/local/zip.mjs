// A zip file with UNIX modes, the same bytes for the same content: the Functions host starts `handler` by its execute bit.
// Layout: the ZIP file format specification (APPNOTE), sections 4.3.7, 4.3.12 and 4.3.16.

import { deflateRawSync } from 'node:zlib';

const MADE_BY_UNIX = 3;
const VERSION = 20;
const DEFLATE = 8;
const UTF8_NAMES = 1 << 11;
const REGULAR_FILE = 0o100000;
// 1 January 1980, the earliest date a zip can hold.
const DATE = (1 << 5) | 1;

const CRC_TABLE = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 of bytes, as zip and gzip have it. */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The zip of `entries`, each `{ name, mode, bytes }`, in the order of their names. Holds everything in memory. */
export function zip(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = Buffer.from(entry.name, 'utf8');
    const packed = deflateRawSync(entry.bytes, { level: 9 });
    const common = commonFields(entry.bytes, packed, name);
    const local = Buffer.concat([u32(0x04034b50), common, u16(0), name, packed]);
    directory.push(Buffer.concat([
      u32(0x02014b50), u16((MADE_BY_UNIX << 8) | VERSION), common,
      u16(0), u16(0), u16(0), u16(0), u32(((REGULAR_FILE | entry.mode) << 16) >>> 0), u32(offset), name,
    ]));
    parts.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const count = u16(directory.length);
  const end = Buffer.concat([u32(0x06054b50), u16(0), u16(0), count, count, u32(index.length), u32(offset), u16(0)]);
  return Buffer.concat([...parts, index, end]);
}

// What the local header and the directory have in common, from the version needed to the length of the name.
function commonFields(bytes, packed, name) {
  return Buffer.concat([
    u16(VERSION), u16(UTF8_NAMES), u16(DEFLATE), u16(0), u16(DATE),
    u32(crc32(bytes)), u32(packed.length), u32(bytes.length), u16(name.length),
  ]);
}

function u16(value) {
  const field = Buffer.alloc(2);
  field.writeUInt16LE(value);
  return field;
}

function u32(value) {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(value);
  return field;
}
