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

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Size of a text in UTF-8. */
export function textBytes(text: string): number {
  return Buffer.byteLength(text);
}

/** The blob as hexadecimal text. */
export function toHex(bytes: Uint8Array): Hex {
  if (bytes.length === 0) return NO_DIGITS;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex') as Hex;
}

/** The bytes of a blob or principal given as hexadecimal text. */
export function fromHex(text: Hex | Principal): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  if (bytes.length > 0) Buffer.from(bytes.buffer).write(text, 'hex');
  return bytes;
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
