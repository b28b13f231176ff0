// spec-shaped: counting instructions against a limit — profile rule, spec/profiles/CHARGING.md

import { WasmTrap } from './trap.js';

/**
 * How many instructions an execution has used. Counted in a JS number (exact below 2^53); the run loop keeps its own copy
 * while it runs and writes it back before host functions, and at the end.
 */
export class Meter {
  /** Instructions used. Public for the run loop alone. */
  count = 0;
  /** The limit. Public for the run loop alone. */
  ceiling: number;

  /** @param limit instructions, below 2^53 */
  constructor(limit: bigint) {
    this.ceiling = Number(limit);
  }

  get used(): bigint {
    return BigInt(this.count);
  }

  get limit(): bigint {
    return BigInt(this.ceiling);
  }

  /** Starts a new execution: nothing used, another limit. */
  reset(limit: bigint): void {
    this.count = 0;
    this.ceiling = Number(limit);
  }

  /**
   * A dynamic charge: adds `n`, then tests the limit.
   * @throws WasmTrap 'instruction-limit' when more than the limit is used
   */
  charge(n: bigint): void {
    this.chargeUnits(Number(n));
  }

  /** The same for a number. */
  chargeUnits(n: number): void {
    this.count += n;
    if (this.count > this.ceiling) throw new WasmTrap('instruction-limit');
  }
}
