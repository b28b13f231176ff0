// plumbing: one JSON object a line, protected by a checksum
import type { Json } from '../../reports/schemas/json.js';
import type { ChecksumKind } from './messages.js';

/** A line that is not what was sent: cut, garbled, or no JSON at all. */
export class LineError extends Error {
  override readonly name = 'LineError';
}

const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 as in zip and gzip (polynomial 0x04C11DB7, reflected), as 8 hexadecimal digits. */
export function crc32(bytes: Uint8Array): string {
  let c = -1;
  for (const byte of bytes) c = ((TABLE[(c ^ byte) & 0xff] as number) ^ (c >>> 8)) | 0;
  return ((c ^ -1) >>> 0).toString(16).padStart(8, '0');
}

const encoder = new TextEncoder();

/** A line ends with `,"sum":"xxxxxxxx"}`. */
const TAIL = /,"sum":"([0-9a-f]{8})"\}$/;

/**
 * The object as a line, without the line break. With crc32 its last field is `sum`: the checksum of the UTF-8 bytes of everything
 * before the comma in front of it.
 */
export function toLine(value: Json, checksum: ChecksumKind): string {
  const text = JSON.stringify(value);
  if (checksum === 'none') return text;
  const body = text.slice(0, -1);
  return `${body},"sum":"${crc32(encoder.encode(body))}"}`;
}

/** @throws LineError */
export function fromLine(line: string, checksum: ChecksumKind): Json {
  if (checksum === 'none') return parse(line);
  const tail = TAIL.exec(line);
  if (tail === null) throw new LineError(`a line without checksum: ${shown(line)}`);
  const body = line.slice(0, tail.index);
  if (crc32(encoder.encode(body)) !== tail[1]) throw new LineError(`a line whose checksum is wrong: ${shown(line)}`);
  return parse(`${body}}`);
}

function parse(line: string): Json {
  try {
    return JSON.parse(line) as Json;
  } catch {
    throw new LineError(`a line that is not JSON: ${shown(line)}`);
  }
}

function shown(line: string): string {
  return line.length <= 120
    ? JSON.stringify(line)
    : `${JSON.stringify(line.slice(0, 120))}… (${line.length} characters)`;
}
