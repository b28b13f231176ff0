// table: values on which much depends — amounts, times, sizes, principals, texts
import { bytesOf, type Principal } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Draw } from '../draw.js';

const U32 = 1n << 32n;
/** One more than 64 bits hold. */
export const U64 = 1n << 64n;
const U128 = 1n << 128n;

/** The largest number of 64 bits. */
export const MASK_64 = U64 - 1n;

/** Bytes of a page of the Wasm memory. */
export const PAGE = 65_536n;

/** In nanoseconds. */
export const SECOND = 1_000_000_000n;

/** Amounts of cycles around the boundaries of the 64-bit and 128-bit interfaces. */
export const AMOUNTS: readonly bigint[] = [
  0n, 1n, 2n, 1_000_000n, 1_000_000_007n, 10_000_000_000n, U32 - 1n, 1n << 63n, U64 - 2n, U64 - 1n, U64, U64 + 1n, 1n << 65n,
  (1n << 127n) - 1n, U128 - 2n, U128 - 1n,
]; // prettier-ignore

/** A hundredth of what a well-off canister has, and more than it pays for anything: who only sees about how much it has sees that it is gone. */
export const PLENTY = 10_000_000_000_000n;

/** Amounts that a well-off canister can pay. */
export const SMALL_AMOUNTS: readonly bigint[] = [0n, 1n, 1_000n, 1_000_000n, 1_000_000_007n, 10_000_000_000n, PLENTY];

/** Addresses and sizes near where 32-bit and 64-bit sums wrap. */
export const HUGE: readonly bigint[] = [U32 - 16n, U32 - 1n, U32, U32 + 1n, 1n << 63n, U64 - 16n, U64 - 1n];

/** Timer settings other than those relative to the scenario's time. */
export const TIMES: readonly bigint[] = [0n, 1n, SECOND, (1n << 63n) - 1n, MASK_64];

/** Arguments of callbacks: small ones, and those where the highest bit of 16, 32 or 64 is set. */
export const ENVS: readonly bigint[] = [
  0n,
  1n,
  7n,
  1_000n,
  0xffffn,
  0x1_0000n,
  U32 >> 1n,
  U32 - 1n,
  U64 >> 1n,
  U64 - 1n,
];

/** Pages to grow by. */
export const PAGE_COUNTS: readonly bigint[] = [
  0n,
  1n,
  2n,
  255n,
  256n,
  65_535n,
  65_536n,
  65_537n,
  131_072n,
  131_073n,
  U32 - 1n,
  U64 - 1n,
];

/** Names of keys, in and out of the profiles. */
export const KEY_NAMES: readonly string[] = [
  'test_key_1',
  'key_1',
  'dfx_test_key',
  'key_2',
  '',
  'Key_1',
  'key_1\u0000',
  'test_key_1 ',
  'key',
];

/** Bytes that are not UTF-8: a lone continuation byte, a cut sequence, an overlong form, a surrogate, a byte that never occurs. */
export const NOT_UTF8: readonly Uint8Array[] = [
  Uint8Array.of(0x80),
  Uint8Array.of(0x61, 0xc3),
  Uint8Array.of(0xc0, 0xaf),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0x66, 0xff, 0x67),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
];

const TEXT = new TextEncoder();

/** Method names: any text is one. */
export const METHOD_NAMES: readonly string[] = [
  '',
  ' ',
  'a b',
  ' leading',
  'ünï',
  '☃',
  'trailing ',
  'canister_update x',
  'a\u0000b',
  'a\nb',
  '\ufeffmarked',
  // Composed otherwise than 'ü'.
  'u\u0308',
  '𝒳',
  '\ufffd',
];

/** Texts for debug_print, trap, msg_reject. */
export const TEXTS: readonly Uint8Array[] = [
  new Uint8Array(0),
  TEXT.encode('hello'),
  TEXT.encode('grüß 𝒳 ☃'),
  TEXT.encode('x'.repeat(200)),
  // A byte order mark and a zero byte are text like any other.
  TEXT.encode('\ufeffmarked'),
  TEXT.encode('a\u0000b'),
  // What stands for bytes that are not text, as a text.
  TEXT.encode('what \ufffd'),
  ...NOT_UTF8,
];

/** Principals of every length that matters, as bytes: empty, anonymous, canisters, users, 29 and 30 bytes. */
export function principalBytes(draw: Draw, canisters: readonly Principal[]): Uint8Array {
  return draw.weighted<() => Uint8Array>([
    [6, () => bytesOf(canisters.length > 0 ? draw.pick(canisters) : canisterId(0))],
    [3, () => bytesOf(userId(draw.below(3)))],
    [1, () => new Uint8Array(0)],
    [1, () => Uint8Array.of(4)],
    [1, () => draw.bytes(29)],
    [1, () => draw.bytes(30)],
    [1, () => draw.bytes(1)],
  ])();
}

/** An amount: mostly a boundary, else random of some width. */
export function amount(draw: Draw): bigint {
  return draw.chance(75) ? draw.pick(AMOUNTS) : draw.bits(draw.pick([8, 32, 40, 64, 96, 128]));
}

/** 64 random bits; one time in five those of a NaN with a payload, as an f64 and, in the low half, as an f32. */
export function bitsOrNaN(draw: Draw): bigint {
  return draw.chance(20) ? 0x7ff4_0000_7fa0_0001n : draw.bits(64);
}
