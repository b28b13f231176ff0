// spec-shaped: instructions and function bodies — WebAssembly "Validation: Instructions"

import { Crash } from '../../../spec/vocabulary/engine.js';
import type { Immediate, Mnemonic, OperandType } from '../../../spec/wasm/instructions.js';
import type { AddressType, FuncType, ValueType } from '../../../spec/wasm/types.js';
import { ROWS, type BlockType, type InstructionReader, type Row } from '../binary/instructions.js';
import { Locals } from '../structure/locals.js';
import type { ByteRange, FunctionBody } from '../structure/module.js';
import type { ValidationContext } from './context.js';
import { isReference, type ValidationStack } from './stack.js';

/** Immediates without a side condition, and that no type depends on. */
const CONSTANTS: ReadonlySet<Immediate> = new Set(['i32', 'i64', 'f32', 'f64', 'v128'] as const);

/** The types of the instructions of which the instruction table says everything: most of them. */
const PLAIN = new Map<Row, FuncType>();
for (const row of ROWS)
  if (row.typing.kind === 'fixed' && row.immediates.every((kind) => CONSTANTS.has(kind)))
    PLAIN.set(row, row.typing as FuncType);

/**
 * Validates one function body.
 * @throws WasmValidationError at the instruction
 */
export function validateBody(context: ValidationContext, body: FunctionBody): void {
  const type = context.type(body.typeIndex);
  new BodyValidator(context, type, new Locals(type, body.locals)).run(body.code);
}

class BodyValidator {
  private readonly stack: ValidationStack;
  private readonly reader: InstructionReader;

  constructor(
    private readonly context: ValidationContext,
    private readonly type: FuncType,
    private readonly locals: Locals,
  ) {
    this.stack = context.stack;
    this.reader = context.reader;
  }

  run(code: ByteRange): void {
    const { stack, reader, context } = this;
    reader.enter(code);
    stack.enter('function', [], this.type.results);
    while (stack.depth > 0) {
      const row = reader.next();
      context.offset = reader.start;
      const plain = PLAIN.get(row);
      if (plain !== undefined) stack.apply(plain.params, plain.results);
      else if (row.typing.kind === 'special') this.special(row.mnemonic);
      else this.dependent(row, row.typing.params, row.typing.results);
    }
  }

  /** An instruction whose operands stand in its row of the table, where they may depend on its immediates. */
  private dependent(row: Row, params: readonly OperandType[], results: readonly OperandType[]): void {
    this.immediates(row);
    for (let i = params.length - 1; i >= 0; i--) this.stack.popExpecting(this.operandType(params[i] as OperandType));
    for (const result of results) this.stack.push(this.operandType(result));
  }

  private operandType(type: OperandType): ValueType {
    switch (type) {
      case 'memory address':
        return this.context.memory(0).limits.addressType;
      case 'table address':
        return this.context.table(this.reader.index).limits.addressType;
      case 'table element':
        return this.context.table(this.reader.index).element;
      default:
        return type;
    }
  }

  /** The side conditions on immediates that do not depend on the stack. */
  private immediates(row: Row): void {
    const { reader, context } = this;
    for (const kind of row.immediates) {
      if (kind === 'memarg') {
        const memory = context.memory(0);
        if (2 ** reader.align > (row.accessBytes as number)) context.fail('alignment must not be larger than natural');
        if (memory.limits.addressType === 'i32' && reader.memoryOffsetHigh !== 0) context.fail('offset out of range');
      } else if (kind === 'lane') {
        if (reader.lane >= (row.lanes as number)) context.fail('invalid lane index');
      } else if (kind === 'lanes') {
        const lanes = new Uint8Array(reader.words.buffer, 0, 16);
        if (lanes.some((lane) => lane >= 32)) context.fail('invalid lane index');
      } else if (kind === 'memory') context.memory(0);
      else if (kind === 'table') context.table(reader.index);
      else if (kind === 'data') context.dataSegment(reader.index);
      else if (kind === 'element') context.elementType(reader.index);
    }
  }

  private blockType(type: BlockType): FuncType {
    if (type === undefined) return { params: [], results: [] };
    return typeof type === 'number' ? this.context.type(type) : { params: [], results: [type] };
  }

  private local(): ValueType {
    const { index } = this.reader;
    return this.locals.runOf(index)?.type ?? this.context.fail(`unknown local ${index}`);
  }

  private special(mnemonic: Mnemonic): void {
    const { reader, context, stack } = this;
    switch (mnemonic) {
      // Variables
      case 'local.get':
        return stack.push(this.local());
      case 'local.set':
        stack.popExpecting(this.local());
        return;
      case 'local.tee': {
        const type = this.local();
        stack.popExpecting(type);
        return stack.push(type);
      }
      case 'global.get':
        return stack.push(context.global(reader.index).valueType);
      case 'global.set': {
        const global = context.global(reader.index);
        if (!global.mutable) context.fail('immutable global');
        stack.popExpecting(global.valueType);
        return;
      }
      // Calls
      case 'call': {
        const { params, results } = context.functionType(reader.index);
        return stack.apply(params, results);
      }
      case 'call_indirect': {
        const table = context.table(reader.index2);
        if (table.element !== 'funcref') context.fail('type mismatch: call_indirect needs a table of functions');
        stack.popExpecting(table.limits.addressType);
        const { params, results } = context.type(reader.index);
        return stack.apply(params, results);
      }
      // Blocks
      case 'end':
        return this.end();
      case 'block':
      case 'loop':
      case 'if': {
        const { params, results } = this.blockType(reader.blockType);
        if (mnemonic === 'if') stack.popExpecting('i32');
        stack.popAll(params);
        return stack.enter(mnemonic, params, results);
      }
      case 'else': {
        const frame = stack.leave();
        return stack.enter('else', frame.params, frame.results);
      }
      // Parametric
      case 'drop':
        stack.pop();
        return;
      case 'select': {
        stack.popExpecting('i32');
        const second = stack.pop();
        const first = stack.popExpecting(second);
        if (isReference(first) || isReference(second))
          context.fail('type mismatch: select without a type takes no references');
        return stack.push(first === 'unknown' ? second : first);
      }
      case 'select t': {
        if (reader.valueTypes.length !== 1) context.fail('invalid result arity');
        const [type] = reader.valueTypes as [ValueType];
        stack.popExpecting('i32');
        stack.popExpecting(type);
        stack.popExpecting(type);
        return stack.push(type);
      }
      // Branches
      case 'unreachable':
        return stack.unreachable();
      case 'br':
        stack.popAll(stack.labelTypes(reader.index));
        return stack.unreachable();
      case 'br_if': {
        stack.popExpecting('i32');
        const types = stack.labelTypes(reader.index);
        return stack.apply(types, types);
      }
      case 'br_table':
        return this.branchTable();
      case 'return':
        stack.popAll(this.type.results);
        return stack.unreachable();
      // References
      case 'ref.null':
        return stack.push(reader.referenceType);
      case 'ref.is_null': {
        const type = stack.pop();
        if (type !== 'unknown' && !isReference(type))
          context.fail(`type mismatch: expected a reference, found ${type}`);
        return stack.push('i32');
      }
      case 'ref.func':
        context.functionType(reader.index);
        if (!context.declaredFunctions.has(reader.index)) context.fail('undeclared function reference');
        return stack.push('funcref');
      // Bulk instructions over two index spaces
      case 'memory.copy': {
        const address = context.memory(0).limits.addressType;
        return void stack.popAll([address, address, address]);
      }
      case 'table.copy': {
        const to = context.table(reader.index);
        const from = context.table(reader.index2);
        if (to.element !== from.element) context.fail('type mismatch: table.copy between tables of different elements');
        const [at, bt] = [to.limits.addressType, from.limits.addressType];
        const size: AddressType = at === 'i64' && bt === 'i64' ? 'i64' : 'i32';
        return void stack.popAll([at, bt, size]);
      }
      case 'table.init': {
        const element = context.elementType(reader.index);
        const table = context.table(reader.index2);
        if (table.element !== element) context.fail('type mismatch: table.init from a segment of different elements');
        return void stack.popAll([table.limits.addressType, 'i32', 'i32']);
      }
      default:
        throw new Crash(`validation has no rule for ${mnemonic}`);
    }
  }

  private end(): void {
    const { context, reader, stack } = this;
    const frame = stack.leave();
    if (frame.opener === 'if') {
      // An `if` without `else` gives its parameters as results.
      const same =
        frame.params.length === frame.results.length && frame.params.every((type, i) => type === frame.results[i]);
      if (!same) context.fail('type mismatch: if without else must not change the stack');
    }
    if (stack.depth > 0) return stack.pushAll(frame.results);
    if (!reader.atEnd) context.fail('instructions after the end of the body');
  }

  private branchTable(): void {
    const { context, reader, stack } = this;
    stack.popExpecting('i32');
    const defaults = stack.labelTypes(reader.index);
    for (const label of reader.labels) {
      const types = stack.labelTypes(label);
      if (types.length !== defaults.length)
        context.fail('type mismatch: labels of br_table take different numbers of values');
      stack.pushAll(stack.popAll(types));
    }
    stack.popAll(defaults);
    stack.unreachable();
  }
}
