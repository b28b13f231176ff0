// plumbing: what a host function sees of its call

import { Crash } from '../../../spec/vocabulary/engine.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import type { HostCall } from '../runtime/instances.js';
import type { Instance } from '../runtime/instance.js';
import type { SlotStack } from '../runtime/slots.js';

/** One for each run; it moves from call to call. */
export class HostCallView implements HostCall {
  private caller: Instance | undefined;
  private base = 0;

  constructor(private readonly stack: SlotStack) {}

  /** Moves to a call whose arguments start at a word of the stack. */
  enter(caller: Instance, base: number): void {
    this.caller = caller;
    this.base = base;
  }

  get instance(): Instance {
    if (this.caller === undefined) throw new Crash('no host call is under way');
    return this.caller;
  }

  args(params: readonly ValueType[]): bigint[] {
    const { B, I } = this.stack;
    const first = this.base >> 1;
    const args: bigint[] = [];
    for (let i = 0; i < params.length; i++) {
      const wide = params[i] === 'i64' || params[i] === 'f64';
      args.push(wide ? BigInt.asUintN(64, B[first + i] as bigint) : BigInt((I[2 * (first + i)] as number) >>> 0));
    }
    return args;
  }

  arg32(slot: number): number {
    return (this.stack.I[this.base + 2 * slot] as number) >>> 0;
  }

  result(slot: number, bits: bigint): void {
    this.stack.B[(this.base >> 1) + slot] = bits;
  }
}
