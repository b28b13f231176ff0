// plumbing: every instruction is run before the first execution, so that V8 compiles the run loop once
//
// V8 optimises a function for what it has seen of it, and throws the result away when it meets the rest. For the run loop,
// which takes a second to optimise, that would happen anew with every instruction that is rare in the canisters at hand.

import { INSTRUCTIONS, type Immediate, type Instruction, type OperandType } from '../../../spec/wasm/instructions.js';
import { EXTERN_KIND_CODES, SECTION_IDS, VALUE_TYPE_CODES, type AddressType } from '../../../spec/wasm/types.js';
import { decodeModule } from '../binary/module.js';
import { Meter } from '../runtime/meter.js';
import { Store } from '../runtime/store.js';
import { validateModule } from '../validation/module.js';

/** Parameters of each rehearsed function, two of a type, by the index of the first: what instructions work on. */
const PARAMS = { i32: 0, i64: 2, f32: 4, f64: 6, v128: 8, funcref: 10, externref: 12 } as const;
const PARAM_TYPES = (Object.keys(PARAMS) as (keyof typeof PARAMS)[]).flatMap((type) => [type, type]);

/** Bytes of the binary format: a block without parameters and results; the start of a function type; what every module starts with. */
const NO_TYPE = 0x40;
const FUNCTION_TYPE = 0x60;
const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Types, and functions before the rehearsed ones. */
const NOTHING_TO_NOTHING = 0;
const NOTHING_TO_I64 = 1;
const REHEARSED = 2;
const HOST = 0;
const ONE = 1;
const ENDLESS = 2;
const FIRST_REHEARSED = 3;

const OPCODES: ReadonlyMap<string, readonly number[]> = new Map(
  INSTRUCTIONS.map(({ mnemonic, opcode, ...row }) => [mnemonic, 'sub' in row ? [opcode, ...leb(row.sub)] : [opcode]]),
);

/** Mnemonics, and bytes of immediates. */
type Code = readonly (string | number)[];

const assembled = (code: Code): number[] =>
  code.flatMap((word) => (typeof word === 'number' ? [word] : (OPCODES.get(word) ?? [])));

/** Code for the instructions that the table gives no operands for, and for the forms that translation makes of several. */
const HANDWRITTEN: readonly Code[] = [
  ['unreachable'],
  ['block', NO_TYPE, 'br', 0, 'end'],
  ['loop', NO_TYPE, 'local.get', 1, 'br_if', 0, 'end'],
  // What comes after a block is charged on its own.
  ['block', NO_TYPE, 'local.get', 1, 'br_if', 0, 'end', 'nop'],
  ['block', NO_TYPE, 'local.get', 1, 'i32.eqz', 'br_if', 0, 'end'],
  ['local.get', 0, 'if', NO_TYPE, 'else', 'end'],
  ['block', NO_TYPE, 'local.get', 0, 'br_table', 1, 0, 0, 'end'],
  ['return'],
  ['call', HOST, 'call', ONE, 'drop'],
  ['call', ENDLESS],
  ['local.get', 0, 'call_indirect', NOTHING_TO_I64, 0, 'drop'],
  ['i32.const', 0, 'call_indirect', NOTHING_TO_I64, 0, 'drop'],
  ['local.get', 0, 'local.get', 1, 'local.get', 1, 'select', 'drop'],
  ['local.get', 8, 'local.get', 9, 'local.get', 1, 'select', 'drop'],
  ['local.get', 10, 'local.get', 11, 'local.get', 1, 'select t', 1, VALUE_TYPE_CODES.funcref, 'drop'],
  ['local.get', 0, 'local.set', 1, 'local.get', 1, 'local.tee', 0, 'drop'],
  ['local.get', 8, 'local.set', 9],
  ['global.get', 0, 'global.set', 0],
  ['global.get', 1, 'global.set', 1],
  ['ref.null', VALUE_TYPE_CODES.funcref, 'ref.is_null', 'drop'],
  ['ref.func', ONE, 'drop'],
  ['i32.const', 0, 'i32.const', 0, 'local.get', 1, 'table.init', 0, 0],
  ['local.get', 0, 'i32.const', 0, 'local.get', 1, 'table.copy', 0, 0],
];

/** The same for instructions that take addresses, by the first parameter of their type. */
const handwrittenFor = (width: AddressType): readonly Code[] => {
  const at = PARAMS[width];
  return [
    ['local.get', at, 'local.get', at, 'local.get', at + 1, 'memory.copy', 0, 0],
    // An offset from 2^32 on.
    ...(width === 'i64' ? [['local.get', at, 'i64.load', 3, 0x80, 0x80, 0x80, 0x80, 0x10, 'drop']] : []),
  ];
};

/**
 * An instruction with fixed operands: on parameters; an i32 instruction also with a constant and before a branch; an access to the
 * memory also with an offset of more than 31 bits.
 */
function codesOf(row: Instruction, width: AddressType): readonly Code[] {
  if (row.typing.kind !== 'fixed') return [];
  const { params, results } = row.typing;
  const taken = new Map<number, number>();
  const operand = (type: OperandType): Code => {
    const first = PARAMS[type === 'memory address' ? width : typeOf(type)];
    const nth = taken.get(first) ?? 0;
    taken.set(first, nth + 1);
    return ['local.get', first + Math.min(nth, 1)];
  };
  const operands = params.map(operand);
  const instruction = [row.mnemonic, ...row.immediates.flatMap(immediate)];
  const all = [...operands.flat(), ...instruction];
  const codes: Code[] = [[...all, ...results.map(() => 'drop')]];
  if (params.join() === 'i32,i32') {
    const withConstant = [...(operands[0] ?? []), 'i32.const', 1, ...instruction];
    codes.push([...withConstant, 'drop']);
    for (const condition of [all, withConstant]) codes.push(['block', NO_TYPE, ...condition, 'br_if', 0, 'end']);
  }
  if (row.immediates.includes('memarg')) {
    const offset = row.immediates.flatMap((kind) => (kind === 'memarg' ? FAR : immediate(kind)));
    codes.push([...operands.flat(), row.mnemonic, ...offset, ...results.map(() => 'drop')]);
  }
  return codes;
}

/** A memory operand whose offset is 2^32 - 1. */
const FAR = [0, 0xff, 0xff, 0xff, 0xff, 0x0f] as const;

function typeOf(type: Exclude<OperandType, 'memory address'>): keyof typeof PARAMS {
  if (type === 'table address') return 'i32';
  return type === 'table element' ? 'funcref' : type;
}

/** An immediate that is as small as can be. */
function immediate(kind: Immediate): readonly number[] {
  const bytes: Partial<Record<Immediate, number>> = { memarg: 2, f32: 4, f64: 8, v128: 16, lanes: 16 };
  return new Array<number>(bytes[kind] ?? 1).fill(0);
}

/** A module with a function for each instruction that the run loop knows, and for each that it leaves to a handler of machine.ts. */
export function rehearsalModule(width: AddressType): { readonly bytes: Uint8Array; readonly functions: number } {
  // Vector instructions are one instruction of the run loop.
  const rows = (INSTRUCTIONS as readonly Instruction[]).filter(
    ({ feature, mnemonic }) => feature !== 'simd' || mnemonic === 'v128.const' || mnemonic === 'i32x4.add',
  );
  const bodies = [...HANDWRITTEN, ...handwrittenFor(width), ...rows.flatMap((row) => codesOf(row, width))];
  const i64 = VALUE_TYPE_CODES.i64;
  const { funcref } = VALUE_TYPE_CODES;
  const body = (code: Code, locals: readonly number[] = [0]) => sized([...locals, ...assembled([...code, 'end'])]);
  const bytes = [
    ...MAGIC_AND_VERSION,
    ...section('type', [
      [FUNCTION_TYPE, 0, 0],
      [FUNCTION_TYPE, 0, 1, i64],
      [FUNCTION_TYPE, PARAM_TYPES.length, ...PARAM_TYPES.map((type) => VALUE_TYPE_CODES[type]), 0],
    ]),
    ...section('import', [[...name('host'), ...name('host'), EXTERN_KIND_CODES.func, NOTHING_TO_NOTHING]]),
    ...section('function', [[NOTHING_TO_I64], [NOTHING_TO_NOTHING], ...bodies.map(() => [REHEARSED])]),
    ...section('table', [[funcref, 0, 4]]),
    ...section('memory', [[width === 'i64' ? 4 : 0, 2]]),
    ...section('global', [
      [i64, 1, ...assembled(['i64.const', 0, 'end'])],
      [VALUE_TYPE_CODES.v128, 1, ...assembled(['v128.const', ...immediate('v128'), 'end'])],
    ]),
    ...section('element', [
      [1, 0, 1, ONE],
      [0, ...assembled(['i32.const', 0, 'end']), 1, ONE],
    ]),
    ...section('dataCount', undefined, [1]),
    ...section('code', [
      body(['i64.const', 1], [1, 2, i64]),
      body(['call', ENDLESS]),
      ...bodies.map((code) => body(code)),
    ]),
    ...section('data', [[1, 4, 1, 2, 3, 4]]),
  ];
  return { bytes: Uint8Array.from(bytes), functions: bodies.length };
}

function leb(n: number): number[] {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...leb(n >>> 7)];
}

const sized = (bytes: readonly number[]): number[] => [...leb(bytes.length), ...bytes];

const name = (text: string): number[] => sized([...text].map((c) => c.charCodeAt(0)));

function section(
  id: keyof typeof SECTION_IDS,
  items: readonly (readonly number[])[] | undefined,
  content = [...leb(items?.length ?? 0), ...(items ?? []).flat()],
): number[] {
  return [SECTION_IDS[id], ...sized(content)];
}

/** Bits of a float of either type. */
const ONE_AND_A_HALF = { f32: 0x3fc0_0000n, f64: 0x3ff8_0000_0000_0000n };
const THREE = { f32: 0x4040_0000n, f64: 0x4008_0000_0000_0000n };
const NAN = { f32: 0x7fc0_0000n, f64: 0x7ff8_0000_0000_0000n };

/** What a function is given: both i32 and i64 parameters, and the bits of the floats. */
const rehearsed = (a: bigint, b: bigint, x = ONE_AND_A_HALF, y = x): bigint[] => [
  ...[a, b, a, b, x.f32, y.f32, x.f64, y.f64],
  // two vectors of two slots each, null references
  ...[a, b, a, b, 0n, 0n, 0n, 0n],
];

/** Numbers that are equal, less and greater in either half, none, an access across pages, large and negative numbers, and what traps. */
const ARGUMENTS: readonly bigint[][] = [
  rehearsed(1n, 1n),
  rehearsed(1n, 2n, ONE_AND_A_HALF, THREE),
  rehearsed(1n, 0x1_0000_0001n, THREE, ONE_AND_A_HALF),
  rehearsed(0n, 1n),
  rehearsed(0x1_0000_0000n, 1n),
  rehearsed(4_093n, 1n),
  rehearsed(0xffff_fff0n, 0n, NAN),
  rehearsed(0xffff_ffff_ffff_fff0n, 0xffff_ffff_ffff_ffffn),
];

const LIMITS = {
  // Above 2^31, so that V8 sees large counts, too.
  instructionLimit: 1n << 40n,
  stackSlots: 2_000,
  memoryPages: () => 8n,
  tableEntries: 16,
};

/** Enough for every function that ends. */
const INSTRUCTIONS_EACH = 10_000n;

let done = false;

/** Runs every instruction, unless that was done before. */
export function rehearse(): void {
  if (done) return;
  done = true;
  // V8 also throws away what it has optimised for typed arrays when the first ArrayBuffer is detached, as a memory is that grows.
  const buffer = new ArrayBuffer(1);
  structuredClone(buffer, { transfer: [buffer] });
  const host = { type: { params: [], results: [] }, call: () => undefined };
  for (const width of ['i32', 'i64'] as const) {
    const { bytes, functions } = rehearsalModule(width);
    const module = decodeModule(bytes);
    validateModule(module);
    const meter = new Meter(LIMITS.instructionLimit);
    const instance = new Store().instantiate(module, () => ({ kind: 'func', value: host }), LIMITS, meter);
    const state = instance.snapshot();
    for (const given of ARGUMENTS) {
      instance.restore(state);
      for (let k = 0; k < functions; k++) {
        meter.reset(INSTRUCTIONS_EACH);
        instance.invoke(FIRST_REHEARSED + k, given);
      }
    }
    // A count that is no small integer.
    meter.reset(LIMITS.instructionLimit);
    meter.charge(LIMITS.instructionLimit - 1n);
    instance.invoke(ONE, []);
  }
}
