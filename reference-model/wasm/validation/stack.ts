// spec-shaped: the operand stack and the control stack of validation — WebAssembly "Appendix: Validation Algorithm"

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { ValueType } from '../../../spec/wasm/types.js';

/** The type of an operand: `unknown` is what an unreachable stack gives when nothing is left on it. */
type StackType = ValueType | 'unknown';

interface ControlFrame {
  /** `function` is the frame of the body itself. */
  readonly opener: Mnemonic | 'function';
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Operand height below the frame's parameters. */
  readonly height: number;
  unreachable: boolean;
}

export const isReference = (type: StackType): boolean => type === 'funcref' || type === 'externref';

/** Fails at the instruction that is being validated. */
interface Failing {
  /** @throws WasmValidationError */
  fail(message: string): never;
}

/** Below every body. */
const OUTSIDE: ControlFrame = { opener: 'function', params: [], results: [], height: 0, unreachable: false };

/** The types of the operands and the control frames at one place of a body. What does not fit is told to the context, which throws. */
export class ValidationStack {
  private readonly operands: StackType[] = [];
  private readonly frames: ControlFrame[] = [];
  /** The innermost frame. */
  private top = OUTSIDE;
  /** How many frames there are: none once the body's own frame was left. */
  depth = 0;

  constructor(private readonly context: Failing) {}

  push(type: StackType): void {
    this.operands.push(type);
  }

  pushAll(types: readonly StackType[]): void {
    for (let i = 0; i < types.length; i++) this.operands.push(types[i] as StackType);
  }

  pop(): StackType {
    const { operands, top } = this;
    if (operands.length > top.height) return operands.pop() as StackType;
    if (top.unreachable) return 'unknown';
    return this.context.fail('type mismatch: the stack is empty');
  }

  popExpecting(expected: StackType): StackType {
    const actual = this.pop();
    if (actual === expected || actual === 'unknown' || expected === 'unknown') return actual;
    return this.context.fail(`type mismatch: expected ${expected}, found ${actual}`);
  }

  /** Pops the types, the last one first; gives what was there. */
  popAll(types: readonly StackType[]): readonly StackType[] {
    if (types.length === 0) return types;
    const popped: StackType[] = [];
    for (let i = types.length - 1; i >= 0; i--) popped.push(this.popExpecting(types[i] as StackType));
    return popped.reverse();
  }

  /** Pops what an instruction takes, the last one first, and pushes what it gives. */
  apply(params: readonly StackType[], results: readonly StackType[]): void {
    const { operands, top } = this;
    for (let i = params.length - 1; i >= 0; i--) {
      const there = operands.length > top.height && operands[operands.length - 1] === params[i];
      if (there) operands.pop();
      else this.popExpecting(params[i] as StackType);
    }
    for (let i = 0; i < results.length; i++) operands.push(results[i] as StackType);
  }

  enter(opener: ControlFrame['opener'], params: readonly ValueType[], results: readonly ValueType[]): void {
    this.top = { opener, params, results, height: this.operands.length, unreachable: false };
    this.frames.push(this.top);
    this.depth++;
    this.pushAll(params);
  }

  leave(): ControlFrame {
    const frame = this.top;
    this.apply(frame.results, []);
    if (this.operands.length !== frame.height)
      this.context.fail('type mismatch: values remain on the stack at the end of a block');
    this.frames.pop();
    this.depth--;
    this.top = this.frames[this.depth - 1] ?? OUTSIDE;
    return frame;
  }

  /** The frame that a label index names, 0 the innermost. */
  label(index: number): ControlFrame {
    return this.frames[this.depth - 1 - index] ?? this.context.fail(`unknown label ${index}`);
  }

  /** The types that a branch to the frame takes along. */
  labelTypes(index: number): readonly ValueType[] {
    const frame = this.label(index);
    return frame.opener === 'loop' ? frame.params : frame.results;
  }

  unreachable(): void {
    this.operands.length = this.top.height;
    this.top.unreachable = true;
  }
}
