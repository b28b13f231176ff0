// plumbing: rewrites the body of one function in a single pass: charges, stack budget, canonical NaNs, publication of the counter
import { bulk } from './bulk.js';
import { InvalidModule, type Writer } from './bytes.js';
import { canonicalize, canonicalizeRead, isNanConstant, noteWrite } from './canonical-nan.js';
import { EXTERNREF, FUNCREF, I32, V128, valueType, type FunctionType } from './decode.js';
import { BodyEmitter } from './emitter.js';
import { testBody } from './host-limits.js';
import { TrapCode } from './layout.js';
import { Kind, Nan, Skip, type Operation } from './opcodes.js';
import { subtractShift, trackAccess } from './tracking.js';

/** The counter and the slots that are left come after the canister's own parameters. */
const OWN_PARAMETERS = 2;

type ControlKind =
  | Kind.Unreachable
  | Kind.Block
  | Kind.Loop
  | Kind.If
  | Kind.Else
  | Kind.End
  | Kind.Br
  | Kind.BrIf
  | Kind.BrTable
  | Kind.Return;

/** So many locals of a type, declared together. */
interface LocalGroup {
  readonly count: number;
  readonly type: number;
}

const MAX_LOCALS = 50_000;
const NOTHING: FunctionType = { params: [], results: [] };

/** Rewrites one body after the other. */
export class BodyRewriter extends BodyEmitter {
  private parameters = 0;
  /** The instruction before, unless it is one that cannot be said to have put on the operand stack what is on top. */
  private source: Operation | undefined;

  /**
   * Appends the new body (locals and code, without its size) to the writer.
   * @param typeIndex the function's type as the canister declared it
   * @throws InvalidModule where something is wrong that V8 would not see in the new body
   * @throws HostLimit
   */
  rewrite(typeIndex: number, start: number, end: number, head: Writer): void {
    const { reader, out } = this;
    const type = this.context.module.types[typeIndex] as FunctionType;
    reader.end = end;
    this.parameters = type.params.length;
    this.counterLocal = this.parameters;
    this.slotsLocal = this.parameters + 1;
    this.lateNans.begin(this.parameters);
    const from = out.length;
    let groups;
    do {
      out.length = from;
      reader.position = start;
      groups = this.body(type);
    } while (this.lateNans.again());
    this.writeLocals(groups, head);
    const locals = this.localTypes.length + OWN_PARAMETERS + this.temporaries.length;
    testBody(locals, head.length + out.length - from);
  }

  /** Appends the new code. @returns the groups of locals that the body declares */
  private body(type: FunctionType): readonly LocalGroup[] {
    const { reader, out, operands } = this;
    const { end } = reader;
    this.localTypes = [...type.params];
    this.temporaries = [];
    this.source = undefined;
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
    this.trapWith(TrapCode.limit);

    const slots = this.context.passes.stackSlots(
      slotsOf(type.params),
      slotsOf(this.localTypes) - slotsOf(type.params),
      operands.highest,
    );
    out.patch5(stackAt, slots);
    return groups;
  }

  /** Reads the local declarations. */
  private locals(): LocalGroup[] {
    const groups: LocalGroup[] = [];
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

  private writeLocals(groups: readonly LocalGroup[], head: Writer): void {
    head.u32(groups.length + this.temporaries.length);
    for (const { count, type } of groups) {
      head.u32(count);
      head.byte(type);
    }
    for (const key of this.temporaries) head.put(1, key % 256);
  }

  /** Takes the activation's slots. @returns where the number is to be patched in */
  private prologue(): number {
    const { out, slotsLocal } = this;
    out.op(0x20, slotsLocal);
    out.byte(0x41);
    const at = out.reserve5();
    out.byte(0x6b);
    out.op(0x22, slotsLocal);
    out.put(0x41, 0x00, 0x48, 0x04, 0x40);
    this.trapWith(TrapCode.stack);
    return at;
  }

  /** Publishes the counter and traps, at the end of a block. */
  private trapWith(code: number): void {
    const { out } = this;
    out.op(0x20, this.counterLocal);
    out.op(0x41, code);
    out.op(0x10, this.context.indices.trapWith);
    out.put(0x00, 0x0b);
  }

  private instruction(): void {
    const { reader, context } = this;
    const before = reader.position;
    const operation = this.operation();
    const { kind, skip, pops, pushes } = operation;
    if (context.refused.has(operation.mnemonic))
      throw new InvalidModule(`instruction ${operation.mnemonic} is not allowed`);
    this.weight += operation.weight[context.address];
    if (operation.traps && !this.published) this.publish(operation, before);
    if (kind === Kind.Plain) {
      if (operation.access !== 'none' && context.tracking) trackAccess(this, operation, before);
      else if (skip === Skip.Number) reader.skipNumber();
      else if (skip !== Skip.Nothing) this.immediates(skip);
      if (pops > 0) this.operands.take(pops);
      if (pushes !== 0) this.operands.push(pushes);
      if (operation.nan !== Nan.None) canonicalize(this, operation);
      this.source = operation.givesNumber && isNanConstant(reader, operation) ? undefined : operation;
      return;
    }
    if (kind === Kind.LocalGet || kind === Kind.LocalSet || kind === Kind.LocalTee) this.local(kind, before);
    else this.special(operation, before);
    this.source = undefined;
  }

  private special(operation: Operation, before: number): void {
    const { reader, operands, context } = this;
    switch (operation.kind) {
      case Kind.Unreachable:
      case Kind.Block:
      case Kind.Loop:
      case Kind.If:
      case Kind.Else:
      case Kind.End:
      case Kind.Br:
      case Kind.BrIf:
      case Kind.BrTable:
      case Kind.Return:
        this.control(operation, operation.kind, before);
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
        this.replace(before, 0xd2, context.indices.functionOf(index));
        return;
      }
      case Kind.MemorySize:
        if (reader.byte() !== 0) throw new InvalidModule('unknown memory');
        operands.push(1);
        if (context.tracking) subtractShift(this);
        return;
      case Kind.MemoryGrow:
        if (reader.byte() !== 0) throw new InvalidModule('unknown memory');
        operands.fixed(1, 1);
        this.facts.growsMemory = true;
        if (context.module.memory === undefined) throw new InvalidModule('unknown memory');
        this.replace(before, 0x10, context.indices.memoryGrow());
        return;
      default:
        bulk(this, operation, before);
    }
  }

  /** Structured control, and what leaves it: after each of these but `block` begins what is charged together next. */
  private control(operation: Operation, kind: ControlKind, before: number): void {
    const { reader, operands } = this;
    switch (kind) {
      case Kind.Unreachable:
        operands.unreachable();
        this.nextBlock(operation);
        return;
      case Kind.Block:
      case Kind.Loop:
      case Kind.If:
        if (kind === Kind.If) operands.pop();
        operands.open(this.readBlockType(), kind === Kind.Loop);
        if (kind !== Kind.Block) this.nextBlock(operation);
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
    }
  }

  private readBlockType(): FunctionType {
    const { reader } = this;
    const at = reader.position;
    if (reader.bytes[at] === 0x40 && at < reader.end) {
      reader.position++;
      return NOTHING;
    }
    const code = reader.signed(33);
    if (code >= 0n) {
      const type = this.context.module.types[Number(code)];
      if (type === undefined) throw new InvalidModule(`unknown type ${code}`);
      return type;
    }
    if (reader.position !== at + 1) throw new InvalidModule('malformed block type');
    const byte = Number(code & 0x7fn);
    return { params: [], results: [valueType(byte)] };
  }

  private local(kind: Kind, before: number): void {
    const index = this.reader.u32();
    const type = this.localTypes[index];
    if (type === undefined) throw new InvalidModule(`unknown local ${index}`);
    const slots = type === V128 ? 2 : 1;
    if (kind === Kind.LocalGet) this.operands.push(slots);
    else if (kind === Kind.LocalSet) this.operands.pop();
    else this.operands.fixed(1, slots);
    if (kind !== Kind.LocalGet) noteWrite(this, index, this.source);
    if (index >= this.parameters)
      this.replace(
        before,
        kind === Kind.LocalGet ? 0x20 : kind === Kind.LocalSet ? 0x21 : 0x22,
        index + OWN_PARAMETERS,
      );
    if (kind === Kind.LocalGet) canonicalizeRead(this, index);
  }

  private functionType(index: number): FunctionType {
    const type = this.context.module.types[this.context.module.functions[index] ?? -1];
    if (type === undefined) throw new InvalidModule(`unknown function ${index}`);
    return type;
  }

  /** Imports get and return the counter only, and a result that nobody reads; functions get the stack slots as well. */
  private callFunction(before: number): void {
    const { out, context, counterLocal } = this;
    const index = this.reader.u32();
    const type = this.functionType(index);
    this.flush(before);
    out.op(0x20, counterLocal);
    if (index < context.module.imports.length) {
      out.op(0x10, index);
      out.byte(0x1a);
    } else {
      out.op(0x20, this.slotsLocal);
      out.op(0x10, context.indices.functionOf(index));
    }
    out.op(0x21, counterLocal);
    this.copied = this.reader.position;
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
    out.op(0x11, context.indices.layout.instrumentedType(typeIndex));
    out.u32(table);
    this.copied = reader.position;
    this.set(this.counterLocal);
    this.published = false;
    this.operands.call(type);
  }
}

function slotsOf(types: readonly number[]): number {
  let slots = 0;
  for (const type of types) slots += type === V128 ? 2 : 1;
  return slots;
}
