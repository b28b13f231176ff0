// plumbing: the definition of a digest — what "the same memory" means when two engines are compared
import type { Brand } from './brands.js';

/** Two unsigned 32-bit lanes as 16 hexadecimal digits. */
export type Digest = Brand<string, 'Digest'>;

/** Bytes in a digest page. A WebAssembly page is 16 of them. */
export const DIGEST_PAGE_BYTES = 4096;
const WORDS = DIGEST_PAGE_BYTES / 4;

/**
 * A sum of page hashes modulo 2^32 in each of two lanes. A page of zeroes adds nothing, so that memory that was never
 * touched costs nothing, and a changed page is exchanged by subtracting the old hash and adding the new.
 */
export interface DigestSum {
  lane0: number;
  lane1: number;
}

/** The digest of no bytes, or of any number of zeroes. */
export function emptySum(): DigestSum {
  return { lane0: 0, lane1: 0 };
}

/**
 * Adds `sign` times the hash of one 4 KiB page to the sum.
 * @param pageIndex byte offset of the page divided by 4,096
 * @param words the memory as little-endian 32-bit words
 * @param start index in `words` of the page's first word
 */
export function addPage(sum: DigestSum, pageIndex: number, words: Int32Array, start: number, sign: 1 | -1): void {
  let any = 0;
  let a = 0x9e3779b9 | 0;
  let b = 0x7f4a7c15 | 0;
  const end = start + WORDS;
  for (let i = start; i < end; i += 2) {
    const x = words[i] as number;
    const y = words[i + 1] as number;
    any |= x | y;
    a = Math.imul(a ^ x, 0x85ebca6b);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b ^ y ^ a, 0xc2b2ae35);
    b = (b << 15) | (b >>> 17);
  }
  if (any === 0) return;
  const low = pageIndex | 0;
  const high = Math.floor(pageIndex / 0x100000000) | 0;
  a = finish(Math.imul(a ^ low, 0x27d4eb2f) ^ high);
  b = finish(Math.imul(b ^ high, 0x165667b1) ^ low ^ a);
  sum.lane0 = (sum.lane0 + sign * a) >>> 0;
  sum.lane1 = (sum.lane1 + sign * b) >>> 0;
}

function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The sum as text. */
export function digestOf({ lane0, lane1 }: DigestSum): Digest {
  const high = (lane0 >>> 0).toString(16).padStart(8, '0');
  return (high + (lane1 >>> 0).toString(16).padStart(8, '0')) as Digest;
}
