// plumbing: emitting code in metering blocks, and jumps fused with the comparison before them

import { FUNCTION_ENTRY_WEIGHT } from '../../../spec/profiles/weights.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import { FUSED_BRANCHES, type FusedBranch } from './code.js';
import { OP } from './opcodes.js';
import { Operands } from './operands.js';

const SPARE_WORDS = 3;

/** Code under construction with the operands it works on. */
export class MeteredCode {
  protected readonly code: number[] = [];
  protected readonly operands: Operands;
  /** The metering block under way: its weight so far, and the word of the code that takes it. */
  protected weight = 0;
  private weightAt = -1;
  /** Whether the charge is an instruction of its own, which an empty block does not need. */
  private chargeStandsAlone = false;
  /** The word that holds the place of the last result, while nothing was emitted after it. */
  protected resultAt = -1;
  protected resultEnd = -1;

  /** @param localWords words that the locals take */
  constructor(localWords: number) {
    this.operands = new Operands(this.code, localWords);
  }

  /** Emits the start of a function, which is the start of a block. */
  protected startFunction(): void {
    this.code.push(OP['charge and test'], 0);
    this.openBlock(this.code.length - 1, FUNCTION_ENTRY_WEIGHT);
  }

  /** The code, with words after its end: the run loop reads as many operands as most instructions have, whatever this one has. */
  protected finish(): Int32Array {
    const code = new Int32Array(this.code.length + SPARE_WORDS);
    code.set(this.code);
    return code;
  }

  // Metering blocks

  protected openBlock(weightAt: number, weight = 0): void {
    this.weightAt = weightAt;
    this.weight = weight;
    this.chargeStandsAlone = false;
  }

  /** Emits the charge that a block starts with. */
  protected startBlock(): void {
    this.code.push(OP.charge, 0);
    this.openBlock(this.code.length - 1);
    this.chargeStandsAlone = true;
  }

  protected closeBlock(): void {
    const empty = this.weight === 0 && this.code.length === this.weightAt + 1 && this.chargeStandsAlone;
    if (empty) this.code.length -= 2;
    else this.code[this.weightAt] = this.weight;
  }

  // Results

  /** Pushes a result and notes where the code names its place: a local.set that follows puts the local there instead. */
  protected result(type: ValueType, wordFromEnd: number): void {
    this.operands.push(type);
    this.resultAt = this.code.length - wordFromEnd;
    this.resultEnd = this.code.length;
  }

  // Conditional jumps

  /**
   * Emits a jump on the i32 on top of the stack, fused with the comparison that made it if that came just before.
   * @param onZero jump when it is zero (else when it is not)
   * @param settle called when the condition is popped, before the jump
   */
  protected emitConditional(
    onZero: boolean,
    settle: () => void,
  ): { readonly targetAt: number; readonly weightAt: number } {
    const { code, operands } = this;
    const compare = this.comparisonJustEmitted();
    if (compare !== undefined) {
      const { branch, a, b } = compare;
      operands.pop();
      code.length -= 4;
      settle();
      code.push(onZero ? branch.ifFalse : branch.ifTrue, a, b, 0, 0);
    } else {
      const isNegation =
        this.justComputed() && this.resultAt === code.length - 2 && code[code.length - 3] === OP['i32.eqz'];
      let condition: number;
      if (isNegation) {
        condition = code[code.length - 1] as number;
        operands.pop();
        code.length -= 3;
      } else condition = operands.popPlace();
      settle();
      code.push(onZero === isNegation ? OP.br_if : OP.br_unless, condition, 0, 0);
    }
    return { targetAt: code.length - 2, weightAt: code.length - 1 };
  }

  protected justComputed(): boolean {
    const { code, operands } = this;
    return (
      code.length === this.resultEnd &&
      code[this.resultAt] === operands.homeAt(operands.height - 1) &&
      operands.topIsHome
    );
  }

  /** The i32 comparison that computed the top operand in the last instruction: its operands, and the branches it can be. */
  protected comparisonJustEmitted():
    { readonly branch: FusedBranch; readonly a: number; readonly b: number } | undefined {
    const { code } = this;
    if (!this.justComputed() || this.resultAt !== code.length - 3) return undefined;
    const [op, , a, b] = code.slice(-4) as [number, number, number, number];
    const branch = FUSED_BRANCHES.get(op);
    return branch && { branch, a, b };
  }
}
