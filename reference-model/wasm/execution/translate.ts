// plumbing: from validated function bodies to the code that the run loop executes (code.ts has the form)

import { weightOf, type WeightTable } from '../../../spec/profiles/weights.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import { FRAME_SLOTS } from '../../../spec/vocabulary/stack-budget.js';
import type { Mnemonic, Typing } from '../../../spec/wasm/instructions.js';
import type { AddressType, FuncType, ValueType } from '../../../spec/wasm/types.js';
import { ROWS, type BlockType, type Row } from '../binary/instructions.js';
import { typeIdOf } from '../runtime/types.js';
import { Locals, slotOf, type LocalsRun } from '../structure/locals.js';
import type { FunctionBody, Module } from '../structure/module.js';
import { CONSTANT_FORMS, SLOT_STAYS, type CompiledFunction } from './code.js';
import { ControlTranslator } from './control.js';
import { HANDLER_NUMBERS } from './machine.js';
import { OP } from './opcodes.js';
import { CONSTANT } from './operands.js';
import { VECTOR_HANDLER_NUMBERS } from './vectors.js';

/** The weights of a table by row, for one kind of memory. */
type RowWeights = ReadonlyMap<Row, number>;

const rowWeights = new WeakMap<WeightTable, Readonly<Record<AddressType, RowWeights>>>();

function rowWeightsOf(table: WeightTable, memory: AddressType): RowWeights {
  let weights = rowWeights.get(table);
  if (weights === undefined) {
    const of = (type: AddressType) => new Map(ROWS.map((row) => [row, weightOf(table, row.mnemonic, type)]));
    rowWeights.set(table, (weights = { i32: of('i32'), i64: of('i64') }));
  }
  return weights[memory];
}

/** The translated functions of a module under one weight table; each is translated when it is first called. */
export class ModuleCode {
  readonly typeIds: readonly number[];
  private readonly functions: (CompiledFunction | undefined)[] = [];
  private readonly memoryAddress: AddressType;
  private readonly weights: RowWeights;

  constructor(
    readonly module: Module,
    weights: WeightTable,
  ) {
    this.typeIds = module.types.map(typeIdOf);
    this.memoryAddress = module.memories[0]?.limits.addressType ?? 'i32';
    this.weights = rowWeightsOf(weights, this.memoryAddress);
  }

  /** @param index function index of a function that the module defines */
  function(index: number): CompiledFunction {
    const position = index - this.module.importedFunctionCount;
    return (this.functions[position] ??= new BodyTranslator(
      this.module,
      this.module.bodies[position] as FunctionBody,
      this.memoryAddress,
      this.weights,
    ).run());
  }
}

type FixedTyping = Extract<Typing, { readonly kind: 'fixed' }>;

class BodyTranslator extends ControlTranslator {
  constructor(
    private readonly module: Module,
    body: FunctionBody,
    private readonly memoryAddress: AddressType,
    private readonly weights: RowWeights,
    type = module.types[body.typeIndex] as FuncType,
    private readonly locals = new Locals(type, body.locals),
  ) {
    super(module.bytes, body.code, type, 2 * locals.slots);
  }

  run(): CompiledFunction {
    while (this.frames.length > 0) {
      const row = this.reader.next();
      this.weight += this.weights.get(row) as number;
      if (row.typing.kind === 'special') this.special(row.mnemonic);
      else this.fixed(row, row.typing);
    }
    const { slots, paramSlots } = this.locals;
    return {
      code: this.finish(),
      paramWords: 2 * paramSlots,
      localWords: 2 * slots,
      stackCost: FRAME_SLOTS + slots + this.operands.maxWords / 2,
    };
  }

  // Instructions with operands in the table

  private fixed(row: Row, typing: FixedTyping): void {
    const { code, operands, reader } = this;
    const { opcode } = row;
    if (opcode >= OP['i32.eqz'] && opcode <= OP['i64.extend32_s']) return this.numeric(row, typing);
    if (opcode >= OP['i32.load'] && opcode <= OP['i64.store32']) return this.memoryAccess(opcode, typing);
    switch (row.mnemonic) {
      case 'i32.const':
        operands.push('i32', CONSTANT, reader.words[0]);
        return;
      case 'i64.const':
      case 'f64.const':
        code.push(OP['const two words'], operands.next, reader.words[0] as number, reader.words[1] as number);
        return this.result(row.mnemonic === 'i64.const' ? 'i64' : 'f64', 3);
      case 'f32.const':
        code.push(OP.const, operands.next, reader.words[0] as number);
        return this.result('f32', 2);
      case 'v128.const': {
        const home = operands.push('v128');
        code.push(OP['const two words'], home, reader.words[0] as number, reader.words[1] as number);
        code.push(OP['const two words'], home + 2, reader.words[2] as number, reader.words[3] as number);
        return;
      }
      case 'nop':
        return;
      case 'memory.size':
        code.push(OP['memory.size'], operands.next);
        return this.result(this.memoryAddress, 1);
      case 'memory.grow': {
        const delta = operands.popPlace();
        code.push(OP['memory.grow'], operands.next, delta);
        return this.result(this.memoryAddress, 2);
      }
      default:
        return this.handled(row, typing);
    }
  }

  private numeric({ opcode, mnemonic }: Row, { params, results }: FixedTyping): void {
    const { code, operands } = this;
    const type = results[0] as ValueType;
    if (SLOT_STAYS.has(mnemonic)) return operands.retype(type);
    if (params.length === 1) {
      const a = operands.popPlace();
      code.push(opcode, operands.next, a);
      return this.result(type, 2);
    }
    const form = CONSTANT_FORMS.get(opcode);
    if (form !== undefined && operands.topIsConstant) {
      const { constant } = operands.pop();
      const a = operands.popPlace();
      code.push(form, operands.next, a, constant);
    } else {
      const b = operands.popPlace();
      const a = operands.popPlace();
      code.push(opcode, operands.next, a, b);
    }
    this.result(type, 3);
  }

  /** The offset of a memarg as one word. An offset from 2^32 on is added to the address by an instruction of its own. */
  private offsetWord(address: number): { readonly place: number; readonly word: number } {
    const { memoryOffset, memoryOffsetHigh } = this.reader;
    if (memoryOffsetHigh === 0) return { place: address, word: memoryOffset };
    const home = this.operands.next;
    this.code.push(OP['add wide offset'], home, address, memoryOffset, memoryOffsetHigh);
    return { place: home, word: 0 };
  }

  private memoryAccess(opcode: number, { results }: FixedTyping): void {
    const { code, operands } = this;
    if (opcode < OP['i32.store']) {
      const { place, word } = this.offsetWord(operands.popPlace());
      code.push(opcode, operands.next, place, word);
      return this.result(results[0] as ValueType, 3);
    }
    const value = operands.popPlace();
    const { place, word } = this.offsetWord(operands.popPlace());
    code.push(opcode, place, value, word);
  }

  /** An instruction with a handler: its result's place, its operands' places, its immediates. */
  private handled(row: Row, { params, results }: FixedTyping): void {
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
      code.push(OP['vector handler'], vector, operands.next, a, b, c, lane);
    } else {
      const number = HANDLER_NUMBERS.get(row.mnemonic);
      if (number === undefined) throw new Crash(`execution has no rule for ${row.mnemonic}`);
      const immediates = this.immediateWords(row);
      if (row.accessBytes !== undefined) {
        const { place, word } = this.offsetWord(places[0] as number);
        places[0] = place;
        immediates[0] = word;
      }
      const result = resultType === undefined ? [] : [operands.next];
      code.push(
        OP.handler,
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
      // Variables
      case 'local.get': {
        const local = this.locals.runOf(reader.index) as LocalsRun;
        operands.push(local.type, 2 * slotOf(local, reader.index));
        return;
      }
      case 'local.set':
        this.setLocal();
        return;
      case 'local.tee': {
        const { type } = this.locals.runOf(reader.index) as LocalsRun;
        operands.push(type, this.setLocal());
        return;
      }
      case 'global.get': {
        const type = this.module.globals[reader.index]?.valueType as ValueType;
        code.push(type === 'v128' ? OP['global.get v128'] : OP['global.get'], operands.next, reader.index);
        if (type === 'v128') operands.push(type);
        else this.result(type, 2);
        return;
      }
      case 'global.set': {
        const type = operands.typeAt(operands.height - 1);
        code.push(type === 'v128' ? OP['global.set v128'] : OP['global.set'], operands.popPlace(), reader.index);
        return;
      }
      // Calls
      case 'call': {
        const typeIndex = this.module.functionTypeIndices[reader.index] as number;
        const type = this.module.types[typeIndex] as FuncType;
        const base = this.arguments(type);
        code.push(OP.call, reader.index, base);
        return operands.pushAll(type.results);
      }
      case 'call_indirect': {
        const type = this.module.types[reader.index] as FuncType;
        const index = operands.popPlace();
        const base = this.arguments(type);
        code.push(OP.call_indirect, reader.index, reader.index2, index, base);
        return operands.pushAll(type.results);
      }
      // Blocks
      case 'end':
        return this.end();
      case 'block':
      case 'loop':
      case 'if':
        return this.enter(mnemonic, this.blockType(reader.blockType));
      case 'else':
        return this.otherwise();
      // Parametric
      case 'drop':
        operands.pop();
        return;
      case 'select':
      case 'select t': {
        const condition = operands.popPlace();
        const second = operands.popPlace();
        const type = operands.typeAt(operands.height - 1);
        const first = operands.popPlace();
        code.push(type === 'v128' ? OP['select v128'] : OP.select, operands.next, first, second, condition);
        if (type === 'v128') operands.push(type);
        else this.result(type, 4);
        return;
      }
      // Branches
      case 'unreachable':
        code.push(OP.unreachable);
        return this.skipDead();
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
      // References
      case 'ref.null':
        code.push(OP.const, operands.next, 0);
        return this.result(reader.referenceType, 2);
      case 'ref.is_null': {
        const reference = operands.popPlace();
        // Null is zero.
        code.push(OP['i32.eqz'], operands.next, reference);
        return this.result('i32', 2);
      }
      case 'ref.func':
        return this.emitHandled(reader.row, 0, ['funcref']);
      // Bulk instructions over two index spaces
      case 'memory.copy':
      case 'table.copy':
      case 'table.init':
        return this.emitHandled(reader.row, 3, []);
      default:
        throw new Crash(`translation has no rule for ${mnemonic}`);
    }
  }

  private blockType(type: BlockType): FuncType {
    if (type === undefined) return { params: [], results: [] };
    return typeof type === 'number' ? (this.module.types[type] as FuncType) : { params: [], results: [type] };
  }

  /** Pops a value into the local of the instruction; where it was just computed, its instruction writes the local itself. */
  private setLocal(): number {
    const { code, operands, reader } = this;
    const place = 2 * slotOf(this.locals.runOf(reader.index) as LocalsRun, reader.index);
    const justComputed = code.length === this.resultEnd && code[this.resultAt] === operands.homeAt(operands.height - 1);
    const { place: from, constant, home, type } = operands.pop();
    if (justComputed && from === home && !operands.names(place)) code[this.resultAt] = place;
    else {
      operands.settleLocal(place);
      if (from === CONSTANT) code.push(OP.const, place, constant);
      else if (type === 'v128' && from !== place) code.push(OP['copy words'], place, from, 4);
      else if (from !== place) code.push(OP.copy, place, from);
    }
    return place;
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
}
