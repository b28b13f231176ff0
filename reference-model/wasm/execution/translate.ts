// plumbing: from validated function bodies to the code that the run loop executes (code.ts has the form)

import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import { FUNCTION_ENTRY_WEIGHT, weightOf, type WeightTable } from '../../../spec/profiles/weights.js';
import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { AddressType, FuncType, ValueType } from '../../../spec/wasm/types.js';
import { InstructionReader, type BlockType, type Row } from '../binary/instructions.js';
import { typeIdOf } from '../runtime/types.js';
import { Locals } from '../structure/locals.js';
import type { FunctionBody, Module } from '../structure/module.js';
import {
  BRANCH_I32_FIRST,
  COMPARE_I32_COUNT,
  COMPARE_I32_FIRST,
  FUSED_I32,
  FUSED_I32_FIRST,
  OPPOSITE_COMPARE,
  type CompiledFunction,
} from './code.js';
import { HANDLER_NUMBERS } from './machine.js';
import { CodeBuffer, CONSTANT, Operands } from './operands.js';
import { VECTOR_HANDLER_NUMBERS } from './vectors.js';

/** The translated functions of a module under one weight table; each is translated when it is first called. */
export class ModuleCode {
  readonly typeIds: readonly number[];
  private readonly functions: (CompiledFunction | undefined)[] = [];

  constructor(
    readonly module: Module,
    private readonly weights: WeightTable,
  ) {
    this.typeIds = module.types.map(typeIdOf);
  }

  /** @param index function index of a function that the module defines */
  function(index: number): CompiledFunction {
    const position = index - this.module.importedFunctionCount;
    return (this.functions[position] ??= new BodyTranslator(
      this.module,
      this.module.bodies[position] as FunctionBody,
      this.weights,
    ).run());
  }
}

/** What an activation costs beside its slots: spec/vocabulary/stack-budget.md. */
const ACTIVATION_SLOTS = 8;

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

/** One buffer for all: translating a function never translates another. */
const buffer = new CodeBuffer();

const FUSED_FORM: readonly (number | undefined)[] = (() => {
  const forms: (number | undefined)[] = [];
  for (const [k, opcode] of FUSED_I32.entries()) forms[opcode] = FUSED_I32_FIRST + k;
  return forms;
})();

/** Conversions that leave the slot as it is: i32.wrap_i64 and the reinterpretations. */
const SLOT_STAYS: ReadonlySet<number> = new Set([0xa7, 0xbc, 0xbd, 0xbe, 0xbf]);

class BodyTranslator {
  private readonly code = buffer;
  private readonly reader: InstructionReader;
  private readonly locals: Locals;
  private readonly operands: Operands;
  private readonly frames: Frame[] = [];
  private readonly memoryAddress: AddressType;
  private readonly type: FuncType;
  /** The metering block under way: its weight so far, and the word of the code that takes it. */
  private weight = 0;
  private weightAt = -1;
  /** Whether the charge is an instruction of its own, which an empty block does not need. */
  private chargeStandsAlone = false;
  /** The word that holds the place of the last result, while nothing was emitted after it. */
  private resultAt = -1;
  private resultEnd = -1;

  constructor(
    private readonly module: Module,
    body: FunctionBody,
    private readonly weights: WeightTable,
  ) {
    this.code.clear();
    this.type = module.types[body.typeIndex] as FuncType;
    this.locals = new Locals(this.type, body.locals);
    this.reader = new InstructionReader(module.bytes, body.code, ALL_FEATURES);
    this.operands = new Operands(this.code, 2 * this.locals.slots);
    this.memoryAddress = module.memories[0]?.limits.addressType ?? 'i32';
  }

  run(): CompiledFunction {
    this.frames.push({
      opener: 'function',
      params: [],
      results: this.type.results,
      height: 0,
      loopStart: 0,
      toEnd: [],
      toElse: -1,
    });
    this.code.emit(0x03, 0);
    this.openBlock(this.code.length - 1, FUNCTION_ENTRY_WEIGHT);
    while (this.frames.length > 0) {
      const row = this.reader.next();
      this.weight += weightOf(this.weights, row.mnemonic, this.memoryAddress);
      if (row.typing.kind === 'special') this.special(row.mnemonic);
      else this.fixed(row);
    }
    const { slots, paramSlots } = this.locals;
    return {
      code: this.code.finish(),
      paramWords: 2 * paramSlots,
      localWords: 2 * slots,
      stackCost: ACTIVATION_SLOTS + slots + this.operands.maxWords / 2,
    };
  }

  // Metering blocks

  private openBlock(weightAt: number, weight = 0): void {
    this.weightAt = weightAt;
    this.weight = weight;
    this.chargeStandsAlone = false;
  }

  /** Emits the charge that a block starts with. */
  private startBlock(): void {
    this.code.emit(0x02, 0);
    this.openBlock(this.code.length - 1);
    this.chargeStandsAlone = true;
  }

  private closeBlock(): void {
    const empty = this.weight === 0 && this.code.length === this.weightAt + 1 && this.chargeStandsAlone;
    if (empty) this.code.length -= 2;
    else this.code.patch(this.weightAt, this.weight);
  }

  // Results

  /** Pushes a result and notes where the code names its place: a local.set that follows puts the local there instead. */
  private result(type: ValueType, wordFromEnd: number): void {
    this.operands.push(type);
    this.resultAt = this.code.length - wordFromEnd;
    this.resultEnd = this.code.length;
  }

  // Instructions with operands in the table

  private fixed(row: Row): void {
    const { code, operands, reader } = this;
    const { opcode } = row;
    if (opcode >= 0x45 && opcode <= 0xc4) return this.numeric(row);
    if (opcode >= 0x28 && opcode <= 0x3e) return this.memoryAccess(row);
    switch (row.mnemonic) {
      case 'nop':
        return;
      case 'i32.const':
        return operands.pushConstant(reader.words[0] as number);
      case 'f32.const':
        code.emit(0x41, operands.next, reader.words[0] as number);
        return this.result('f32', 2);
      case 'i64.const':
      case 'f64.const':
        code.emit(0x42, operands.next, reader.words[0] as number, reader.words[1] as number);
        return this.result(row.mnemonic === 'i64.const' ? 'i64' : 'f64', 3);
      case 'v128.const': {
        const home = operands.push('v128');
        code.emit(0x42, home, reader.words[0] as number, reader.words[1] as number);
        return code.emit(0x42, home + 2, reader.words[2] as number, reader.words[3] as number);
      }
      case 'memory.size':
        code.emit(0x3f, operands.next);
        return this.result(this.memoryAddress, 1);
      case 'memory.grow': {
        const delta = operands.popPlace();
        code.emit(0x40, operands.next, delta);
        return this.result(this.memoryAddress, 2);
      }
      default:
        return this.handled(row);
    }
  }

  private numeric(row: Row): void {
    const { code, operands } = this;
    const [type] = (row.typing.kind === 'fixed' ? row.typing.results : []) as [ValueType];
    if (SLOT_STAYS.has(row.opcode)) return operands.retype(type);
    if (row.typing.kind === 'fixed' && row.typing.params.length === 1) {
      const a = operands.popPlace();
      code.emit(row.opcode, operands.next, a);
      return this.result(type, 2);
    }
    const form = FUSED_FORM[row.opcode];
    if (form !== undefined && operands.topIsConstant) {
      const { constant } = operands.pop();
      const a = operands.popPlace();
      code.emit(form, operands.next, a, constant);
    } else {
      const b = operands.popPlace();
      const a = operands.popPlace();
      code.emit(row.opcode, operands.next, a, b);
    }
    this.result(type, 3);
  }

  /** The offset of a memarg as one word. An offset from 2^32 on is added to the address by an instruction of its own. */
  private offsetWord(address: number): { readonly place: number; readonly word: number } {
    const offset = this.reader.memoryOffset;
    if (offset <= 0xffffffffn) return { place: address, word: Number(offset) | 0 };
    const home = this.operands.next;
    this.code.emit(0x43, home, address, Number(BigInt.asIntN(32, offset)), Number(BigInt.asIntN(32, offset >> 32n)));
    return { place: home, word: 0 };
  }

  private memoryAccess(row: Row): void {
    const { code, operands } = this;
    if (row.opcode < 0x36) {
      const { place, word } = this.offsetWord(operands.popPlace());
      code.emit(row.opcode, operands.next, place, word);
      return this.result((row.typing.kind === 'fixed' ? row.typing.results[0] : 'i32') as ValueType, 3);
    }
    const value = operands.popPlace();
    const { place, word } = this.offsetWord(operands.popPlace());
    code.emit(row.opcode, place, value, word);
  }

  /** An instruction with a handler: its result's place, its operands' places, its immediates. */
  private handled(row: Row): void {
    const { params, results } = row.typing.kind === 'fixed' ? row.typing : { params: [], results: [] };
    this.emitHandled(
      row,
      params.length,
      results.map((type) => this.resultType(type)),
    );
  }

  private resultType(type: string): ValueType {
    const table = this.module.tables[this.reader.index];
    if (type === 'table element') return table?.element ?? 'funcref';
    if (type === 'table address') return table?.limits.addressType ?? 'i32';
    return type as ValueType;
  }

  private emitHandled(row: Row, operandCount: number, results: readonly ValueType[]): void {
    const { code, operands, reader } = this;
    const places: number[] = [];
    for (let i = 0; i < operandCount; i++) places.push(operands.popPlace());
    places.reverse();
    const [resultType] = results;
    const vector = VECTOR_HANDLER_NUMBERS.get(row.mnemonic);
    if (vector !== undefined) {
      const [a = 0, b = 0, c = 0] = places;
      const lane = row.immediates[0] === 'lane' ? reader.lane : 0;
      code.emit(0xfd, vector, operands.next, a, b, c, lane);
    } else {
      const number = HANDLER_NUMBERS.get(row.mnemonic);
      if (number === undefined) throw new Error(`execution has no rule for ${row.mnemonic}`);
      const immediates = this.immediateWords(row);
      if (row.accessBytes !== undefined) {
        const { place, word } = this.offsetWord(places[0] as number);
        places[0] = place;
        immediates[0] = word;
      }
      const result = resultType === undefined ? [] : [operands.next];
      code.emit(
        0xfc,
        number,
        3 + result.length + places.length + immediates.length,
        ...result,
        ...places,
        ...immediates,
      );
    }
    if (resultType !== undefined) operands.push(resultType);
  }

  private immediateWords(row: Row): number[] {
    const { reader } = this;
    return row.immediates.flatMap((kind, position) => {
      if (kind === 'lane') return [reader.lane];
      if (kind === 'lanes') return [...reader.words];
      return [position === 0 ? reader.index : reader.index2];
    });
  }

  // Instructions with rules of their own

  private special(mnemonic: Mnemonic): void {
    const { code, operands, reader } = this;
    switch (mnemonic) {
      case 'unreachable':
        code.emit(0x00);
        return this.skipDead();
      case 'block':
      case 'loop':
      case 'if':
        return this.enter(mnemonic, this.blockType(reader.blockType));
      case 'else':
        return this.otherwise();
      case 'end':
        return this.end();
      case 'br':
        this.branch(reader.index);
        return this.skipDead();
      case 'br_if':
        return this.branchIf(reader.index);
      case 'br_table':
        this.branchTable();
        return this.skipDead();
      case 'return':
        this.leaveFunction();
        return this.skipDead();
      case 'call': {
        const typeIndex = this.module.functionTypeIndices[reader.index] as number;
        const type = this.module.types[typeIndex] as FuncType;
        const base = this.arguments(type);
        code.emit(0x10, reader.index, base);
        return this.callResults(type);
      }
      case 'call_indirect': {
        const type = this.module.types[reader.index] as FuncType;
        const index = operands.popPlace();
        const base = this.arguments(type);
        code.emit(0x11, reader.index, reader.index2, index, base);
        return this.callResults(type);
      }
      case 'drop':
        operands.pop();
        return;
      case 'select':
      case 'select t': {
        const condition = operands.popPlace();
        const second = operands.popPlace();
        const type = operands.typeAt(operands.height - 1);
        const first = operands.popPlace();
        code.emit(type === 'v128' ? 0x1c : 0x1b, operands.next, first, second, condition);
        if (type === 'v128') operands.push(type);
        else this.result(type, 4);
        return;
      }
      case 'local.get':
        return operands.pushLocal(this.locals.typeOf(reader.index) as ValueType, 2 * this.locals.slotOf(reader.index));
      case 'local.set':
        return this.setLocal(2 * this.locals.slotOf(reader.index));
      case 'local.tee': {
        const place = 2 * this.locals.slotOf(reader.index);
        const type = this.locals.typeOf(reader.index) as ValueType;
        this.setLocal(place);
        return operands.pushLocal(type, place);
      }
      case 'global.get': {
        const type = this.module.globals[reader.index]?.valueType as ValueType;
        code.emit(type === 'v128' ? 0x25 : 0x23, operands.next, reader.index);
        if (type === 'v128') operands.push(type);
        else this.result(type, 2);
        return;
      }
      case 'global.set': {
        const type = operands.typeAt(operands.height - 1);
        code.emit(type === 'v128' ? 0x26 : 0x24, operands.popPlace(), reader.index);
        return;
      }
      case 'ref.null':
        code.emit(0x41, operands.next, 0);
        return this.result(reader.referenceType, 2);
      case 'ref.is_null': {
        const reference = operands.popPlace();
        code.emit(0x45, operands.next, reference);
        return this.result('i32', 2);
      }
      case 'ref.func':
        return this.emitHandled(reader.row, 0, ['funcref']);
      case 'memory.copy':
      case 'table.copy':
      case 'table.init':
        return this.emitHandled(reader.row, 3, []);
      default:
        throw new Error(`translation has no rule for ${mnemonic}`);
    }
  }

  private blockType(type: BlockType): FuncType {
    if (type === undefined) return { params: [], results: [] };
    return typeof type === 'number' ? (this.module.types[type] as FuncType) : { params: [], results: [type] };
  }

  /** Pops a value into a local; where the value was just computed, its instruction writes the local itself. */
  private setLocal(place: number): void {
    const { code, operands } = this;
    const justComputed =
      code.length === this.resultEnd && code.at(this.resultAt) === operands.homeAt(operands.height - 1);
    const { place: from, constant, home, type } = operands.pop();
    if (justComputed && from === home && !operands.names(place)) return code.patch(this.resultAt, place);
    operands.settleLocal(place);
    if (from === place) return;
    if (from === CONSTANT) code.emit(0x41, place, constant);
    else if (type === 'v128') code.emit(0x21, place, from, 4);
    else code.emit(0x20, place, from);
  }

  /** Brings the arguments of a call home, where the callee's frame will start. */
  private arguments(type: FuncType): number {
    const { operands } = this;
    const first = operands.height - type.params.length;
    operands.settleFrom(first);
    const base = operands.homeAt(first);
    operands.truncate(first);
    return base;
  }

  private callResults(type: FuncType): void {
    for (const result of type.results) this.operands.push(result);
  }

  // Control

  private enter(opener: 'block' | 'loop' | 'if', { params, results }: FuncType): void {
    const { code, operands } = this;
    // An `if` jumps to the else branch when the condition does not hold.
    const jump = opener === 'if' ? this.emitConditional(true, () => operands.settleFrom(0)) : undefined;
    if (jump === undefined) operands.settleFrom(0);
    if (jump !== undefined || opener === 'loop') this.closeBlock();
    const loopStart = code.length;
    if (jump !== undefined) this.openBlock(jump.weightAt);
    else if (opener === 'loop') {
      code.emit(0x03, 0);
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

  /**
   * Emits a jump on the i32 on top of the stack, fused with the comparison that made it if that came just before.
   * @param onZero jump when it is zero (else when it is not)
   * @param settle called when the condition is popped, before the jump
   */
  private emitConditional(
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
      code.emit(BRANCH_I32_FIRST + k, a, b, 0, 0);
    } else {
      const isNegation = this.justComputed() && this.resultAt === code.length - 2 && code.at(code.length - 3) === 0x45;
      let condition: number;
      if (isNegation) {
        condition = code.at(code.length - 1);
        operands.pop();
        code.length -= 3;
      } else condition = operands.popPlace();
      settle();
      code.emit(onZero === isNegation ? 0x0d : 0x04, condition, 0, 0);
    }
    return { targetAt: code.length - 2, weightAt: code.length - 1 };
  }

  private justComputed(): boolean {
    const { code, operands } = this;
    return (
      code.length === this.resultEnd &&
      code.at(this.resultAt) === operands.homeAt(operands.height - 1) &&
      operands.topIsHome
    );
  }

  /** The i32 comparison that computed the top operand in the last instruction: 0 … 9, or 10 … 19 with a constant. */
  private comparisonJustEmitted(): { readonly kind: number; readonly a: number; readonly b: number } | undefined {
    const { code } = this;
    if (!this.justComputed() || this.resultAt !== code.length - 3) return undefined;
    const op = code.at(code.length - 4);
    const [a, b] = [code.at(code.length - 2), code.at(code.length - 1)];
    if (op >= COMPARE_I32_FIRST && op < COMPARE_I32_FIRST + COMPARE_I32_COUNT)
      return { kind: op - COMPARE_I32_FIRST, a, b };
    const firstFused = FUSED_I32_FIRST + FUSED_I32.indexOf(COMPARE_I32_FIRST);
    if (op >= firstFused && op < firstFused + COMPARE_I32_COUNT)
      return { kind: op - firstFused + COMPARE_I32_COUNT, a, b };
    return undefined;
  }

  private otherwise(): void {
    const { code, operands } = this;
    const frame = this.frames.pop() as Frame;
    operands.settleFrom(frame.height);
    this.closeBlock();
    code.emit(0x05, 0);
    frame.toEnd.push(code.length - 1);
    this.startElse(frame);
  }

  private startElse(frame: Frame): void {
    const { code, operands } = this;
    code.patch(frame.toElse, code.length);
    operands.truncate(frame.height);
    for (const param of frame.params) operands.push(param);
    this.frames.push({ ...frame, opener: 'else', toElse: -1 });
    this.startBlock();
  }

  private end(): void {
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
  private finishFrame(): void {
    const { code, operands } = this;
    const frame = this.frames.pop() as Frame;
    if (frame.toElse >= 0) code.patch(frame.toElse, code.length);
    for (const at of frame.toEnd) code.patch(at, code.length);
    operands.truncate(frame.height);
    for (const result of frame.results) operands.push(result);
    this.resultEnd = -1;
    this.startBlock();
  }

  /** Emits return: the results are on top of the stack. */
  private leaveFunction(): void {
    const { code, operands, type } = this;
    const count = type.results.length;
    let from = operands.next;
    if (count === 1 && operands.typeAt(operands.height - 1) !== 'v128') from = operands.popPlace();
    else if (count > 0) {
      operands.settleFrom(operands.height - count);
      from = operands.homeAt(operands.height - count);
    }
    code.emit(
      0x0f,
      from,
      count === 1 ? (type.results[0] === 'v128' ? 4 : 2) : this.wordsFrom(operands.height - count, count),
    );
  }

  private wordsFrom(height: number, count: number): number {
    const { operands } = this;
    return operands.homeAt(height + count) - operands.homeAt(height);
  }

  private labelTypes(frame: Frame): readonly ValueType[] {
    return frame.opener === 'loop' ? frame.params : frame.results;
  }

  private frameOf(label: number): Frame {
    return this.frames[this.frames.length - 1 - label] as Frame;
  }

  /** Emits a jump to a label; its operands are already where the label expects them. */
  private jump(frame: Frame): void {
    this.code.emit(0x05, frame.loopStart);
    if (frame.opener !== 'loop') frame.toEnd.push(this.code.length - 1);
  }

  /** Emits the transfer of the operands that a branch takes along, and the branch. They stay on the stack. */
  private transfer(frame: Frame): void {
    const { code, operands } = this;
    if (frame.opener === 'function') {
      const count = this.type.results.length;
      const first = operands.height - count;
      return code.emit(0x0f, operands.homeAt(first), this.wordsFrom(first, count));
    }
    const count = this.labelTypes(frame).length;
    const first = operands.height - count;
    const [from, to] = [operands.homeAt(first), operands.homeAt(frame.height)];
    if (count > 0 && from !== to) code.emit(0x21, to, from, this.wordsFrom(first, count));
    this.jump(frame);
  }

  private branch(label: number): void {
    const frame = this.frameOf(label);
    if (frame.opener === 'function') return this.leaveFunction();
    this.operands.settleFrom(this.operands.height - this.labelTypes(frame).length);
    this.transfer(frame);
  }

  private branchIf(label: number): void {
    const { code, operands } = this;
    const frame = this.frameOf(label);
    const count = this.labelTypes(frame).length;
    const settle = () => operands.settleFrom(operands.height - count);
    const inPlace = count === 0 || operands.height - 1 - count === frame.height;
    if (frame.opener !== 'function' && inPlace) {
      const jump = this.emitConditional(false, settle);
      this.closeBlock();
      code.patch(jump.targetAt, frame.loopStart);
      if (frame.opener !== 'loop') frame.toEnd.push(jump.targetAt);
      return this.openBlock(jump.weightAt);
    }
    const over = this.emitConditional(true, settle);
    this.closeBlock();
    this.transfer(frame);
    code.patch(over.targetAt, code.length);
    this.startBlock();
  }

  private branchTable(): void {
    const { code, operands, reader } = this;
    const index = operands.popPlace();
    const labels = [...reader.labels, reader.index];
    const frames = labels.map((label) => this.frameOf(label));
    const count = this.labelTypes(frames[0] as Frame).length;
    operands.settleFrom(operands.height - count);
    code.emit(0x0e, index, reader.labels.length);
    const first = code.length;
    for (let i = 0; i < frames.length; i++) code.emit(0);
    // Labels that need a transfer get a piece of code that does it; equal labels share it.
    const pieces = new Map<Frame, number>();
    for (const [i, frame] of frames.entries()) {
      if (count === 0 && frame.opener !== 'function') {
        code.patch(first + i, frame.loopStart);
        if (frame.opener !== 'loop') frame.toEnd.push(first + i);
        continue;
      }
      let piece = pieces.get(frame);
      if (piece === undefined) {
        piece = code.length;
        pieces.set(frame, piece);
        this.transfer(frame);
      }
      code.patch(first + i, piece);
    }
  }

  /**
   * After an instruction that never goes on: closes the metering block and passes over the dead code up to the `else` or
   * `end` of the frame. Dead blocks are never entered, so that nothing is emitted for them.
   */
  private skipDead(): void {
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
