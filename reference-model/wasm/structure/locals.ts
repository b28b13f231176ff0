// plumbing: the local index space of a function: parameters, then locals — WebAssembly "Structure: Functions"

import type { FuncType, ValueType } from '../../../spec/wasm/types.js';
import { VALUE_TYPE_SLOTS } from '../../../spec/wasm/types.js';
import type { LocalRun } from './module.js';

/** Locals of one type, next to one another. */
export interface LocalsRun {
  readonly type: ValueType;
  /** Index of the first one, and one past the index of the last. */
  readonly first: number;
  readonly end: number;
  /** The first slot of the first one. */
  readonly slot: number;
}

/**
 * Types and slots of parameters and locals. Kept as runs, as the binary format has them, so that a function which
 * declares 50,000 locals costs no more than one that declares one.
 */
export class Locals {
  /** How many there are. */
  count = 0;
  /** Slots of 8 bytes that all of them take; v128 takes two. */
  slots = 0;
  /** Slots that the parameters take. */
  readonly paramSlots: number;
  private readonly runs: LocalsRun[] = [];

  constructor(type: FuncType, runs: readonly LocalRun[]) {
    for (let i = 0; i < type.params.length; i++) this.add(type.params[i] as ValueType, 1);
    this.paramSlots = this.slots;
    for (let i = 0; i < runs.length; i++) this.add((runs[i] as LocalRun).type, (runs[i] as LocalRun).count);
  }

  private add(type: ValueType, count: number): void {
    if (count === 0) return;
    this.runs.push({ type, first: this.count, end: this.count + count, slot: this.slots });
    this.count += count;
    this.slots += count * VALUE_TYPE_SLOTS[type];
  }

  /** The run that a local belongs to; `undefined` when there is none with this index. */
  runOf(index: number): LocalsRun | undefined {
    const { runs } = this;
    let low = 0;
    let high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (index < (runs[middle] as LocalsRun).end) high = middle;
      else low = middle + 1;
    }
    return runs[low];
  }
}

/** The first slot of a local of this run. */
export const slotOf = ({ type, first, slot }: LocalsRun, index: number): number =>
  slot + (index - first) * VALUE_TYPE_SLOTS[type];
