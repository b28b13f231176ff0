// table: the instrumentation passes, each an entry of its own — spec/profiles/CHARGING.md
import { FRAME_SLOTS } from '../../spec/vocabulary/stack-budget.js';

/** What the instrumenter adds to a module. Every entry is a pass, or a decision of one. */
export interface Instrumentation {
  /** Instructions charged when a function is entered, from the weight of its first block (CHARGING.md, 1.4). */
  readonly entryCharge: (weight: number) => number;
  /** Instructions charged when control enters the block after a `loop` operator. */
  readonly loopCharge: (weight: number) => number;
  /** Instructions charged when control enters any other block. */
  readonly blockCharge: (weight: number) => number;
  /** Whether the limit is tested at function entry, and in loops (CHARGING.md, 1.5). */
  readonly entryTest: boolean;
  readonly loopTest: boolean;
  /** Whether a bulk instruction charges its size operand (CHARGING.md, 1.6). */
  readonly dynamicCharge: (mnemonic: string) => boolean;
  /** Slots of the stack budget that an activation takes (spec/vocabulary/stack-budget.md). */
  readonly stackSlots: (parameters: number, locals: number, operands: number) => number;
  /** Whether a NaN that comes out of the instruction is made canonical. */
  readonly canonicalNan: (mnemonic: string) => boolean;
  /** Whether that is made up for where a local is read into which results were put that are not canonical yet. */
  readonly canonicalLocal: boolean;
  /** Whether the counter is made visible before an instruction that may trap. */
  readonly publish: (mnemonic: string) => boolean;
}

export const standardInstrumentation: Instrumentation = {
  entryCharge: (weight) => 1 + weight,
  loopCharge: (weight) => weight,
  blockCharge: (weight) => weight,
  entryTest: true,
  loopTest: true,
  dynamicCharge: () => true,
  stackSlots: (parameters, locals, operands) => FRAME_SLOTS + parameters + locals + operands,
  canonicalNan: () => true,
  canonicalLocal: true,
  publish: () => true,
};
