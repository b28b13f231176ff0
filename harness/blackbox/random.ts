// plumbing: decisions drawn from a seed
import seedrandom from 'seedrandom';

/** Numbers that a text decides. */
export class Random {
  readonly #next: seedrandom.PRNG;

  constructor(seed: string) {
    this.#next = seedrandom.alea(seed);
  }

  /** True with a probability from 0 to 1. */
  chance(probability: number): boolean {
    return this.#next.quick() < probability;
  }

  /** From 0 to n - 1. */
  below(n: number): number {
    return Math.floor(this.#next.quick() * n);
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0];
  }

  /** From 0 to 2^n - 1. */
  bits(n: number): bigint {
    let value = 0n;
    for (let i = 0; i < n; i += 32) value = (value << 32n) | BigInt(this.#next.int32() >>> 0);
    return BigInt.asUintN(n, value);
  }
}

/** Decisions that are taken once each, and remembered by what they are about. */
export class Decisions {
  readonly #decided = new Map<string, boolean>();

  constructor(private readonly random: Random) {}

  /** True at most once for each `what`: with that probability when it is asked first, never again. */
  once(what: string, probability: number): boolean {
    if (probability === 0 || this.#decided.has(what)) return false;
    const yes = this.random.chance(probability);
    this.#decided.set(what, yes);
    return yes;
  }

  /** Lets it be decided anew. */
  forget(what: string): void {
    this.#decided.delete(what);
  }
}
