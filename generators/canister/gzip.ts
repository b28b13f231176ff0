// plumbing: gzip streams that are the same on every machine — stored, not deflated (RFC 1952, RFC 1951 section 3.2.4)
import { Bytes } from './bytes.js';

const PREFIX = Uint8Array.of(0x1f, 0x8b, 8);
/** No time, no level of compression, an unknown system. */
const REST_OF_HEADER = Uint8Array.of(0, 0, 0, 0, 0, 0xff);
const LARGEST_BLOCK = 0xffff;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Flags of the header for what may stand between it and the content (RFC 1952, section 2.3.1). */
export const GZIP_FLAGS = { crc: 2, extra: 4, name: 8, comment: 16 } as const;

/** Flags that mean nothing yet: a stream that has one of them is to be refused. */
export const RESERVED_GZIP_FLAGS = [0x20, 0x40, 0x80] as const;

/** What may stand in a header, in the order of the format. */
function optionalFields(out: Bytes, flags: number): void {
  if ((flags & GZIP_FLAGS.extra) !== 0) out.bytes(Uint8Array.of(5, 0, 0x61, 0x62, 1, 0, 7));
  if ((flags & GZIP_FLAGS.name) !== 0) out.bytes(Uint8Array.of(0x6d, 0x2e, 0x77, 0));
  if ((flags & GZIP_FLAGS.comment) !== 0) out.bytes(Uint8Array.of(0xe9, 0));
  if ((flags & GZIP_FLAGS.crc) !== 0) out.little(BigInt(crc32(out.toUint8Array()) & 0xffff), 2);
}

/**
 * The bytes in a gzip stream of one member.
 * @param flags which optional fields its header has
 */
export function gzipped(content: Uint8Array, flags = 0): Uint8Array {
  const out = new Bytes(content.length + 64);
  out.bytes(PREFIX);
  out.byte(flags);
  out.bytes(REST_OF_HEADER);
  optionalFields(out, flags);
  let from = 0;
  do {
    const block = content.subarray(from, from + LARGEST_BLOCK);
    from += block.length;
    out.byte(from === content.length ? 1 : 0);
    out.little(BigInt(block.length), 2);
    out.little(BigInt(block.length ^ 0xffff), 2);
    out.bytes(block);
  } while (from < content.length);
  out.little(BigInt(crc32(content)), 4);
  out.little(BigInt(content.length), 4);
  return out.toUint8Array();
}
