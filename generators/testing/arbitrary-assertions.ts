// plumbing: the assertions that every arbitrary has to stand — same seed same value, values valid, shrinks smaller
import fc from 'fast-check';

interface ArbitraryClaims<T> {
  /** Why a value is not valid; undefined: it is. */
  readonly problem: (value: T) => string | undefined;
  /** Whether the first value is smaller than the second; absent: the arbitrary does not shrink. */
  readonly smaller?: (a: T, b: T) => boolean;
  readonly runs?: number;
}

/** Shrinks looked at for each value: all would take minutes. */
const SHRINKS_PER_VALUE = 40;
const STRIDE = 5;

/** @throws Error that says which seed breaks which claim */
export function assertArbitrary<T>(name: string, arbitrary: fc.Arbitrary<T>, claims: ArbitraryClaims<T>): void {
  const runs = claims.runs ?? 50;
  for (let seed = 1; seed <= runs; seed++) {
    const value = sample(arbitrary, seed);
    const at = `${name}, seed ${seed}`;
    assertSame(at, value, sample(arbitrary, seed));
    assertValid(at, value, claims);
    if (claims.smaller !== undefined) assertShrinks(at, arbitrary, value, claims, claims.smaller);
  }
}

function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1 });
  return value as T;
}

/** Bigints and bytes included. */
export function asText(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => {
    if (typeof field === 'bigint') return `${field}n`;
    return field instanceof Uint8Array ? Array.from(field).join() : field;
  });
}

function assertSame(at: string, a: unknown, b: unknown): void {
  if (asText(a) !== asText(b)) throw new Error(`${at}: gives another value the second time`);
}

function assertValid<T>(at: string, value: T, { problem }: ArbitraryClaims<T>): void {
  const found = problem(value);
  if (found !== undefined) throw new Error(`${at}: ${found}`);
}

function assertShrinks<T>(
  at: string,
  arbitrary: fc.Arbitrary<T>,
  value: T,
  claims: ArbitraryClaims<T>,
  smaller: (a: T, b: T) => boolean,
): void {
  let seen = 0;
  for (const shrunk of arbitrary.shrink(value, undefined)) {
    if (seen++ > SHRINKS_PER_VALUE * STRIDE) return;
    if (seen % STRIDE !== 1) continue;
    if (!smaller(shrunk.value, value)) throw new Error(`${at}: shrink ${seen} is not smaller`);
    assertValid(`${at}, shrink ${seen}`, shrunk.value, claims);
  }
}
