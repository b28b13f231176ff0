// plumbing: which system call gave which part of a log — found by what the calls gave, since a log holds values only
import type { SystemCallRecord } from '../../spec/vocabulary/record.js';

/** The part of a log that a call gave: from one byte to before another. */
interface Entry<T> {
  readonly call: T;
  readonly begin: number;
  readonly end: number;
}

/** Places at which what one call gave is looked for: zeros stand everywhere. */
const MOST_PLACES = 24;
/** A result is logged as so many bytes. Blobs are logged as they are, so that what comes after them is not aligned. */
const RESULT_BYTES = 8;
/** Blobs of fewer bytes are found anywhere. */
const LEAST_BLOB_BYTES = 4;

/** A place at which what a call gave may stand. */
interface Candidate<T> extends Entry<T> {
  /** Position of the value among all that the calls gave. */
  readonly order: number;
  readonly weight: number;
}

/** The best that ends with a candidate. */
interface Chain<T> {
  readonly last: Candidate<T>;
  readonly before: Chain<T> | undefined;
  readonly weight: number;
}

/**
 * Finds what calls gave in a log, in their order: of all ways one that explains most of it. Not all of what they gave was logged, and not all of what
 * was logged they gave.
 */
export function entriesIn<T extends { readonly record: SystemCallRecord }>(
  log: Buffer,
  calls: readonly T[],
): readonly Entry<T>[] {
  const values = calls.flatMap((call) => valuesOf(call.record).map((bytes) => ({ call, bytes })));
  const chains: Chain<T>[] = [];
  let best: Chain<T> | undefined;
  for (const [order, { call, bytes }] of values.entries()) {
    for (const begin of placesOf(log, bytes)) {
      const last = { call, order, begin, end: begin + bytes.length, weight: weightOf(bytes) };
      const before = heaviest(chains.filter((chain) => chain.last.order < order && chain.last.end <= begin));
      const chain = { last, before, weight: last.weight + (before?.weight ?? 0) };
      chains.push(chain);
      best = heaviest(best === undefined ? [chain] : [best, chain]);
    }
  }
  const entries: Entry<T>[] = [];
  for (let chain = best; chain !== undefined; chain = chain.before) entries.unshift(chain.last);
  return entries;
}

/** The entry that stands at a byte of the log, or the last one before it; undefined: there is none. */
export function entryAt<T>(entries: readonly Entry<T>[], at: number): Entry<T> | undefined {
  return entries.findLast(({ begin }) => begin <= at);
}

function heaviest<T>(chains: readonly Chain<T>[]): Chain<T> | undefined {
  return chains.reduce<Chain<T> | undefined>(
    (most, one) => (most === undefined || one.weight > most.weight ? one : most),
    undefined,
  );
}

/** What a call gave, as it is logged. */
function valuesOf({ result, wrote }: SystemCallRecord): readonly Buffer[] {
  const values: Buffer[] = [];
  if (wrote !== undefined && wrote.length >= 2 * LEAST_BLOB_BYTES) values.push(Buffer.from(wrote, 'hex'));
  if (result !== undefined) {
    const word = Buffer.alloc(RESULT_BYTES);
    word.writeBigUInt64LE(BigInt.asUintN(64, result));
    values.push(word);
  }
  return values;
}

/** A value that is rare says more about where it comes from than zero does. */
const weightOf = (bytes: Buffer): number => 1 + bytes.filter((byte) => byte !== 0).length;

function placesOf(log: Buffer, bytes: Buffer): readonly number[] {
  const places: number[] = [];
  for (let at = log.indexOf(bytes); at >= 0 && places.length < MOST_PLACES; at = log.indexOf(bytes, at + 1))
    places.push(at);
  return places;
}
