// plumbing: rewrites the body of one function in a single pass: charges, stack budget, canonical NaNs, publication of the counter
import { InvalidModule, type Reader, type Writer } from './bytes.js';
import {
  FUNCREF,
  I32,
  I64,
  F32,
  F64,
  V128,
  EXTERNREF,
  valueType,
  type DecodedModule,
  type FunctionType,
} from './decode.js';
import { TrapCode, type Indices } from './layout.js';
import { Kind, Nan, OPERATIONS, type Operation } from './opcodes.js';
import { Operands } from './operands.js';
import type { Instrumentation } from './passes.js';

const MAX_LOCALS = 50_000;
const CANONICAL_NAN: Readonly<Record<number, readonly number[]>> = {
  [Nan.F32]: [0x43, 0, 0, 0xc0, 0x7f],
  [Nan.F64]: [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
  [Nan.F32x4]: [0xfd, 0x0c, 0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f, 0, 0, 0xc0, 0x7f],
  [Nan.F64x2]: [0xfd, 0x0c, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f],
};
const NAN_TYPE: Readonly<Record<number, number>> = {
  [Nan.F32]: F32,
  [Nan.F64]: F64,
  [Nan.F32x4]: V128,
  [Nan.F64x2]: V128,
};
const NAN_EQUAL: Readonly<Record<number, readonly number[]>> = {
  [Nan.F32]: [0x5b],
  [Nan.F64]: [0x61],
  [Nan.F32x4]: [0xfd, 0x41],
  [Nan.F64x2]: [0xfd, 0x47],
};
/** How far to look for the operator that takes a value which may be a NaN. */
const LOOKAHEAD = 16;

export interface BodyContext {
  readonly module: DecodedModule;
  readonly indices: Indices;
  readonly passes: Instrumentation;
  readonly weightOf: (operation: Operation) => number;
  readonly refused: ReadonlySet<string>;
  readonly wideMemory: boolean;
}

/** What the module's code does, gathered from all bodies. */
export interface CodeFacts {
  readonly setsGlobal: Set<number>;
  mutatesTables: boolean;
  usesReferences: boolean;
  growsMemory: boolean;
}

/** The state of one rewriting; one object serves all bodies of a module. */
export class BodyRewriter {
  private readonly context: BodyContext;
  private readonly reader: Reader;
  private readonly out: Writer;
  private readonly facts: CodeFacts;
  private readonly operands = new Operands();
  private copied = 0;
  private localTypes: number[] = [];
  private parameters = 0;
  private counterLocal = 0;
  private slotsLocal = 0;
  private temporaries: number[] = [];
  private chargeAt = -1;
  private charge: (weight: number) => number = () => 0;
  private weight = 0;
  private published = false;

  constructor(context: BodyContext, reader: Reader, out: Writer, facts: CodeFacts) {
    this.context = context;
    this.reader = reader;
    this.out = out;
    this.facts = facts;
  }

  /**
   * Appends the new body (locals and code, without its size) to the writer.
   * @param typeIndex the function's type as the canister declared it
   * @throws InvalidModule where something is wrong that V8 would not see in the new body
   */
  rewrite(typeIndex: number, start: number, end: number, head: Writer): void {
    const { reader, out, operands } = this;
    const type = this.context.module.types[typeIndex] as FunctionType;
    reader.position = start;
    reader.end = end;
    this.localTypes = [...type.params];
    this.parameters = type.params.length;
    this.counterLocal = this.parameters;
    this.slotsLocal = this.parameters + 1;
    this.temporaries = [];
    const groups = this.locals();
    this.copied = reader.position;

    // The prologue's constants are patched when the body is known.
    const stackAt = this.prologue();
    // (block $limit (block $body (result …) …) counter return) counter, trap: tests branch to $limit, so that loops hold no calls.
    out.put(0x02, 0x40, 0x02);
    this.blockType(type.results);
    operands.enter(type);
    this.openBlock(this.context.passes.entryCharge, this.context.passes.entryTest);
    while (operands.depth > 0) this.instruction();
    if (reader.position !== end) throw new InvalidModule(`code after the end of a function at byte ${reader.position}`);
    this.flush(reader.position);
    this.get(this.counterLocal);
    out.put(0x0f, 0x0b);
    this.get(this.counterLocal);
    this.call(this.context.indices.trapLimit);
    out.put(0x00, 0x0b);

    const slots = this.context.passes.stackSlots(
      slotsOf(type.params),
      slotsOf(this.localTypes) - slotsOf(type.params),
      operands.highest,
    );
    out.patch5(stackAt, slots);
    this.writeLocals(groups, head);
  }

  /** Reads the local declarations. */
  private locals(): { count: number; type: number }[] {
    const groups: { count: number; type: number }[] = [];
    let total = 0;
    for (let left = this.reader.u32(); left > 0; left--) {
      const count = this.reader.u32();
      const type = valueType(this.reader.byte());
      total += count;
      if (total > MAX_LOCALS) throw new InvalidModule('too many locals');
      groups.push({ count, type });
      for (let i = 0; i < count; i++) this.localTypes.push(type);
    }
    return groups;
  }

  private writeLocals(groups: readonly { count: number; type: number }[], head: Writer): void {
    head.u32(groups.length + this.temporaries.length);
    for (const { count, type } of groups) {
      head.u32(count);
      head.byte(type);
    }
    for (const key of this.temporaries) head.put(1, key % 256);
  }

  /** Takes the activation's slots. @returns where the number is to be patched in */
  private prologue(): number {
    const { out } = this;
    this.get(this.slotsLocal);
    out.byte(0x41);
    const at = out.reserve5();
    out.put(0x6b, 0x22);
    out.u32(this.slotsLocal);
    out.put(0x41, 0x00, 0x48, 0x04, 0x40);
    this.get(this.counterLocal);
    this.call(this.context.indices.trapStack);
    out.put(0x00, 0x0b);
    return at;
  }

  // Emission

  private get(local: number): void {
    this.out.byte(0x20);
    this.out.u32(local);
  }

  private set(local: number): void {
    this.out.byte(0x21);
    this.out.u32(local);
  }

  private call(index: number): void {
    this.out.byte(0x10);
    this.out.u32(index);
  }

  /** Copies what was read and not replaced, up to a position. */
  private flush(position: number): void {
    this.out.copy(this.reader.bytes, this.copied, position);
    this.copied = position;
  }

  /** A local of ours; different ones of a type have different numbers. */
  private temporary(type: number, which = 0): number {
    const key = which * 256 + type;
    let index = this.temporaries.indexOf(key);
    if (index < 0) index = this.temporaries.push(key) - 1;
    return this.localTypes.length + 2 + index;
  }

  private blockType(results: readonly number[]): void {
    const [single] = results;
    if (results.length > 1) this.out.signed(BigInt(this.context.indices.layout.type([], results)));
    else this.out.byte(single ?? 0x40);
  }

  /** Begins a block of the metering: its charge is emitted here and its weight patched in when it closes. */
  private openBlock(charge: (weight: number) => number, test: boolean): void {
    const { out } = this;
    this.get(this.counterLocal);
    out.byte(0x42);
    this.chargeAt = out.reserve5();
    this.charge = charge;
    out.put(0x7d, test ? 0x22 : 0x21);
    out.u32(this.counterLocal);
    if (test) {
      out.put(0x42, 0x00, 0x53, 0x0d);
      out.u32(this.operands.depth);
    }
    this.weight = 0;
    this.published = false;
  }

  /** Ends the block with the operator that was just read. */
  private nextBlock(operation: Operation): void {
    const { passes } = this.context;
    this.out.patch5(this.chargeAt, this.charge(this.weight));
    this.flush(this.reader.position);
    if (this.operands.depth === 0) return;
    if (operation.kind === Kind.Loop) this.openBlock(passes.loopCharge, passes.loopTest);
    else this.openBlock(passes.blockCharge, false);
  }

  /** Makes the counter visible before something that may trap. */
  private publish(operation: Operation, before: number): void {
    if (this.published || !this.context.passes.publish(operation.mnemonic)) return;
    this.flush(before);
    this.get(this.counterLocal);
    this.out.byte(0x24);
    this.out.u32(this.context.indices.counter);
    this.published = true;
  }

  // Instructions

  private instruction(): void {
    const { reader } = this;
    const before = reader.position;
    const operation = this.operation();
    if (this.context.refused.has(operation.mnemonic))
      throw new InvalidModule(`instruction ${operation.mnemonic} is not allowed`);
    this.weight += this.context.weightOf(operation);
    if (operation.traps) this.publish(operation, before);
    if (operation.kind === Kind.Plain) {
      this.immediates(operation);
      this.operands.fixed(operation.pops, operation.pushes);
      if (operation.nan !== Nan.None) this.canonicalize(operation);
      return;
    }
    this.special(operation, before);
  }

  private operation(): Operation {
    const { reader } = this;
    const at = reader.position;
    const opcode = reader.byte();
    let operation: Operation | undefined;
    if (opcode === 0xfd) operation = OPERATIONS.fd[reader.u32()];
    else if (opcode === 0xfc) operation = OPERATIONS.fc[reader.u32()];
    else operation = OPERATIONS.single[opcode];
    if (operation === undefined) throw new InvalidModule(`unknown instruction 0x${opcode.toString(16)} at byte ${at}`);
    return operation;
  }

  /** Passes over the immediates of a Plain operation. */
  private immediates({ immediates }: Operation): void {
    const { reader } = this;
    for (const immediate of immediates) {
      switch (immediate) {
        case 'memarg': {
          const alignment = reader.u32();
          if (alignment >= 32) throw new InvalidModule(`malformed memory operand at byte ${reader.position}`);
          if (this.context.wideMemory) reader.u64();
          else reader.u32();
          break;
        }
        case 'i32':
          reader.skipSigned(32);
          break;
        case 'i64':
          reader.skipSigned(64);
          break;
        case 'f32':
          reader.skip(4);
          break;
        case 'f64':
          reader.skip(8);
          break;
        case 'v128':
        case 'lanes':
          reader.skip(16);
          break;
        case 'lane':
          reader.skip(1);
          break;
        case 'memory':
          if (reader.byte() !== 0) throw new InvalidModule('unknown memory');
          break;
        default:
          throw new Error(`immediate ${immediate} of an instruction with fixed operands`);
      }
    }
  }

  private special(operation: Operation, before: number): void {
    const { reader, operands, context } = this;
    switch (operation.kind) {
      case Kind.Unreachable:
        operands.unreachable();
        this.nextBlock(operation);
        return;
      case Kind.Block:
      case Kind.Loop:
      case Kind.If:
        if (operation.kind === Kind.If) operands.pop();
        operands.open(this.readBlockType(), operation.kind === Kind.Loop);
        if (operation.kind !== Kind.Block) this.nextBlock(operation);
        return;
      case Kind.Else:
        operands.otherwise();
        this.nextBlock(operation);
        return;
      case Kind.End:
        operands.close();
        this.nextBlock(operation);
        return;
      case Kind.Br:
        operands.branch(reader.u32());
        operands.unreachable();
        this.nextBlock(operation);
        return;
      case Kind.BrIf:
        operands.pop();
        operands.branchIf(reader.u32());
        this.nextBlock(operation);
        return;
      case Kind.BrTable:
        operands.pop();
        for (let left = reader.u32(); left > 0; left--) operands.branchIf(reader.u32());
        operands.branch(reader.u32());
        operands.unreachable();
        this.nextBlock(operation);
        return;
      case Kind.Return:
        operands.branch(operands.depth - 1);
        operands.unreachable();
        this.flush(before);
        this.get(this.counterLocal);
        this.nextBlock(operation);
        return;
      case Kind.Call:
        this.callFunction(before);
        return;
      case Kind.CallIndirect:
        this.callIndirect(before);
        return;
      case Kind.Drop:
        operands.pop();
        return;
      case Kind.Select:
        operands.select();
        return;
      case Kind.SelectTyped: {
        if (reader.u32() !== 1) throw new InvalidModule('invalid result arity of select');
        const type = valueType(reader.byte());
        operands.fixed(3, slotsOf([type]) as 1 | 2);
        return;
      }
      case Kind.LocalGet:
      case Kind.LocalSet:
      case Kind.LocalTee:
        this.local(operation.kind, before);
        return;
      case Kind.GlobalGet:
      case Kind.GlobalSet: {
        const index = reader.u32();
        const global = context.module.globals[index];
        if (global === undefined) throw new InvalidModule(`unknown global ${index}`);
        if (operation.kind === Kind.GlobalGet) operands.push(global.type === V128 ? 2 : 1);
        else {
          this.facts.setsGlobal.add(index);
          operands.pop();
        }
        return;
      }
      case Kind.RefNull: {
        const type = reader.byte();
        if (type !== FUNCREF && type !== EXTERNREF) throw new InvalidModule('unknown heap type');
        operands.push(1);
        return;
      }
      case Kind.RefIsNull:
        operands.fixed(1, 1);
        return;
      case Kind.RefFunc: {
        const index = reader.u32();
        if (!context.module.declared.has(index)) throw new InvalidModule(`undeclared function reference ${index}`);
        this.facts.usesReferences = true;
        operands.push(1);
        const shim = context.indices.shims[index];
        if (shim !== undefined) this.replace(before, 0xd2, shim);
        return;
      }
      case Kind.MemoryGrow:
        if (reader.byte() !== 0) throw new InvalidModule('unknown memory');
        operands.fixed(1, 1);
        this.facts.growsMemory = true;
        if (context.module.memory === undefined) throw new InvalidModule('unknown memory');
        this.replace(before, 0x10, context.indices.memoryGrow());
        return;
      default:
        this.bulk(operation, before);
    }
  }

  /** Writes an opcode with one index in place of the instruction that began at `before`. */
  private replace(before: number, opcode: number, index: number): void {
    this.flush(before);
    this.out.byte(opcode);
    this.out.u32(index);
    this.copied = this.reader.position;
  }

  private readBlockType(): FunctionType {
    const { reader } = this;
    const at = reader.position;
    const code = reader.signed(33);
    if (code >= 0n) {
      const type = this.context.module.types[Number(code)];
      if (type === undefined) throw new InvalidModule(`unknown type ${code}`);
      return type;
    }
    if (reader.position !== at + 1) throw new InvalidModule('malformed block type');
    const byte = Number(code & 0x7fn);
    return { params: [], results: byte === 0x40 ? [] : [valueType(byte)] };
  }

  private local(kind: Kind, before: number): void {
    const index = this.reader.u32();
    const type = this.localTypes[index];
    if (type === undefined) throw new InvalidModule(`unknown local ${index}`);
    const slots = type === V128 ? 2 : 1;
    if (kind === Kind.LocalGet) this.operands.push(slots);
    else if (kind === Kind.LocalSet) this.operands.pop();
    else this.operands.fixed(1, slots);
    if (index >= this.parameters)
      this.replace(before, kind === Kind.LocalGet ? 0x20 : kind === Kind.LocalSet ? 0x21 : 0x22, index + 2);
  }

  private functionType(index: number): FunctionType {
    const type = this.context.module.types[this.context.module.functions[index] ?? -1];
    if (type === undefined) throw new InvalidModule(`unknown function ${index}`);
    return type;
  }

  private callFunction(before: number): void {
    const index = this.reader.u32();
    const type = this.functionType(index);
    this.flush(before);
    this.get(this.counterLocal);
    this.get(this.slotsLocal);
    this.call(this.context.indices.shims[index] ?? index);
    this.copied = this.reader.position;
    this.set(this.counterLocal);
    this.published = false;
    this.operands.call(type);
  }

  private callIndirect(before: number): void {
    const { reader, out, context } = this;
    const typeIndex = reader.u32();
    const table = reader.u32();
    const type = context.module.types[typeIndex];
    if (type === undefined) throw new InvalidModule(`unknown type ${typeIndex}`);
    const { wide } = this.table(table);
    this.operands.pop();
    this.flush(before);
    if (wide) this.narrow();
    const index = this.temporary(I32);
    this.set(index);
    this.get(this.counterLocal);
    this.get(this.slotsLocal);
    this.get(index);
    out.byte(0x11);
    out.u32(context.indices.layout.instrumentedType(typeIndex));
    out.u32(table);
    this.copied = reader.position;
    this.set(this.counterLocal);
    this.published = false;
    this.operands.call(type);
  }

  private table(index: number): { readonly wide: boolean } {
    const table = this.context.module.tables[index];
    if (table === undefined) throw new InvalidModule(`unknown table ${index}`);
    return { wide: table.address === 'i64' };
  }

  /** i64 to i32, everything that does not fit to 2^32 - 1: no table is that large. */
  private narrow(): void {
    const wide = this.temporary(I64);
    this.out.byte(0x22);
    this.out.u32(wide);
    this.out.put(0x42, 0xff, 0xff, 0xff, 0xff, 0x0f);
    this.get(wide);
    this.out.put(0x42, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x54, 0x1b, 0xa7);
  }

  // Bulk memory and tables: rare, so that all of it goes through a few general steps.

  /** Charges the size operand on top of the operand stack and makes the counter visible. */
  private chargeSize(operation: Operation, wide: boolean): void {
    const { out, context } = this;
    if (!context.passes.dynamicCharge(operation.mnemonic)) return;
    const size = this.temporary(wide ? I64 : I32);
    this.set(size);
    this.get(size);
    if (!wide) out.byte(0xad);
    this.get(this.counterLocal);
    this.call(context.indices.charge);
    out.byte(0x22);
    out.u32(this.counterLocal);
    out.byte(0x24);
    out.u32(context.indices.counter);
    this.get(size);
  }

  private bulk(operation: Operation, before: number): void {
    const { reader, operands, out, context } = this;
    const { module, indices } = context;
    const memory = () => {
      if (reader.byte() !== 0) throw new InvalidModule('unknown memory');
    };
    switch (operation.kind) {
      case Kind.MemoryFill:
        memory();
        operands.take(3);
        this.flush(before);
        this.chargeSize(operation, context.wideMemory);
        return;
      case Kind.MemoryCopy:
        memory();
        memory();
        operands.take(3);
        this.flush(before);
        this.chargeSize(operation, context.wideMemory);
        return;
      case Kind.MemoryInit: {
        const segment = this.dataIndex();
        memory();
        if (module.memory === undefined) throw new InvalidModule('unknown memory');
        operands.take(3);
        this.flush(before);
        this.chargeSize(operation, false);
        const replacement = indices.memoryInit(segment);
        if (replacement !== undefined) this.replace(this.copied, 0x10, replacement);
        return;
      }
      case Kind.DataDrop:
        this.drop(before, indices.droppedData[this.dataIndex()]);
        return;
      case Kind.ElemDrop:
        this.drop(before, indices.droppedElements[this.elementIndex()]);
        return;
      case Kind.TableGet:
      case Kind.TableSize: {
        const { wide } = this.table(reader.u32());
        if (operation.kind === Kind.TableGet) operands.fixed(1, 1);
        else operands.push(1);
        this.flush(before);
        if (operation.kind === Kind.TableGet) {
          if (wide) this.narrow();
          this.guard(TrapCode.tableAccess);
          this.flush(reader.position);
          this.guard(TrapCode.none);
        } else if (wide) {
          this.flush(reader.position);
          out.byte(0xad);
        }
        return;
      }
      default:
        this.tableOperation(operation, before);
    }
  }

  /** Notes in the trap global what kind of table access comes, because V8 has one message for several. */
  private guard(code: number): void {
    this.out.put(0x41, code, 0x24);
    this.out.u32(this.context.indices.trap);
  }

  private drop(before: number, flag: number | undefined): void {
    this.flush(before);
    this.copied = this.reader.position;
    if (flag === undefined) return;
    this.out.put(0x41, 0x01, 0x24);
    this.out.u32(flag);
  }

  /** Makes 32-bit indices of the 64-bit operands on top of the operand stack, given from the top, and keeps the others. */
  private narrowOperands(operands: readonly { readonly type: number; readonly wide: boolean }[]): void {
    if (!operands.some(({ wide }) => wide)) return;
    const kept = operands.map(({ type, wide }, i) => {
      if (wide) this.narrow();
      const local = this.temporary(type, i);
      this.set(local);
      return local;
    });
    for (const local of kept.reverse()) this.get(local);
  }

  /** Instructions that change tables, and table.grow. */
  private tableOperation(operation: Operation, before: number): void {
    const { reader, operands, out, context } = this;
    this.facts.mutatesTables = true;
    const index = (wide: boolean) => ({ type: I32, wide });
    const element = (table: number) => ({ type: context.module.tables[table]?.element ?? FUNCREF, wide: false });
    switch (operation.kind) {
      case Kind.TableSet: {
        const table = reader.u32();
        const { wide } = this.table(table);
        operands.take(2);
        this.flush(before);
        this.narrowOperands([element(table), index(wide)]);
        break;
      }
      case Kind.TableGrow: {
        const { wide } = this.table(reader.u32());
        operands.fixed(2, 1);
        this.flush(before);
        if (wide) this.narrow();
        this.flush(reader.position);
        if (wide) out.byte(0xac);
        return;
      }
      case Kind.TableFill: {
        const table = reader.u32();
        const { wide } = this.table(table);
        operands.take(3);
        this.flush(before);
        this.chargeSize(operation, wide);
        this.narrowOperands([index(wide), element(table), index(wide)]);
        break;
      }
      case Kind.TableCopy: {
        const to = this.table(reader.u32()).wide;
        const from = this.table(reader.u32()).wide;
        operands.take(3);
        this.flush(before);
        this.chargeSize(operation, to && from);
        this.narrowOperands([index(to && from), index(from), index(to)]);
        break;
      }
      case Kind.TableInit: {
        const segment = this.elementIndex();
        const table = reader.u32();
        const { wide } = this.table(table);
        operands.take(3);
        this.flush(before);
        this.chargeSize(operation, false);
        this.narrowOperands([index(false), index(false), index(wide)]);
        this.guard(TrapCode.tableAccess);
        const replacement = context.indices.tableInit(segment, table);
        if (replacement !== undefined) this.replace(this.copied, 0x10, replacement);
        this.flush(reader.position);
        this.guard(TrapCode.none);
        return;
      }
      default:
        throw new Error(`no rule for ${operation.mnemonic}`);
    }
    this.guard(TrapCode.tableAccess);
    this.flush(reader.position);
    this.guard(TrapCode.none);
  }

  private dataIndex(): number {
    const index = this.reader.u32();
    const { dataCount } = this.context.module;
    if (dataCount === undefined) throw new InvalidModule('data count section required');
    if (index >= dataCount) throw new InvalidModule(`unknown data segment ${index}`);
    return index;
  }

  private elementIndex(): number {
    const index = this.reader.u32();
    if (index >= this.context.module.elements.length) throw new InvalidModule(`unknown element segment ${index}`);
    return index;
  }

  // Canonical NaNs

  private canonicalize(operation: Operation): void {
    const { out } = this;
    if (!this.context.passes.canonicalNan(operation.mnemonic)) return;
    if (this.consumerTakesAnyNan(operation.nan === Nan.F32x4 || operation.nan === Nan.F64x2)) return;
    this.flush(this.reader.position);
    const value = this.temporary(NAN_TYPE[operation.nan] as number);
    out.byte(0x22);
    out.u32(value);
    out.put(...(CANONICAL_NAN[operation.nan] as readonly number[]));
    this.get(value);
    this.get(value);
    out.put(...(NAN_EQUAL[operation.nan] as readonly number[]));
    if (operation.nan === Nan.F32 || operation.nan === Nan.F64) out.byte(0x1b);
    else out.put(0xfd, 0x52);
  }

  /** Whether the operator that will take the value on top of the operand stack treats all NaNs alike. */
  private consumerTakesAnyNan(vector: boolean): boolean {
    // A vector's consumer may see its bits in another shape, so vectors are made canonical at once.
    if (vector) return false;
    const { reader } = this;
    const at = reader.position;
    let above = 0;
    let answer = false;
    for (let i = 0; i < LOOKAHEAD && reader.position < reader.end; i++) {
      const operation = this.operation();
      if (operation.kind === Kind.LocalGet) {
        reader.u32();
        above++;
        continue;
      }
      if (operation.kind === Kind.Drop && above === 0) answer = true;
      if (operation.kind !== Kind.Plain) break;
      if (operation.pops > above) {
        answer = operation.takesAnyNan;
        break;
      }
      this.immediates(operation);
      above += (operation.pushes > 0 ? 1 : 0) - operation.pops;
    }
    reader.position = at;
    return answer;
  }
}

function slotsOf(types: readonly number[]): number {
  let slots = 0;
  for (const type of types) slots += type === V128 ? 2 : 1;
  return slots;
}
