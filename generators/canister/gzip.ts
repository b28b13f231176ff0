// plumbing: gzip streams that are the same on every machine — stored, not deflated (RFC 1952, RFC 1951 section 3.2.4)
import { Bytes } from './bytes.js';

const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
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

/** The bytes in a gzip stream. */
export function gzipped(content: Uint8Array): Uint8Array {
  const out = new Bytes(content.length + 64);
  out.bytes(HEADER);
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
