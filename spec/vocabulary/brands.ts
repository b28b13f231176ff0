// plumbing: branded primitive types that all layers share, and their checked constructors
declare const brand: unique symbol;

/** A primitive that carries a name, so that two of the same shape cannot be mixed up. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A blob as lower-case hexadecimal text, two digits a byte. */
export type Hex = Brand<string, 'Hex'>;
/** A principal: the lower-case hexadecimal text of its 0 to 29 bytes (not the textual form with checksum). */
export type Principal = Brand<string, 'Principal'>;
/** An amount of cycles, 0 to 2^128 - 1. */
export type Cycles = Brand<bigint, 'Cycles'>;
/** Nanoseconds, since 1970-01-01 for a point in time, 0 to 2^64 - 1. */
export type Nanoseconds = Brand<bigint, 'Nanoseconds'>;

/** The pointer width of a canister: the `I` of the specification. */
export type PointerWidth = 'i32' | 'i64';

/** A value that does not fit its branded type. */
export class VocabularyError extends Error {
  override readonly name = 'VocabularyError';
}

const MAX_U64 = (1n << 64n) - 1n;
/** The largest amount of cycles, 2^128 - 1. */
export const MAX_CYCLES = ((1n << 128n) - 1n) as Cycles;

/** @throws VocabularyError unless 0 <= n < 2^128 */
export function cycles(n: bigint): Cycles {
  if (n < 0n || n > MAX_CYCLES) throw new VocabularyError(`not an amount of cycles (0 to 2^128 - 1): ${n}`);
  return n as Cycles;
}

/** @throws VocabularyError unless 0 <= n < 2^64 */
export function nanoseconds(n: bigint): Nanoseconds {
  if (n < 0n || n > MAX_U64) throw new VocabularyError(`not a time in nanoseconds (0 to 2^64 - 1): ${n}`);
  return n as Nanoseconds;
}

const HEX = /^(?:[0-9a-f]{2})*$/;

/** @throws VocabularyError unless the text is lower-case hexadecimal with an even number of digits */
export function hex(text: string): Hex {
  if (!HEX.test(text)) throw new VocabularyError(`not lower-case hexadecimal text: ${text.slice(0, 80)}`);
  return text as Hex;
}

/** @throws VocabularyError unless the text is the hexadecimal text of at most 29 bytes */
export function principal(text: string): Principal {
  if (hex(text).length > 58) throw new VocabularyError(`a principal has at most 29 bytes: ${text}`);
  return text as unknown as Principal;
}

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The blob as hexadecimal text. */
export function hexOf(bytes: Uint8Array): Hex {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte];
  return text as Hex;
}

/** Values of the lower-case hexadecimal digits by their character codes. */
const DIGIT_VALUES = Uint8Array.from({ length: 128 }, (_, code) =>
  Math.max(0, '0123456789abcdef'.indexOf(String.fromCharCode(code))),
);

/** The bytes of a blob given as hexadecimal text. */
export function bytesOf(text: Hex | Principal): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = DIGIT_VALUES[text.charCodeAt(2 * i)] ?? 0;
    bytes[i] = (high << 4) | (DIGIT_VALUES[text.charCodeAt(2 * i + 1)] ?? 0);
  }
  return bytes;
}
