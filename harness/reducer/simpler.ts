// plumbing: simpler values of each plain kind, simplest first
import { ANONYMOUS, userId } from '../../spec/vocabulary/ids.js';
import type { Hex, Principal } from '../../spec/vocabulary/brands.js';

/** Amounts that people recognise, and on which limits and representations change. */
const LANDMARKS: readonly bigint[] = [
  0n,
  1n,
  10n,
  1_000n,
  1_000_000n,
  1_000_000_000n,
  1n << 32n,
  1_000_000_000_000n,
  1n << 64n,
  10n ** 24n,
];

/** Smaller amounts than n: landmarks from below, then half, and one less. */
export function* smallerAmounts(n: bigint): Generator<bigint> {
  for (const landmark of LANDMARKS) if (landmark < n) yield landmark;
  if (n > 2n) yield n / 2n;
  if (n > 1n) yield n - 1n;
}

/** Shorter blobs, then the same length in zeroes. */
export function* simplerBlobs(blob: Hex): Generator<Hex> {
  if (blob === '') return;
  yield '' as Hex;
  const bytes = blob.length / 2;
  for (const length of [bytes >> 1, bytes - 1]) {
    if (length > 0) yield blob.slice(0, 2 * length) as Hex;
  }
  const zeroes = '00'.repeat(bytes) as Hex;
  if (zeroes !== blob) yield zeroes;
}

/** The first user, who controls by default, then the anonymous one. */
export function* simplerSenders(sender: Principal): Generator<Principal> {
  if (sender === userId(0)) return;
  yield userId(0);
  if (sender !== ANONYMOUS) yield ANONYMOUS;
}
