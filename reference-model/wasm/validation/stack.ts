// spec-shaped: the operand stack and the control stack of validation — WebAssembly "Appendix: Validation Algorithm"

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import { WasmValidationError } from '../structure/errors.js';

/** The type of an operand: `unknown` is what an unreachable stack gives when nothing is left on it. */
export type StackType = ValueType | 'unknown';

export interface ControlFrame {
  /** `function` is the frame of the body itself. */
  readonly opener: Mnemonic | 'function';
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Operand height below the frame's parameters. */
  readonly height: number;
  unreachable: boolean;
}

export const isReference = (type: StackType): boolean => type === 'funcref' || type === 'externref';

export class ValidationStack {
  private readonly operands: StackType[] = [];
  private readonly frames: ControlFrame[] = [];
  /** Offset of the instruction that is being validated, for messages. */
  offset = 0;

  fail(message: string): never {
    throw new WasmValidationError(this.offset, message);
  }

  get depth(): number {
    return this.frames.length;
  }

  push(type: StackType): void {
    this.operands.push(type);
  }

  pushAll(types: readonly StackType[]): void {
    for (const type of types) this.operands.push(type);
  }

  pop(): StackType {
    const frame = this.top();
    if (this.operands.length > frame.height) return this.operands.pop() as StackType;
    if (frame.unreachable) return 'unknown';
    return this.fail('type mismatch: the stack is empty');
  }

  popExpecting(expected: StackType): StackType {
    const actual = this.pop();
    if (actual === expected || actual === 'unknown' || expected === 'unknown') return actual;
    return this.fail(`type mismatch: expected ${expected}, found ${actual}`);
  }

  /** Pops the types, the last one first; gives what was there. */
  popAll(types: readonly StackType[]): StackType[] {
    const popped: StackType[] = [];
    for (let i = types.length - 1; i >= 0; i--) popped.push(this.popExpecting(types[i] as StackType));
    return popped.reverse();
  }

  enter(opener: ControlFrame['opener'], params: readonly ValueType[], results: readonly ValueType[]): void {
    this.frames.push({ opener, params, results, height: this.operands.length, unreachable: false });
    this.pushAll(params);
  }

  leave(): ControlFrame {
    const frame = this.top();
    for (let i = frame.results.length - 1; i >= 0; i--) this.popExpecting(frame.results[i] as ValueType);
    if (this.operands.length !== frame.height)
      this.fail('type mismatch: values remain on the stack at the end of a block');
    this.frames.pop();
    return frame;
  }

  top(): ControlFrame {
    return this.frames[this.frames.length - 1] as ControlFrame;
  }

  /** The frame that a label index names, 0 the innermost. */
  label(index: number): ControlFrame {
    return this.frames[this.frames.length - 1 - index] ?? this.fail(`unknown label ${index}`);
  }

  /** The types that a branch to the frame takes along. */
  labelTypes(index: number): readonly ValueType[] {
    const frame = this.label(index);
    return frame.opener === 'loop' ? frame.params : frame.results;
  }

  unreachable(): void {
    const frame = this.top();
    this.operands.length = frame.height;
    frame.unreachable = true;
  }
}
