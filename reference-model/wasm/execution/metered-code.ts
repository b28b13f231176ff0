// plumbing: emitting code in metering blocks, and jumps fused with the comparison before them

import { FUNCTION_ENTRY_WEIGHT } from '../../../spec/profiles/weights.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import {
  BRANCH_I32_FIRST,
  COMPARE_I32_COUNT,
  COMPARE_I32_FIRST,
  FUSED_I32,
  FUSED_I32_FIRST,
  OPPOSITE_COMPARE,
} from './code.js';
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
    this.code.push(0x03, 0);
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
    this.code.push(0x02, 0);
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
      const { kind, a, b } = compare;
      operands.pop();
      code.length -= 4;
      settle();
      const k =
        (onZero ? (OPPOSITE_COMPARE[kind % COMPARE_I32_COUNT] as number) : kind % COMPARE_I32_COUNT) +
        (kind >= COMPARE_I32_COUNT ? COMPARE_I32_COUNT : 0);
      code.push(BRANCH_I32_FIRST + k, a, b, 0, 0);
    } else {
      const isNegation = this.justComputed() && this.resultAt === code.length - 2 && code[code.length - 3] === 0x45;
      let condition: number;
      if (isNegation) {
        condition = code[code.length - 1] as number;
        operands.pop();
        code.length -= 3;
      } else condition = operands.popPlace();
      settle();
      code.push(onZero === isNegation ? 0x0d : 0x04, condition, 0, 0);
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

  /** The i32 comparison that computed the top operand in the last instruction: 0 … 9, or 10 … 19 with a constant. */
  protected comparisonJustEmitted(): { readonly kind: number; readonly a: number; readonly b: number } | undefined {
    const { code } = this;
    if (!this.justComputed() || this.resultAt !== code.length - 3) return undefined;
    const [op, , a, b] = code.slice(-4) as [number, number, number, number];
    if (op >= COMPARE_I32_FIRST && op < COMPARE_I32_FIRST + COMPARE_I32_COUNT)
      return { kind: op - COMPARE_I32_FIRST, a, b };
    const firstFused = FUSED_I32_FIRST + FUSED_I32.indexOf(COMPARE_I32_FIRST);
    if (op >= firstFused && op < firstFused + COMPARE_I32_COUNT)
      return { kind: op - firstFused + COMPARE_I32_COUNT, a, b };
    return undefined;
  }
}
