// plumbing: UTF-8 and hexadecimal text

import { principal, type Hex, type Principal } from '../../spec/vocabulary/brands.js';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
const NO_DIGITS = '' as Hex;

/** The text, or undefined when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The text, with U+FFFD for what is not UTF-8. */
export function decodeTextLossily(bytes: Uint8Array): string {
  return lossy.decode(bytes);
}

/** The text in UTF-8. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Size of a text in UTF-8. */
export function textBytes(text: string): number {
  return Buffer.byteLength(text);
}

/** Small blobs pass through here: a Buffer of its own would cost more than the text of most of them. */
const scratch = Buffer.alloc(256);

/** The blob as hexadecimal text. */
export function toHex(bytes: Uint8Array): Hex {
  const size = bytes.length;
  if (size === 0) return NO_DIGITS;
  if (size > scratch.length) return Buffer.from(bytes.buffer, bytes.byteOffset, size).toString('hex') as Hex;
  scratch.set(bytes);
  return scratch.toString('hex', 0, size) as Hex;
}

/** The bytes of a blob or principal given as hexadecimal text. */
export function fromHex(text: Hex | Principal): Uint8Array {
  return text === '' ? new Uint8Array() : new Uint8Array(Buffer.from(text, 'hex'));
}

/** The principal of that many bytes. @throws VocabularyError for more than 29 bytes */
export function principalOf(bytes: Uint8Array): Principal {
  return principal(toHex(bytes));
}

/** Orders blobs by their bytes. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

/** The bytes of a principal. */
export function principalBytes(id: Principal): Uint8Array {
  return fromHex(id);
}
