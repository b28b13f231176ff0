// table: what the instrumenter asks of every instruction, derived from the instruction table by opcode
import { INSTRUCTIONS, type Instruction, type Mnemonic, type OperandType } from '../../spec/wasm/instructions.js';
import { PRODUCTION_WEIGHTS, weightOf } from '../../spec/profiles/weights.js';
import { VALUE_TYPE_CODES, type AddressType } from '../../spec/wasm/types.js';

/** How the instrumenter treats an instruction. */
export const enum Kind {
  Unknown,
  /** Fixed operands; nothing but weight, NaN and publication matter. */
  Plain,
  Unreachable,
  Block,
  Loop,
  If,
  Else,
  End,
  Br,
  BrIf,
  BrTable,
  Return,
  Call,
  CallIndirect,
  Drop,
  Select,
  SelectTyped,
  LocalGet,
  LocalSet,
  LocalTee,
  GlobalGet,
  GlobalSet,
  TableGet,
  TableSet,
  MemorySize,
  MemoryGrow,
  RefNull,
  RefIsNull,
  RefFunc,
  MemoryInit,
  DataDrop,
  MemoryCopy,
  MemoryFill,
  TableInit,
  ElemDrop,
  TableCopy,
  TableGrow,
  TableSize,
  TableFill,
}

/** Whose NaNs come out of an instruction with arbitrary bits: none, or values of this shape. */
export const enum Nan {
  None,
  F32,
  F64,
  F32x4,
  F64x2,
}

/** How to pass over the immediates of a Plain instruction: as many bytes, or as the name says. */
export const enum Skip {
  MemoryOperand = -1,
  MemoryOperandAndLane = -2,
  Number = -3,
  Nothing = 0,
}

const SKIPS: Partial<Record<string, number>> = {
  memarg: Skip.MemoryOperand,
  'memarg,lane': Skip.MemoryOperandAndLane,
  i32: Skip.Number,
  i64: Skip.Number,
  f32: 4,
  f64: 8,
  v128: 16,
  lanes: 16,
  lane: 1,
};

export interface Operation {
  readonly mnemonic: Mnemonic;
  readonly kind: Kind;
  /** What follows the opcode; for Plain only. */
  readonly skip: Skip;
  /** Instructions that it counts as, by the width of the module's addresses. */
  readonly weight: Readonly<Record<AddressType, number>>;
  /** Operands taken; for Plain only. */
  readonly pops: number;
  /** Slots of the result: 0 (none), 1, 2 (v128); for Plain only. */
  readonly pushes: 0 | 1 | 2;
  /** Type of the operand on top of the operand stack, as a value type's code; of a store that is what is stored. */
  readonly top: number;
  readonly nan: Nan;
  /** Whether it loads from or stores to the memory at a memory operand. */
  readonly access: 'none' | 'load' | 'store';
  /** Whether V8 itself may trap in it. */
  readonly traps: boolean;
  /** A NaN operand with any payload gives the same result as the canonical NaN, up to payload of a result that is made canonical itself. */
  readonly takesAnyNan: boolean;
  /** Its result is a floating-point number; a NaN only if it is a constant. */
  readonly givesNumber: boolean;
}

const KINDS: Partial<Record<Mnemonic, Kind>> = {
  unreachable: Kind.Unreachable,
  block: Kind.Block,
  loop: Kind.Loop,
  if: Kind.If,
  else: Kind.Else,
  end: Kind.End,
  br: Kind.Br,
  br_if: Kind.BrIf,
  br_table: Kind.BrTable,
  return: Kind.Return,
  call: Kind.Call,
  call_indirect: Kind.CallIndirect,
  drop: Kind.Drop,
  select: Kind.Select,
  'select t': Kind.SelectTyped,
  'local.get': Kind.LocalGet,
  'local.set': Kind.LocalSet,
  'local.tee': Kind.LocalTee,
  'global.get': Kind.GlobalGet,
  'global.set': Kind.GlobalSet,
  'table.get': Kind.TableGet,
  'table.set': Kind.TableSet,
  'memory.size': Kind.MemorySize,
  'memory.grow': Kind.MemoryGrow,
  'ref.null': Kind.RefNull,
  'ref.is_null': Kind.RefIsNull,
  'ref.func': Kind.RefFunc,
  'memory.init': Kind.MemoryInit,
  'data.drop': Kind.DataDrop,
  'memory.copy': Kind.MemoryCopy,
  'memory.fill': Kind.MemoryFill,
  'table.init': Kind.TableInit,
  'elem.drop': Kind.ElemDrop,
  'table.copy': Kind.TableCopy,
  'table.grow': Kind.TableGrow,
  'table.size': Kind.TableSize,
  'table.fill': Kind.TableFill,
};

const SHAPES: readonly (readonly [prefix: string, nan: Nan])[] = [
  ['f32x4.', Nan.F32x4],
  ['f64x2.', Nan.F64x2],
  ['f32.', Nan.F32],
  ['f64.', Nan.F64],
];
const NAN_MAKING = new Set([
  'add',
  'sub',
  'mul',
  'div',
  'sqrt',
  'min',
  'max',
  'ceil',
  'floor',
  'trunc',
  'nearest',
  'demote_f64',
  'promote_f32',
  'demote_f64x2_zero',
  'promote_low_f32x4',
]);
const COMPARING = new Set(['eq', 'ne', 'lt', 'gt', 'le', 'ge']);

function nanOf(mnemonic: string): Nan {
  const shape = SHAPES.find(([prefix]) => mnemonic.startsWith(prefix));
  if (shape === undefined) return Nan.None;
  return NAN_MAKING.has(mnemonic.slice(shape[0].length)) ? shape[1] : Nan.None;
}

function takesAnyNan(mnemonic: string): boolean {
  if (nanOf(mnemonic) !== Nan.None || mnemonic === 'drop') return true;
  if (/trunc_(sat_)?f/.test(mnemonic)) return true;
  const shape = SHAPES.find(([prefix]) => mnemonic.startsWith(prefix));
  return shape !== undefined && COMPARING.has(mnemonic.slice(shape[0].length));
}

function canTrap(row: Instruction): boolean {
  if (row.accessBytes !== undefined) return true;
  return /^i\d\d\.(div|rem|trunc_f)|^call_indirect$|^unreachable$|^table\.(get|set|init|copy|fill)$|^memory\.(init|copy|fill)$/.test(
    row.mnemonic,
  );
}

const slots = (type: OperandType): 1 | 2 => (type === 'v128' ? 2 : 1);

function topOf(typing: Instruction['typing']): number {
  const top = typing.kind === 'fixed' ? typing.params[typing.params.length - 1] : undefined;
  return (top !== undefined && (VALUE_TYPE_CODES as Partial<Record<string, number>>)[top]) || 0;
}

function operationOf(row: Instruction<Mnemonic>): Operation {
  const { typing } = row;
  const result = typing.kind === 'fixed' ? typing.results[0] : undefined;
  return {
    mnemonic: row.mnemonic,
    kind: KINDS[row.mnemonic] ?? Kind.Plain,
    skip: SKIPS[row.immediates.join()] ?? Skip.Nothing,
    weight: {
      i32: weightOf(PRODUCTION_WEIGHTS, row.mnemonic, 'i32'),
      i64: weightOf(PRODUCTION_WEIGHTS, row.mnemonic, 'i64'),
    },
    pops: typing.kind === 'fixed' ? typing.params.length : 0,
    pushes: result === undefined ? 0 : slots(result),
    top: topOf(typing),
    nan: nanOf(row.mnemonic),
    access:
      row.accessBytes === undefined
        ? 'none'
        : typing.kind === 'fixed' && typing.results.length === 0
          ? 'store'
          : 'load',
    traps: canTrap(row),
    takesAnyNan: takesAnyNan(row.mnemonic),
    givesNumber: /^f\d\d\.(convert_i|const$)/.test(row.mnemonic),
  };
}

/** Operations by opcode, and behind the prefixes 0xfc and 0xfd by sub-opcode; a hole is an unknown instruction. */
export const OPERATIONS: {
  readonly single: readonly (Operation | undefined)[];
  readonly fc: readonly (Operation | undefined)[];
  readonly fd: readonly (Operation | undefined)[];
} = (() => {
  const single: (Operation | undefined)[] = new Array<undefined>(256).fill(undefined);
  const fc: (Operation | undefined)[] = new Array<undefined>(18).fill(undefined);
  const fd: (Operation | undefined)[] = new Array<undefined>(256).fill(undefined);
  for (const row of INSTRUCTIONS as readonly Instruction<Mnemonic>[]) {
    const table = row.opcode === 0xfc ? fc : row.opcode === 0xfd ? fd : single;
    table[row.sub ?? row.opcode] = operationOf(row);
  }
  return { single, fc, fd };
})();
