// table: THE instruction table: every instruction of WebAssembly 2.0 with memory64 — WebAssembly 2.0, "Index of Instructions"
//
// Decoder, validator, interpreter, printer, generators, instrumenter and weights are derived from these rows. A row's
// weight key is its mnemonic: spec/profiles/weights.ts has one weight for each.

import type { Feature } from './features.js';
import type { ValueType } from './types.js';

/** What follows the opcode in the binary format, in that order. */
export type Immediate =
  | 'block type' // s33: 0x40, a value type, or a type index
  | 'label'
  | 'labels' // a vector of labels and the default label
  | 'function'
  | 'type'
  | 'table'
  | 'local'
  | 'global'
  | 'memory'
  | 'element'
  | 'data'
  | 'memarg' // alignment exponent u32, offset u32 or u64
  | 'i32' // signed LEB128
  | 'i64' // signed LEB128
  | 'f32' // 4 bytes, little endian
  | 'f64' // 8 bytes, little endian
  | 'v128' // 16 bytes
  | 'lane' // one byte, below `lanes`
  | 'lanes' // 16 bytes, each below 32
  | 'value types' // a vector of value types
  | 'heap type'; // 0x70 func, 0x6f extern

/**
 * The type of one operand: a value type, or a type that depends on an immediate of the instruction: the address type
 * of its memory or of its table, or the element type of its table.
 */
export type OperandType = ValueType | 'memory address' | 'table address' | 'table element';

/**
 * `fixed`: the operands and results stand in the row. `special`: the validator has a rule of its own (control, variables,
 * parametric instructions, references, and the copies between two memories or tables).
 */
export type Typing =
  | { readonly kind: 'fixed'; readonly params: readonly OperandType[]; readonly results: readonly OperandType[] }
  | { readonly kind: 'special' };

export interface Instruction<M extends string = string> {
  /** Unique. The text form is the part before the first space (`select t` is the typed form of `select`). */
  readonly mnemonic: M;
  /** First byte: the opcode, or the prefix 0xfc or 0xfd. */
  readonly opcode: number;
  /** The opcode after a prefix, an unsigned LEB128 number. */
  readonly sub?: number;
  readonly immediates: readonly Immediate[];
  readonly typing: Typing;
  readonly feature: Feature;
  /** Bytes of memory that a load or store touches; its natural alignment is the same number. */
  readonly accessBytes?: number;
  /** How many lanes a lane immediate can choose from. */
  readonly lanes?: number;
}

type Operands = readonly OperandType[];

const SPECIAL: Typing = { kind: 'special' };
const fixed = (params: Operands, results: Operands): Typing => ({ kind: 'fixed', params, results });

/** A row whose operands the validator has a rule for. */
const special = <M extends string>(
  opcode: number,
  mnemonic: M,
  immediates: readonly Immediate[] = [],
  feature: Feature = 'mvp',
): Instruction<M> => ({ mnemonic, opcode, immediates, typing: SPECIAL, feature });

/** A row with fixed operands and no immediates. */
const plain = <M extends string>(
  opcode: number,
  mnemonic: M,
  params: Operands,
  results: Operands,
  feature: Feature = 'mvp',
): Instruction<M> => ({ mnemonic, opcode, immediates: [], typing: fixed(params, results), feature });

const constant = <M extends string>(
  opcode: number,
  mnemonic: M,
  type: 'i32' | 'i64' | 'f32' | 'f64',
): Instruction<M> => ({
  mnemonic,
  opcode,
  immediates: [type],
  typing: fixed([], [type]),
  feature: 'mvp',
});

const load = <M extends string>(opcode: number, mnemonic: M, type: ValueType, accessBytes: number): Instruction<M> => ({
  mnemonic,
  opcode,
  immediates: ['memarg'],
  typing: fixed(['memory address'], [type]),
  feature: 'mvp',
  accessBytes,
});

const store = <M extends string>(
  opcode: number,
  mnemonic: M,
  type: ValueType,
  accessBytes: number,
): Instruction<M> => ({
  mnemonic,
  opcode,
  immediates: ['memarg'],
  typing: fixed(['memory address', type], []),
  feature: 'mvp',
  accessBytes,
});

/** A row behind the prefix 0xfc. */
const misc = <M extends string>(
  sub: number,
  mnemonic: M,
  immediates: readonly Immediate[],
  typing: Typing,
  feature: Feature,
): Instruction<M> => ({ mnemonic, opcode: 0xfc, sub, immediates, typing, feature });

/** A row behind the prefix 0xfd without memory access or lane. */
const simd = <M extends string>(
  sub: number,
  mnemonic: M,
  params: Operands,
  results: Operands,
  immediates: readonly Immediate[] = [],
): Instruction<M> => ({ mnemonic, opcode: 0xfd, sub, immediates, typing: fixed(params, results), feature: 'simd' });

const unary = <M extends string>(sub: number, mnemonic: M) => simd(sub, mnemonic, ['v128'], ['v128']);
const binary = <M extends string>(sub: number, mnemonic: M) => simd(sub, mnemonic, ['v128', 'v128'], ['v128']);
const shift = <M extends string>(sub: number, mnemonic: M) => simd(sub, mnemonic, ['v128', 'i32'], ['v128']);
const test = <M extends string>(sub: number, mnemonic: M) => simd(sub, mnemonic, ['v128'], ['i32']);
const splat = <M extends string>(sub: number, mnemonic: M, type: ValueType) => simd(sub, mnemonic, [type], ['v128']);

const extract = <M extends string>(sub: number, mnemonic: M, type: ValueType, lanes: number): Instruction<M> => ({
  ...simd(sub, mnemonic, ['v128'], [type], ['lane']),
  lanes,
});

const replace = <M extends string>(sub: number, mnemonic: M, type: ValueType, lanes: number): Instruction<M> => ({
  ...simd(sub, mnemonic, ['v128', type], ['v128'], ['lane']),
  lanes,
});

const simdLoad = <M extends string>(sub: number, mnemonic: M, accessBytes: number): Instruction<M> => ({
  ...simd(sub, mnemonic, ['memory address'], ['v128'], ['memarg']),
  accessBytes,
});

const loadLane = <M extends string>(sub: number, mnemonic: M, accessBytes: number): Instruction<M> => ({
  ...simd(sub, mnemonic, ['memory address', 'v128'], ['v128'], ['memarg', 'lane']),
  accessBytes,
  lanes: 16 / accessBytes,
});

const storeLane = <M extends string>(sub: number, mnemonic: M, accessBytes: number): Instruction<M> => ({
  ...simd(sub, mnemonic, ['memory address', 'v128'], [], ['memarg', 'lane']),
  accessBytes,
  lanes: 16 / accessBytes,
});

/** Every instruction, ordered by opcode. */
export const INSTRUCTIONS = [
  // Control
  special(0x00, 'unreachable'),
  plain(0x01, 'nop', [], []),
  special(0x02, 'block', ['block type']),
  special(0x03, 'loop', ['block type']),
  special(0x04, 'if', ['block type']),
  special(0x05, 'else'),
  special(0x0b, 'end'),
  special(0x0c, 'br', ['label']),
  special(0x0d, 'br_if', ['label']),
  special(0x0e, 'br_table', ['labels']),
  special(0x0f, 'return'),
  special(0x10, 'call', ['function']),
  special(0x11, 'call_indirect', ['type', 'table']),
  // Parametric
  special(0x1a, 'drop'),
  special(0x1b, 'select'),
  special(0x1c, 'select t', ['value types'], 'referenceTypes'),
  // Variables
  special(0x20, 'local.get', ['local']),
  special(0x21, 'local.set', ['local']),
  special(0x22, 'local.tee', ['local']),
  special(0x23, 'global.get', ['global']),
  special(0x24, 'global.set', ['global']),
  // Tables
  {
    mnemonic: 'table.get',
    opcode: 0x25,
    immediates: ['table'],
    typing: fixed(['table address'], ['table element']),
    feature: 'referenceTypes',
  },
  {
    mnemonic: 'table.set',
    opcode: 0x26,
    immediates: ['table'],
    typing: fixed(['table address', 'table element'], []),
    feature: 'referenceTypes',
  },
  // Memory
  load(0x28, 'i32.load', 'i32', 4),
  load(0x29, 'i64.load', 'i64', 8),
  load(0x2a, 'f32.load', 'f32', 4),
  load(0x2b, 'f64.load', 'f64', 8),
  load(0x2c, 'i32.load8_s', 'i32', 1),
  load(0x2d, 'i32.load8_u', 'i32', 1),
  load(0x2e, 'i32.load16_s', 'i32', 2),
  load(0x2f, 'i32.load16_u', 'i32', 2),
  load(0x30, 'i64.load8_s', 'i64', 1),
  load(0x31, 'i64.load8_u', 'i64', 1),
  load(0x32, 'i64.load16_s', 'i64', 2),
  load(0x33, 'i64.load16_u', 'i64', 2),
  load(0x34, 'i64.load32_s', 'i64', 4),
  load(0x35, 'i64.load32_u', 'i64', 4),
  store(0x36, 'i32.store', 'i32', 4),
  store(0x37, 'i64.store', 'i64', 8),
  store(0x38, 'f32.store', 'f32', 4),
  store(0x39, 'f64.store', 'f64', 8),
  store(0x3a, 'i32.store8', 'i32', 1),
  store(0x3b, 'i32.store16', 'i32', 2),
  store(0x3c, 'i64.store8', 'i64', 1),
  store(0x3d, 'i64.store16', 'i64', 2),
  store(0x3e, 'i64.store32', 'i64', 4),
  {
    mnemonic: 'memory.size',
    opcode: 0x3f,
    immediates: ['memory'],
    typing: fixed([], ['memory address']),
    feature: 'mvp',
  },
  {
    mnemonic: 'memory.grow',
    opcode: 0x40,
    immediates: ['memory'],
    typing: fixed(['memory address'], ['memory address']),
    feature: 'mvp',
  },
  // Numbers
  constant(0x41, 'i32.const', 'i32'),
  constant(0x42, 'i64.const', 'i64'),
  constant(0x43, 'f32.const', 'f32'),
  constant(0x44, 'f64.const', 'f64'),
  plain(0x45, 'i32.eqz', ['i32'], ['i32']),
  plain(0x46, 'i32.eq', ['i32', 'i32'], ['i32']),
  plain(0x47, 'i32.ne', ['i32', 'i32'], ['i32']),
  plain(0x48, 'i32.lt_s', ['i32', 'i32'], ['i32']),
  plain(0x49, 'i32.lt_u', ['i32', 'i32'], ['i32']),
  plain(0x4a, 'i32.gt_s', ['i32', 'i32'], ['i32']),
  plain(0x4b, 'i32.gt_u', ['i32', 'i32'], ['i32']),
  plain(0x4c, 'i32.le_s', ['i32', 'i32'], ['i32']),
  plain(0x4d, 'i32.le_u', ['i32', 'i32'], ['i32']),
  plain(0x4e, 'i32.ge_s', ['i32', 'i32'], ['i32']),
  plain(0x4f, 'i32.ge_u', ['i32', 'i32'], ['i32']),
  plain(0x50, 'i64.eqz', ['i64'], ['i32']),
  plain(0x51, 'i64.eq', ['i64', 'i64'], ['i32']),
  plain(0x52, 'i64.ne', ['i64', 'i64'], ['i32']),
  plain(0x53, 'i64.lt_s', ['i64', 'i64'], ['i32']),
  plain(0x54, 'i64.lt_u', ['i64', 'i64'], ['i32']),
  plain(0x55, 'i64.gt_s', ['i64', 'i64'], ['i32']),
  plain(0x56, 'i64.gt_u', ['i64', 'i64'], ['i32']),
  plain(0x57, 'i64.le_s', ['i64', 'i64'], ['i32']),
  plain(0x58, 'i64.le_u', ['i64', 'i64'], ['i32']),
  plain(0x59, 'i64.ge_s', ['i64', 'i64'], ['i32']),
  plain(0x5a, 'i64.ge_u', ['i64', 'i64'], ['i32']),
  plain(0x5b, 'f32.eq', ['f32', 'f32'], ['i32']),
  plain(0x5c, 'f32.ne', ['f32', 'f32'], ['i32']),
  plain(0x5d, 'f32.lt', ['f32', 'f32'], ['i32']),
  plain(0x5e, 'f32.gt', ['f32', 'f32'], ['i32']),
  plain(0x5f, 'f32.le', ['f32', 'f32'], ['i32']),
  plain(0x60, 'f32.ge', ['f32', 'f32'], ['i32']),
  plain(0x61, 'f64.eq', ['f64', 'f64'], ['i32']),
  plain(0x62, 'f64.ne', ['f64', 'f64'], ['i32']),
  plain(0x63, 'f64.lt', ['f64', 'f64'], ['i32']),
  plain(0x64, 'f64.gt', ['f64', 'f64'], ['i32']),
  plain(0x65, 'f64.le', ['f64', 'f64'], ['i32']),
  plain(0x66, 'f64.ge', ['f64', 'f64'], ['i32']),
  plain(0x67, 'i32.clz', ['i32'], ['i32']),
  plain(0x68, 'i32.ctz', ['i32'], ['i32']),
  plain(0x69, 'i32.popcnt', ['i32'], ['i32']),
  plain(0x6a, 'i32.add', ['i32', 'i32'], ['i32']),
  plain(0x6b, 'i32.sub', ['i32', 'i32'], ['i32']),
  plain(0x6c, 'i32.mul', ['i32', 'i32'], ['i32']),
  plain(0x6d, 'i32.div_s', ['i32', 'i32'], ['i32']),
  plain(0x6e, 'i32.div_u', ['i32', 'i32'], ['i32']),
  plain(0x6f, 'i32.rem_s', ['i32', 'i32'], ['i32']),
  plain(0x70, 'i32.rem_u', ['i32', 'i32'], ['i32']),
  plain(0x71, 'i32.and', ['i32', 'i32'], ['i32']),
  plain(0x72, 'i32.or', ['i32', 'i32'], ['i32']),
  plain(0x73, 'i32.xor', ['i32', 'i32'], ['i32']),
  plain(0x74, 'i32.shl', ['i32', 'i32'], ['i32']),
  plain(0x75, 'i32.shr_s', ['i32', 'i32'], ['i32']),
  plain(0x76, 'i32.shr_u', ['i32', 'i32'], ['i32']),
  plain(0x77, 'i32.rotl', ['i32', 'i32'], ['i32']),
  plain(0x78, 'i32.rotr', ['i32', 'i32'], ['i32']),
  plain(0x79, 'i64.clz', ['i64'], ['i64']),
  plain(0x7a, 'i64.ctz', ['i64'], ['i64']),
  plain(0x7b, 'i64.popcnt', ['i64'], ['i64']),
  plain(0x7c, 'i64.add', ['i64', 'i64'], ['i64']),
  plain(0x7d, 'i64.sub', ['i64', 'i64'], ['i64']),
  plain(0x7e, 'i64.mul', ['i64', 'i64'], ['i64']),
  plain(0x7f, 'i64.div_s', ['i64', 'i64'], ['i64']),
  plain(0x80, 'i64.div_u', ['i64', 'i64'], ['i64']),
  plain(0x81, 'i64.rem_s', ['i64', 'i64'], ['i64']),
  plain(0x82, 'i64.rem_u', ['i64', 'i64'], ['i64']),
  plain(0x83, 'i64.and', ['i64', 'i64'], ['i64']),
  plain(0x84, 'i64.or', ['i64', 'i64'], ['i64']),
  plain(0x85, 'i64.xor', ['i64', 'i64'], ['i64']),
  plain(0x86, 'i64.shl', ['i64', 'i64'], ['i64']),
  plain(0x87, 'i64.shr_s', ['i64', 'i64'], ['i64']),
  plain(0x88, 'i64.shr_u', ['i64', 'i64'], ['i64']),
  plain(0x89, 'i64.rotl', ['i64', 'i64'], ['i64']),
  plain(0x8a, 'i64.rotr', ['i64', 'i64'], ['i64']),
  plain(0x8b, 'f32.abs', ['f32'], ['f32']),
  plain(0x8c, 'f32.neg', ['f32'], ['f32']),
  plain(0x8d, 'f32.ceil', ['f32'], ['f32']),
  plain(0x8e, 'f32.floor', ['f32'], ['f32']),
  plain(0x8f, 'f32.trunc', ['f32'], ['f32']),
  plain(0x90, 'f32.nearest', ['f32'], ['f32']),
  plain(0x91, 'f32.sqrt', ['f32'], ['f32']),
  plain(0x92, 'f32.add', ['f32', 'f32'], ['f32']),
  plain(0x93, 'f32.sub', ['f32', 'f32'], ['f32']),
  plain(0x94, 'f32.mul', ['f32', 'f32'], ['f32']),
  plain(0x95, 'f32.div', ['f32', 'f32'], ['f32']),
  plain(0x96, 'f32.min', ['f32', 'f32'], ['f32']),
  plain(0x97, 'f32.max', ['f32', 'f32'], ['f32']),
  plain(0x98, 'f32.copysign', ['f32', 'f32'], ['f32']),
  plain(0x99, 'f64.abs', ['f64'], ['f64']),
  plain(0x9a, 'f64.neg', ['f64'], ['f64']),
  plain(0x9b, 'f64.ceil', ['f64'], ['f64']),
  plain(0x9c, 'f64.floor', ['f64'], ['f64']),
  plain(0x9d, 'f64.trunc', ['f64'], ['f64']),
  plain(0x9e, 'f64.nearest', ['f64'], ['f64']),
  plain(0x9f, 'f64.sqrt', ['f64'], ['f64']),
  plain(0xa0, 'f64.add', ['f64', 'f64'], ['f64']),
  plain(0xa1, 'f64.sub', ['f64', 'f64'], ['f64']),
  plain(0xa2, 'f64.mul', ['f64', 'f64'], ['f64']),
  plain(0xa3, 'f64.div', ['f64', 'f64'], ['f64']),
  plain(0xa4, 'f64.min', ['f64', 'f64'], ['f64']),
  plain(0xa5, 'f64.max', ['f64', 'f64'], ['f64']),
  plain(0xa6, 'f64.copysign', ['f64', 'f64'], ['f64']),
  plain(0xa7, 'i32.wrap_i64', ['i64'], ['i32']),
  plain(0xa8, 'i32.trunc_f32_s', ['f32'], ['i32']),
  plain(0xa9, 'i32.trunc_f32_u', ['f32'], ['i32']),
  plain(0xaa, 'i32.trunc_f64_s', ['f64'], ['i32']),
  plain(0xab, 'i32.trunc_f64_u', ['f64'], ['i32']),
  plain(0xac, 'i64.extend_i32_s', ['i32'], ['i64']),
  plain(0xad, 'i64.extend_i32_u', ['i32'], ['i64']),
  plain(0xae, 'i64.trunc_f32_s', ['f32'], ['i64']),
  plain(0xaf, 'i64.trunc_f32_u', ['f32'], ['i64']),
  plain(0xb0, 'i64.trunc_f64_s', ['f64'], ['i64']),
  plain(0xb1, 'i64.trunc_f64_u', ['f64'], ['i64']),
  plain(0xb2, 'f32.convert_i32_s', ['i32'], ['f32']),
  plain(0xb3, 'f32.convert_i32_u', ['i32'], ['f32']),
  plain(0xb4, 'f32.convert_i64_s', ['i64'], ['f32']),
  plain(0xb5, 'f32.convert_i64_u', ['i64'], ['f32']),
  plain(0xb6, 'f32.demote_f64', ['f64'], ['f32']),
  plain(0xb7, 'f64.convert_i32_s', ['i32'], ['f64']),
  plain(0xb8, 'f64.convert_i32_u', ['i32'], ['f64']),
  plain(0xb9, 'f64.convert_i64_s', ['i64'], ['f64']),
  plain(0xba, 'f64.convert_i64_u', ['i64'], ['f64']),
  plain(0xbb, 'f64.promote_f32', ['f32'], ['f64']),
  plain(0xbc, 'i32.reinterpret_f32', ['f32'], ['i32']),
  plain(0xbd, 'i64.reinterpret_f64', ['f64'], ['i64']),
  plain(0xbe, 'f32.reinterpret_i32', ['i32'], ['f32']),
  plain(0xbf, 'f64.reinterpret_i64', ['i64'], ['f64']),
  plain(0xc0, 'i32.extend8_s', ['i32'], ['i32'], 'signExtension'),
  plain(0xc1, 'i32.extend16_s', ['i32'], ['i32'], 'signExtension'),
  plain(0xc2, 'i64.extend8_s', ['i64'], ['i64'], 'signExtension'),
  plain(0xc3, 'i64.extend16_s', ['i64'], ['i64'], 'signExtension'),
  plain(0xc4, 'i64.extend32_s', ['i64'], ['i64'], 'signExtension'),
  // References
  special(0xd0, 'ref.null', ['heap type'], 'referenceTypes'),
  special(0xd1, 'ref.is_null', [], 'referenceTypes'),
  special(0xd2, 'ref.func', ['function'], 'referenceTypes'),
  // Saturating truncation
  misc(0x00, 'i32.trunc_sat_f32_s', [], fixed(['f32'], ['i32']), 'saturatingTruncation'),
  misc(0x01, 'i32.trunc_sat_f32_u', [], fixed(['f32'], ['i32']), 'saturatingTruncation'),
  misc(0x02, 'i32.trunc_sat_f64_s', [], fixed(['f64'], ['i32']), 'saturatingTruncation'),
  misc(0x03, 'i32.trunc_sat_f64_u', [], fixed(['f64'], ['i32']), 'saturatingTruncation'),
  misc(0x04, 'i64.trunc_sat_f32_s', [], fixed(['f32'], ['i64']), 'saturatingTruncation'),
  misc(0x05, 'i64.trunc_sat_f32_u', [], fixed(['f32'], ['i64']), 'saturatingTruncation'),
  misc(0x06, 'i64.trunc_sat_f64_s', [], fixed(['f64'], ['i64']), 'saturatingTruncation'),
  misc(0x07, 'i64.trunc_sat_f64_u', [], fixed(['f64'], ['i64']), 'saturatingTruncation'),
  // Bulk memory and tables
  misc(0x08, 'memory.init', ['data', 'memory'], fixed(['memory address', 'i32', 'i32'], []), 'bulkMemory'),
  misc(0x09, 'data.drop', ['data'], fixed([], []), 'bulkMemory'),
  misc(0x0a, 'memory.copy', ['memory', 'memory'], SPECIAL, 'bulkMemory'),
  misc(0x0b, 'memory.fill', ['memory'], fixed(['memory address', 'i32', 'memory address'], []), 'bulkMemory'),
  misc(0x0c, 'table.init', ['element', 'table'], SPECIAL, 'bulkMemory'),
  misc(0x0d, 'elem.drop', ['element'], fixed([], []), 'bulkMemory'),
  misc(0x0e, 'table.copy', ['table', 'table'], SPECIAL, 'bulkMemory'),
  misc(0x0f, 'table.grow', ['table'], fixed(['table element', 'table address'], ['table address']), 'referenceTypes'),
  misc(0x10, 'table.size', ['table'], fixed([], ['table address']), 'referenceTypes'),
  misc(0x11, 'table.fill', ['table'], fixed(['table address', 'table element', 'table address'], []), 'referenceTypes'),
  // Vectors
  simdLoad(0x00, 'v128.load', 16),
  simdLoad(0x01, 'v128.load8x8_s', 8),
  simdLoad(0x02, 'v128.load8x8_u', 8),
  simdLoad(0x03, 'v128.load16x4_s', 8),
  simdLoad(0x04, 'v128.load16x4_u', 8),
  simdLoad(0x05, 'v128.load32x2_s', 8),
  simdLoad(0x06, 'v128.load32x2_u', 8),
  simdLoad(0x07, 'v128.load8_splat', 1),
  simdLoad(0x08, 'v128.load16_splat', 2),
  simdLoad(0x09, 'v128.load32_splat', 4),
  simdLoad(0x0a, 'v128.load64_splat', 8),
  { ...simd(0x0b, 'v128.store', ['memory address', 'v128'], [], ['memarg']), accessBytes: 16 },
  simd(0x0c, 'v128.const', [], ['v128'], ['v128']),
  simd(0x0d, 'i8x16.shuffle', ['v128', 'v128'], ['v128'], ['lanes']),
  binary(0x0e, 'i8x16.swizzle'),
  splat(0x0f, 'i8x16.splat', 'i32'),
  splat(0x10, 'i16x8.splat', 'i32'),
  splat(0x11, 'i32x4.splat', 'i32'),
  splat(0x12, 'i64x2.splat', 'i64'),
  splat(0x13, 'f32x4.splat', 'f32'),
  splat(0x14, 'f64x2.splat', 'f64'),
  extract(0x15, 'i8x16.extract_lane_s', 'i32', 16),
  extract(0x16, 'i8x16.extract_lane_u', 'i32', 16),
  replace(0x17, 'i8x16.replace_lane', 'i32', 16),
  extract(0x18, 'i16x8.extract_lane_s', 'i32', 8),
  extract(0x19, 'i16x8.extract_lane_u', 'i32', 8),
  replace(0x1a, 'i16x8.replace_lane', 'i32', 8),
  extract(0x1b, 'i32x4.extract_lane', 'i32', 4),
  replace(0x1c, 'i32x4.replace_lane', 'i32', 4),
  extract(0x1d, 'i64x2.extract_lane', 'i64', 2),
  replace(0x1e, 'i64x2.replace_lane', 'i64', 2),
  extract(0x1f, 'f32x4.extract_lane', 'f32', 4),
  replace(0x20, 'f32x4.replace_lane', 'f32', 4),
  extract(0x21, 'f64x2.extract_lane', 'f64', 2),
  replace(0x22, 'f64x2.replace_lane', 'f64', 2),
  binary(0x23, 'i8x16.eq'),
  binary(0x24, 'i8x16.ne'),
  binary(0x25, 'i8x16.lt_s'),
  binary(0x26, 'i8x16.lt_u'),
  binary(0x27, 'i8x16.gt_s'),
  binary(0x28, 'i8x16.gt_u'),
  binary(0x29, 'i8x16.le_s'),
  binary(0x2a, 'i8x16.le_u'),
  binary(0x2b, 'i8x16.ge_s'),
  binary(0x2c, 'i8x16.ge_u'),
  binary(0x2d, 'i16x8.eq'),
  binary(0x2e, 'i16x8.ne'),
  binary(0x2f, 'i16x8.lt_s'),
  binary(0x30, 'i16x8.lt_u'),
  binary(0x31, 'i16x8.gt_s'),
  binary(0x32, 'i16x8.gt_u'),
  binary(0x33, 'i16x8.le_s'),
  binary(0x34, 'i16x8.le_u'),
  binary(0x35, 'i16x8.ge_s'),
  binary(0x36, 'i16x8.ge_u'),
  binary(0x37, 'i32x4.eq'),
  binary(0x38, 'i32x4.ne'),
  binary(0x39, 'i32x4.lt_s'),
  binary(0x3a, 'i32x4.lt_u'),
  binary(0x3b, 'i32x4.gt_s'),
  binary(0x3c, 'i32x4.gt_u'),
  binary(0x3d, 'i32x4.le_s'),
  binary(0x3e, 'i32x4.le_u'),
  binary(0x3f, 'i32x4.ge_s'),
  binary(0x40, 'i32x4.ge_u'),
  binary(0x41, 'f32x4.eq'),
  binary(0x42, 'f32x4.ne'),
  binary(0x43, 'f32x4.lt'),
  binary(0x44, 'f32x4.gt'),
  binary(0x45, 'f32x4.le'),
  binary(0x46, 'f32x4.ge'),
  binary(0x47, 'f64x2.eq'),
  binary(0x48, 'f64x2.ne'),
  binary(0x49, 'f64x2.lt'),
  binary(0x4a, 'f64x2.gt'),
  binary(0x4b, 'f64x2.le'),
  binary(0x4c, 'f64x2.ge'),
  unary(0x4d, 'v128.not'),
  binary(0x4e, 'v128.and'),
  binary(0x4f, 'v128.andnot'),
  binary(0x50, 'v128.or'),
  binary(0x51, 'v128.xor'),
  simd(0x52, 'v128.bitselect', ['v128', 'v128', 'v128'], ['v128']),
  test(0x53, 'v128.any_true'),
  loadLane(0x54, 'v128.load8_lane', 1),
  loadLane(0x55, 'v128.load16_lane', 2),
  loadLane(0x56, 'v128.load32_lane', 4),
  loadLane(0x57, 'v128.load64_lane', 8),
  storeLane(0x58, 'v128.store8_lane', 1),
  storeLane(0x59, 'v128.store16_lane', 2),
  storeLane(0x5a, 'v128.store32_lane', 4),
  storeLane(0x5b, 'v128.store64_lane', 8),
  simdLoad(0x5c, 'v128.load32_zero', 4),
  simdLoad(0x5d, 'v128.load64_zero', 8),
  unary(0x5e, 'f32x4.demote_f64x2_zero'),
  unary(0x5f, 'f64x2.promote_low_f32x4'),
  unary(0x60, 'i8x16.abs'),
  unary(0x61, 'i8x16.neg'),
  unary(0x62, 'i8x16.popcnt'),
  test(0x63, 'i8x16.all_true'),
  test(0x64, 'i8x16.bitmask'),
  binary(0x65, 'i8x16.narrow_i16x8_s'),
  binary(0x66, 'i8x16.narrow_i16x8_u'),
  unary(0x67, 'f32x4.ceil'),
  unary(0x68, 'f32x4.floor'),
  unary(0x69, 'f32x4.trunc'),
  unary(0x6a, 'f32x4.nearest'),
  shift(0x6b, 'i8x16.shl'),
  shift(0x6c, 'i8x16.shr_s'),
  shift(0x6d, 'i8x16.shr_u'),
  binary(0x6e, 'i8x16.add'),
  binary(0x6f, 'i8x16.add_sat_s'),
  binary(0x70, 'i8x16.add_sat_u'),
  binary(0x71, 'i8x16.sub'),
  binary(0x72, 'i8x16.sub_sat_s'),
  binary(0x73, 'i8x16.sub_sat_u'),
  unary(0x74, 'f64x2.ceil'),
  unary(0x75, 'f64x2.floor'),
  binary(0x76, 'i8x16.min_s'),
  binary(0x77, 'i8x16.min_u'),
  binary(0x78, 'i8x16.max_s'),
  binary(0x79, 'i8x16.max_u'),
  unary(0x7a, 'f64x2.trunc'),
  binary(0x7b, 'i8x16.avgr_u'),
  unary(0x7c, 'i16x8.extadd_pairwise_i8x16_s'),
  unary(0x7d, 'i16x8.extadd_pairwise_i8x16_u'),
  unary(0x7e, 'i32x4.extadd_pairwise_i16x8_s'),
  unary(0x7f, 'i32x4.extadd_pairwise_i16x8_u'),
  unary(0x80, 'i16x8.abs'),
  unary(0x81, 'i16x8.neg'),
  binary(0x82, 'i16x8.q15mulr_sat_s'),
  test(0x83, 'i16x8.all_true'),
  test(0x84, 'i16x8.bitmask'),
  binary(0x85, 'i16x8.narrow_i32x4_s'),
  binary(0x86, 'i16x8.narrow_i32x4_u'),
  unary(0x87, 'i16x8.extend_low_i8x16_s'),
  unary(0x88, 'i16x8.extend_high_i8x16_s'),
  unary(0x89, 'i16x8.extend_low_i8x16_u'),
  unary(0x8a, 'i16x8.extend_high_i8x16_u'),
  shift(0x8b, 'i16x8.shl'),
  shift(0x8c, 'i16x8.shr_s'),
  shift(0x8d, 'i16x8.shr_u'),
  binary(0x8e, 'i16x8.add'),
  binary(0x8f, 'i16x8.add_sat_s'),
  binary(0x90, 'i16x8.add_sat_u'),
  binary(0x91, 'i16x8.sub'),
  binary(0x92, 'i16x8.sub_sat_s'),
  binary(0x93, 'i16x8.sub_sat_u'),
  unary(0x94, 'f64x2.nearest'),
  binary(0x95, 'i16x8.mul'),
  binary(0x96, 'i16x8.min_s'),
  binary(0x97, 'i16x8.min_u'),
  binary(0x98, 'i16x8.max_s'),
  binary(0x99, 'i16x8.max_u'),
  binary(0x9b, 'i16x8.avgr_u'),
  binary(0x9c, 'i16x8.extmul_low_i8x16_s'),
  binary(0x9d, 'i16x8.extmul_high_i8x16_s'),
  binary(0x9e, 'i16x8.extmul_low_i8x16_u'),
  binary(0x9f, 'i16x8.extmul_high_i8x16_u'),
  unary(0xa0, 'i32x4.abs'),
  unary(0xa1, 'i32x4.neg'),
  test(0xa3, 'i32x4.all_true'),
  test(0xa4, 'i32x4.bitmask'),
  unary(0xa7, 'i32x4.extend_low_i16x8_s'),
  unary(0xa8, 'i32x4.extend_high_i16x8_s'),
  unary(0xa9, 'i32x4.extend_low_i16x8_u'),
  unary(0xaa, 'i32x4.extend_high_i16x8_u'),
  shift(0xab, 'i32x4.shl'),
  shift(0xac, 'i32x4.shr_s'),
  shift(0xad, 'i32x4.shr_u'),
  binary(0xae, 'i32x4.add'),
  binary(0xb1, 'i32x4.sub'),
  binary(0xb5, 'i32x4.mul'),
  binary(0xb6, 'i32x4.min_s'),
  binary(0xb7, 'i32x4.min_u'),
  binary(0xb8, 'i32x4.max_s'),
  binary(0xb9, 'i32x4.max_u'),
  binary(0xba, 'i32x4.dot_i16x8_s'),
  binary(0xbc, 'i32x4.extmul_low_i16x8_s'),
  binary(0xbd, 'i32x4.extmul_high_i16x8_s'),
  binary(0xbe, 'i32x4.extmul_low_i16x8_u'),
  binary(0xbf, 'i32x4.extmul_high_i16x8_u'),
  unary(0xc0, 'i64x2.abs'),
  unary(0xc1, 'i64x2.neg'),
  test(0xc3, 'i64x2.all_true'),
  test(0xc4, 'i64x2.bitmask'),
  unary(0xc7, 'i64x2.extend_low_i32x4_s'),
  unary(0xc8, 'i64x2.extend_high_i32x4_s'),
  unary(0xc9, 'i64x2.extend_low_i32x4_u'),
  unary(0xca, 'i64x2.extend_high_i32x4_u'),
  shift(0xcb, 'i64x2.shl'),
  shift(0xcc, 'i64x2.shr_s'),
  shift(0xcd, 'i64x2.shr_u'),
  binary(0xce, 'i64x2.add'),
  binary(0xd1, 'i64x2.sub'),
  binary(0xd5, 'i64x2.mul'),
  binary(0xd6, 'i64x2.eq'),
  binary(0xd7, 'i64x2.ne'),
  binary(0xd8, 'i64x2.lt_s'),
  binary(0xd9, 'i64x2.gt_s'),
  binary(0xda, 'i64x2.le_s'),
  binary(0xdb, 'i64x2.ge_s'),
  binary(0xdc, 'i64x2.extmul_low_i32x4_s'),
  binary(0xdd, 'i64x2.extmul_high_i32x4_s'),
  binary(0xde, 'i64x2.extmul_low_i32x4_u'),
  binary(0xdf, 'i64x2.extmul_high_i32x4_u'),
  unary(0xe0, 'f32x4.abs'),
  unary(0xe1, 'f32x4.neg'),
  unary(0xe3, 'f32x4.sqrt'),
  binary(0xe4, 'f32x4.add'),
  binary(0xe5, 'f32x4.sub'),
  binary(0xe6, 'f32x4.mul'),
  binary(0xe7, 'f32x4.div'),
  binary(0xe8, 'f32x4.min'),
  binary(0xe9, 'f32x4.max'),
  binary(0xea, 'f32x4.pmin'),
  binary(0xeb, 'f32x4.pmax'),
  unary(0xec, 'f64x2.abs'),
  unary(0xed, 'f64x2.neg'),
  unary(0xef, 'f64x2.sqrt'),
  binary(0xf0, 'f64x2.add'),
  binary(0xf1, 'f64x2.sub'),
  binary(0xf2, 'f64x2.mul'),
  binary(0xf3, 'f64x2.div'),
  binary(0xf4, 'f64x2.min'),
  binary(0xf5, 'f64x2.max'),
  binary(0xf6, 'f64x2.pmin'),
  binary(0xf7, 'f64x2.pmax'),
  unary(0xf8, 'i32x4.trunc_sat_f32x4_s'),
  unary(0xf9, 'i32x4.trunc_sat_f32x4_u'),
  unary(0xfa, 'f32x4.convert_i32x4_s'),
  unary(0xfb, 'f32x4.convert_i32x4_u'),
  unary(0xfc, 'i32x4.trunc_sat_f64x2_s_zero'),
  unary(0xfd, 'i32x4.trunc_sat_f64x2_u_zero'),
  unary(0xfe, 'f64x2.convert_low_i32x4_s'),
  unary(0xff, 'f64x2.convert_low_i32x4_u'),
] as const satisfies readonly Instruction[];

/** The name of an instruction: the key of everything that is derived from the table. */
export type Mnemonic = (typeof INSTRUCTIONS)[number]['mnemonic'];

/** A row of the table, by its mnemonic. */
export const INSTRUCTION_BY_MNEMONIC: ReadonlyMap<string, Instruction<Mnemonic>> = new Map(
  INSTRUCTIONS.map((row) => [row.mnemonic, row]),
);

/** One number for (opcode, sub): `opcode`, or `prefix << 16 | sub`. */
export const opcodeKey = (opcode: number, sub?: number): number => (sub === undefined ? opcode : (opcode << 16) | sub);

/** First bytes that announce a sub-opcode. */
export const OPCODE_PREFIXES: readonly number[] = [0xfc, 0xfd];
