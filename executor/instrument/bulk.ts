// plumbing: bulk memory instructions, and all on tables: rare, so that all of it goes through a few general steps
import { InvalidModule } from './bytes.js';
import { FUNCREF, I32, I64 } from './decode.js';
import type { BodyEmitter } from './emitter.js';
import { TrapCode } from './layout.js';
import { Kind, type Operation } from './opcodes.js';

/** Charges the size operand on top of the operand stack and makes the counter visible. */
function chargeSize(code: BodyEmitter, operation: Operation, wide: boolean): void {
  const { out, context } = code;
  if (!context.passes.dynamicCharge(operation.mnemonic)) return;
  const size = code.temporary(wide ? I64 : I32);
  code.set(size);
  code.get(size);
  if (!wide) out.byte(0xad);
  code.get(code.counterLocal);
  code.call(context.indices.charge());
  out.op(0x22, code.counterLocal);
  out.op(0x24, context.indices.counter);
  code.get(size);
}

/** Rewrites a bulk instruction, or one on tables, that was just read. */
export function bulk(code: BodyEmitter, operation: Operation, before: number): void {
  const { reader, operands, out, context } = code;
  const { module, indices } = context;
  const memory = () => {
    if (reader.byte() !== 0) throw new InvalidModule('unknown memory');
  };
  switch (operation.kind) {
    case Kind.MemoryFill:
    case Kind.MemoryCopy: {
      memory();
      if (operation.kind === Kind.MemoryCopy) memory();
      operands.take(3);
      code.flush(before);
      chargeSize(code, operation, code.wideMemory);
      if (context.tracking) code.replace(code.copied, 0x10, indices.tracked(operation.kind));
      return;
    }
    case Kind.MemoryInit: {
      const segment = dataIndex(code);
      memory();
      if (module.memory === undefined) throw new InvalidModule('unknown memory');
      operands.take(3);
      code.flush(before);
      chargeSize(code, operation, false);
      const replacement = indices.memoryInit(segment);
      if (replacement !== undefined) code.replace(code.copied, 0x10, replacement);
      return;
    }
    case Kind.DataDrop:
      drop(code, before, indices.droppedData[dataIndex(code)]);
      return;
    case Kind.ElemDrop:
      drop(code, before, indices.droppedElements[elementIndex(code)]);
      return;
    case Kind.TableGet:
    case Kind.TableSize: {
      const { wide } = code.table(reader.u32());
      if (operation.kind === Kind.TableGet) operands.fixed(1, 1);
      else operands.push(1);
      code.flush(before);
      if (operation.kind === Kind.TableGet) {
        if (wide) code.narrow();
        guard(code, TrapCode.tableAccess);
        code.flush(reader.position);
        guard(code, TrapCode.none);
      } else if (wide) {
        code.flush(reader.position);
        out.byte(0xad);
      }
      return;
    }
    default:
      tableOperation(code, operation, before);
  }
}

/** Notes in the trap global what kind of table access comes, because V8 has one message for several. */
function guard(code: BodyEmitter, trapCode: number): void {
  code.out.put(0x41, trapCode);
  code.out.op(0x24, code.context.indices.trap);
}

function drop(code: BodyEmitter, before: number, flag: number | undefined): void {
  code.flush(before);
  code.copied = code.reader.position;
  if (flag === undefined) return;
  code.out.put(0x41, 0x01);
  code.out.op(0x24, flag);
}

/** Makes 32-bit indices of the 64-bit operands on top of the operand stack, given from the top, and keeps the others. */
function narrowOperands(
  code: BodyEmitter,
  operands: readonly { readonly type: number; readonly wide: boolean }[],
): void {
  if (!operands.some(({ wide }) => wide)) return;
  const kept = operands.map(({ type, wide }, i) => {
    if (wide) code.narrow();
    const local = code.temporary(type, i);
    code.set(local);
    return local;
  });
  for (const local of kept.reverse()) code.get(local);
}

/** Instructions that change tables, and table.grow. */
function tableOperation(code: BodyEmitter, operation: Operation, before: number): void {
  const { reader, operands, out, context } = code;
  code.facts.mutatesTables = true;
  const index = (wide: boolean) => ({ type: I32, wide });
  const element = (table: number) => ({ type: context.module.tables[table]?.element ?? FUNCREF, wide: false });
  switch (operation.kind) {
    case Kind.TableSet: {
      const table = reader.u32();
      const { wide } = code.table(table);
      operands.take(2);
      code.flush(before);
      narrowOperands(code, [element(table), index(wide)]);
      break;
    }
    case Kind.TableGrow: {
      const { wide } = code.table(reader.u32());
      operands.fixed(2, 1);
      code.flush(before);
      if (wide) code.narrow();
      code.flush(reader.position);
      if (wide) out.byte(0xac);
      return;
    }
    case Kind.TableFill: {
      const table = reader.u32();
      const { wide } = code.table(table);
      operands.take(3);
      code.flush(before);
      chargeSize(code, operation, wide);
      narrowOperands(code, [index(wide), element(table), index(wide)]);
      break;
    }
    case Kind.TableCopy: {
      const to = code.table(reader.u32()).wide;
      const from = code.table(reader.u32()).wide;
      operands.take(3);
      code.flush(before);
      chargeSize(code, operation, to && from);
      narrowOperands(code, [index(to && from), index(from), index(to)]);
      break;
    }
    case Kind.TableInit: {
      const segment = elementIndex(code);
      const table = reader.u32();
      const { wide } = code.table(table);
      operands.take(3);
      code.flush(before);
      chargeSize(code, operation, false);
      narrowOperands(code, [index(false), index(false), index(wide)]);
      guard(code, TrapCode.tableAccess);
      const replacement = context.indices.tableInit(segment, table);
      if (replacement !== undefined) code.replace(code.copied, 0x10, replacement);
      code.flush(reader.position);
      guard(code, TrapCode.none);
      return;
    }
    default:
      throw new Error(`no rule for ${operation.mnemonic}`);
  }
  guard(code, TrapCode.tableAccess);
  code.flush(reader.position);
  guard(code, TrapCode.none);
}

function dataIndex(code: BodyEmitter): number {
  const index = code.reader.u32();
  const { dataCount } = code.context.module;
  if (dataCount === undefined) throw new InvalidModule('data count section required');
  if (index >= dataCount) throw new InvalidModule(`unknown data segment ${index}`);
  return index;
}

function elementIndex(code: BodyEmitter): number {
  const index = code.reader.u32();
  if (index >= code.context.module.elements.length) throw new InvalidModule(`unknown element segment ${index}`);
  return index;
}
