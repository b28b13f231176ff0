// plumbing: translating blocks and branches

import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import type { FuncType, ValueType } from '../../../spec/wasm/types.js';
import { InstructionReader } from '../binary/instructions.js';
import type { ByteRange } from '../structure/module.js';
import { MeteredCode } from './metered-code.js';
import { OP } from './opcodes.js';

interface Frame {
  readonly opener: 'block' | 'loop' | 'if' | 'else' | 'function';
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Operand height below the parameters. */
  readonly height: number;
  /** Where a branch to a loop goes. */
  readonly loopStart: number;
  /** Words of the code that hold the address of the frame's end, to be patched. */
  readonly toEnd: number[];
  /** The word that holds the address of the else branch; -1 when there is none (left). */
  toElse: number;
}

/** Translates what starts and ends blocks and what branches. */
export class ControlTranslator extends MeteredCode {
  protected readonly frames: Frame[] = [];
  protected readonly reader: InstructionReader;

  constructor(
    bytes: Uint8Array,
    body: ByteRange,
    protected readonly type: FuncType,
    localWords: number,
  ) {
    super(localWords);
    this.reader = new InstructionReader(bytes, body, ALL_FEATURES);
    this.frames.push({
      opener: 'function',
      params: [],
      results: type.results,
      height: 0,
      loopStart: 0,
      toEnd: [],
      toElse: -1,
    });
    this.startFunction();
  }

  protected enter(opener: 'block' | 'loop' | 'if', { params, results }: FuncType): void {
    const { code, operands } = this;
    // An `if` jumps to the else branch when the condition does not hold.
    const jump = opener === 'if' ? this.emitConditional(true, () => operands.settleFrom(0)) : undefined;
    if (jump === undefined) operands.settleFrom(0);
    if (jump !== undefined || opener === 'loop') this.closeBlock();
    const loopStart = code.length;
    if (jump !== undefined) this.openBlock(jump.weightAt);
    else if (opener === 'loop') {
      code.push(OP['charge and test'], 0);
      this.openBlock(code.length - 1);
    }
    this.frames.push({
      opener,
      params,
      results,
      height: operands.height - params.length,
      loopStart,
      toEnd: [],
      toElse: jump?.targetAt ?? -1,
    });
  }

  protected otherwise(): void {
    const { code, operands } = this;
    const frame = this.frames.pop() as Frame;
    operands.settleFrom(frame.height);
    this.closeBlock();
    code.push(OP.jump, 0);
    frame.toEnd.push(code.length - 1);
    this.startElse(frame);
  }

  protected startElse(frame: Frame): void {
    const { code, operands } = this;
    code[frame.toElse] = code.length;
    operands.truncate(frame.height);
    operands.pushAll(frame.params);
    this.frames.push({ ...frame, opener: 'else', toElse: -1 });
    this.startBlock();
  }

  protected end(): void {
    const frame = this.frames[this.frames.length - 1] as Frame;
    if (frame.opener === 'function') {
      this.closeBlock();
      this.leaveFunction();
      this.frames.pop();
      return;
    }
    this.operands.settleFrom(frame.height);
    this.closeBlock();
    this.finishFrame();
  }

  /** After the `end` of a block: branches arrive here, and a new metering block starts. */
  protected finishFrame(): void {
    const { code, operands } = this;
    const frame = this.frames.pop() as Frame;
    if (frame.toElse >= 0) code[frame.toElse] = code.length;
    for (const at of frame.toEnd) code[at] = code.length;
    operands.truncate(frame.height);
    operands.pushAll(frame.results);
    this.resultEnd = -1;
    this.startBlock();
  }

  /** Emits return: the results are on top of the stack. */
  protected leaveFunction(): void {
    const { code, operands, type } = this;
    const count = type.results.length;
    let from = operands.next;
    if (count === 1 && operands.typeAt(operands.height - 1) !== 'v128') from = operands.popPlace();
    else if (count > 0) {
      operands.settleFrom(operands.height - count);
      from = operands.homeAt(operands.height - count);
    }
    code.push(
      OP.return,
      from,
      count === 1 ? (type.results[0] === 'v128' ? 4 : 2) : this.wordsFrom(operands.height - count, count),
    );
  }

  protected wordsFrom(height: number, count: number): number {
    const { operands } = this;
    return operands.homeAt(height + count) - operands.homeAt(height);
  }

  protected labelTypes(frame: Frame): readonly ValueType[] {
    return frame.opener === 'loop' ? frame.params : frame.results;
  }

  protected frameOf(label: number): Frame {
    return this.frames[this.frames.length - 1 - label] as Frame;
  }

  /** Emits a jump to a label; its operands are already where the label expects them. */
  protected jump(frame: Frame): void {
    this.code.push(OP.jump, frame.loopStart);
    if (frame.opener !== 'loop') frame.toEnd.push(this.code.length - 1);
  }

  /** Emits the transfer of the operands that a branch takes along, and the branch. They stay on the stack. */
  protected transfer(frame: Frame): void {
    const { code, operands } = this;
    if (frame.opener === 'function') {
      const count = this.type.results.length;
      const first = operands.height - count;
      code.push(OP.return, operands.homeAt(first), this.wordsFrom(first, count));
      return;
    }
    const count = this.labelTypes(frame).length;
    const first = operands.height - count;
    const [from, to] = [operands.homeAt(first), operands.homeAt(frame.height)];
    if (count > 0 && from !== to) code.push(OP['copy words'], to, from, this.wordsFrom(first, count));
    this.jump(frame);
  }

  protected branch(label: number): void {
    const frame = this.frameOf(label);
    if (frame.opener === 'function') return this.leaveFunction();
    this.operands.settleFrom(this.operands.height - this.labelTypes(frame).length);
    this.transfer(frame);
  }

  protected branchIf(label: number): void {
    const { code, operands } = this;
    const frame = this.frameOf(label);
    const count = this.labelTypes(frame).length;
    const settle = () => operands.settleFrom(operands.height - count);
    const inPlace = count === 0 || operands.height - 1 - count === frame.height;
    if (frame.opener !== 'function' && inPlace) {
      const jump = this.emitConditional(false, settle);
      this.closeBlock();
      code[jump.targetAt] = frame.loopStart;
      if (frame.opener !== 'loop') frame.toEnd.push(jump.targetAt);
      return this.openBlock(jump.weightAt);
    }
    const over = this.emitConditional(true, settle);
    this.closeBlock();
    this.transfer(frame);
    code[over.targetAt] = code.length;
    this.startBlock();
  }

  protected branchTable(): void {
    const { code, operands, reader } = this;
    const index = operands.popPlace();
    const labels = [...reader.labels, reader.index];
    const frames = labels.map((label) => this.frameOf(label));
    const count = this.labelTypes(frames[0] as Frame).length;
    operands.settleFrom(operands.height - count);
    code.push(OP.br_table, index, reader.labels.length);
    const first = code.length;
    for (let i = 0; i < frames.length; i++) code.push(0);
    // Labels that need a transfer get a piece of code that does it; equal labels share it.
    const pieces = new Map<Frame, number>();
    for (const [i, frame] of frames.entries()) {
      if (count === 0 && frame.opener !== 'function') {
        code[first + i] = frame.loopStart;
        if (frame.opener !== 'loop') frame.toEnd.push(first + i);
        continue;
      }
      let piece = pieces.get(frame);
      if (piece === undefined) {
        piece = code.length;
        pieces.set(frame, piece);
        this.transfer(frame);
      }
      code[first + i] = piece;
    }
  }

  /**
   * After an instruction that never goes on: closes the metering block and passes over the dead code up to the `else` or
   * `end` of the frame. Dead blocks are never entered, so that nothing is emitted for them.
   */
  protected skipDead(): void {
    const { operands, reader } = this;
    this.closeBlock();
    const frame = this.frames[this.frames.length - 1] as Frame;
    operands.truncate(frame.height);
    for (let nested = 0; ;) {
      const { mnemonic } = reader.next();
      if (mnemonic === 'block' || mnemonic === 'loop' || mnemonic === 'if') nested++;
      else if (mnemonic === 'else' && nested === 0) {
        this.frames.pop();
        return this.startElse(frame);
      } else if (mnemonic === 'end' && nested-- === 0) {
        if (frame.opener !== 'function') return this.finishFrame();
        this.frames.pop();
        return;
      }
    }
  }
}
