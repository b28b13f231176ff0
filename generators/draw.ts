// plumbing: random draws, over fast-check's generator
import { Crash } from '../spec/vocabulary/engine.js';

/** What is needed of fast-check's `Random`. */
export interface RandomSource {
  /** A whole number from `min` to `max`, both included. */
  nextInt(min: number, max: number): number;
}

/** Draws of the kinds that generators need. The same source in the same state gives the same draws. */
export class Draw {
  constructor(private readonly source: RandomSource) {}

  /** From `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min === max ? min : this.source.nextInt(min, max);
  }

  /** From 0 to `count - 1`. */
  below(count: number): number {
    return this.int(0, count - 1);
  }

  /** True in `percent` of 100 draws. */
  chance(percent: number): boolean {
    return this.int(0, 99) < percent;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Crash('nothing to pick from');
    return list[this.below(list.length)] as T;
  }

  /** One of the values, each as often as its weight says. */
  weighted<T>(rows: readonly (readonly [weight: number, value: T])[]): T {
    let total = 0;
    for (const [weight] of rows) total += weight;
    let rest = this.below(total);
    for (const [weight, value] of rows) {
      rest -= weight;
      if (rest < 0) return value;
    }
    throw new Crash('no weight is positive');
  }

  /** So many different items of the list (all, where it is shorter), in random order. */
  sample<T>(list: readonly T[], count: number): T[] {
    const pool = [...list];
    const taken = Math.min(count, pool.length);
    for (let i = 0; i < taken; i++) {
      const j = this.int(i, pool.length - 1);
      const item = pool[j] as T;
      pool[j] = pool[i] as T;
      pool[i] = item;
    }
    return pool.slice(0, taken);
  }

  shuffle<T>(list: readonly T[]): T[] {
    return this.sample(list, list.length);
  }

  /** Unsigned, of so many bits. */
  bits(count: number): bigint {
    let value = 0n;
    for (let done = 0; done < count; done += 16) value = (value << 16n) | BigInt(this.int(0, 0xffff));
    return BigInt.asUintN(count, value);
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = this.int(0, 255);
    return bytes;
  }
}
