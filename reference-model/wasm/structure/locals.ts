// plumbing: the local index space of a function: parameters, then locals — WebAssembly "Structure: Functions"

import type { FuncType, ValueType } from '../../../spec/wasm/types.js';
import { VALUE_TYPE_SLOTS } from '../../../spec/wasm/types.js';
import type { LocalRun } from './module.js';

/**
 * Types and slots of parameters and locals. Kept as runs, as the binary format has them, so that a function which
 * declares 50,000 locals costs no more than one that declares one.
 */
export class Locals {
  readonly count: number;
  /** Slots of 8 bytes that all of them take; v128 takes two. */
  readonly slots: number;
  /** Slots that the parameters take. */
  readonly paramSlots: number;
  private readonly types: ValueType[] = [];
  /** One past the last index of each run. */
  private readonly ends: number[] = [];
  /** The slot at which each run starts. */
  private readonly slotStarts: number[] = [];

  constructor(type: FuncType, runs: readonly LocalRun[]) {
    let index = 0;
    let slot = 0;
    const add = (valueType: ValueType, count: number) => {
      if (count === 0) return;
      this.types.push(valueType);
      this.slotStarts.push(slot);
      index += count;
      slot += count * VALUE_TYPE_SLOTS[valueType];
      this.ends.push(index);
    };
    for (const param of type.params) add(param, 1);
    this.paramSlots = slot;
    for (const run of runs) add(run.type, run.count);
    this.count = index;
    this.slots = slot;
  }

  /** The type of a local; `undefined` when there is none with this index. */
  typeOf(index: number): ValueType | undefined {
    return index < this.count ? this.types[this.run(index)] : undefined;
  }

  /** The first slot of a local that exists. */
  slotOf(index: number): number {
    const run = this.run(index);
    const first = run === 0 ? 0 : (this.ends[run - 1] as number);
    return (this.slotStarts[run] as number) + (index - first) * VALUE_TYPE_SLOTS[this.types[run] as ValueType];
  }

  private run(index: number): number {
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (index < (this.ends[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
