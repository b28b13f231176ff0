// plumbing: a story of modules that run instructions on every pair of many operands — WebAssembly 2.0, "Numerics"
//
// What an engine gets wrong is often one pair of operands: zeroes of two signs, the least number and itself, one lane that is not zero.
// So the operands are in the memory, loops go through all pairs of them, and what an instruction gives is folded into one number.
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import { INSTRUCTIONS, type Instruction, type Mnemonic } from '../../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES } from '../../../spec/wasm/types.js';
import type { Draw } from '../../draw.js';
import { ENDS, isNumberType, vector, type NUMBER_TYPES } from '../../wasm/constants.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import { assembled, END, functionBody, I32, I64, number, op, SECTION, size, text, type Code } from './module-bytes.js';
import { given, type Stories } from './story.js';

type NumberType = (typeof NUMBER_TYPES)[number];

/** An instruction that computes a number, or a vector, of numbers and vectors alone, and never traps on these operands. */
interface Swept {
  readonly mnemonic: Mnemonic;
  readonly params: readonly NumberType[];
  readonly result: NumberType;
  /** So many lane numbers follow its opcode, each below `lanes`. */
  readonly lanes: { readonly count: number; readonly below: number };
}

const TRUNCATES = /^i(32|64)\.trunc_f/;
/** Of vectors it gives masks, which are no floats. */
const COMPARES = /\.(eq|ne|lt|gt|le|ge)$/;
const DIVIDES = /^i(32|64)\.(div|rem)_/;

const SWEPT: readonly Swept[] = (INSTRUCTIONS as readonly Instruction<Mnemonic>[]).flatMap((row): Swept[] => {
  const { mnemonic, typing, immediates, lanes = 32 } = row;
  if (typing.kind !== 'fixed' || TRUNCATES.test(mnemonic)) return [];
  const params = typing.params.filter(isNumberType);
  const [result] = typing.results.filter(isNumberType);
  if (result === undefined || params.length === 0 || params.length !== typing.params.length) return [];
  if (immediates.length === 0) return [{ mnemonic, params, result, lanes: { count: 0, below: lanes } }];
  if (immediates[0] === 'lane') return [{ mnemonic, params, result, lanes: { count: 1, below: lanes } }];
  return immediates[0] === 'lanes' ? [{ mnemonic, params, result, lanes: { count: 16, below: 32 } }] : [];
});

/** A vector in which one byte differs from all others. */
function oddByte(draw: Draw, at: number, rest: 0n | 1n): bigint {
  const bits = BigInt(draw.pick([0x80, 0x01, 0xff])) << BigInt(8 * at);
  return rest === 0n ? bits : ((1n << 128n) - 1n) ^ bits;
}

const BYTES: Readonly<Record<NumberType, number>> = { i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 };
/** How many vectors there are. */
const VECTORS = 10;
/** Amounts to shift lanes by, besides the ends of the range. */
const AMOUNTS = [7n, 8n, 9n, 15n, 16n, 17n, 33n, 63n, 64n, 65n];

/** Operands of one type; of vectors more, if an instruction has no other operand. */
function operandsOf(type: NumberType, draw: Draw, isAlone: boolean): readonly bigint[] {
  switch (type) {
    case 'i32':
      return [...ENDS.i32, ...AMOUNTS];
    case 'v128': {
      const some = Array.from({ length: VECTORS }, () => vector(draw));
      // Some have a neighbour, which differs in the last bit of a lane.
      for (const i of [0, 1, 2]) some.push((some[i] ?? 0n) ^ (1n << BigInt(64 * draw.below(2))));
      const odd = ([0n, 1n] as const).flatMap((rest) => Array.from({ length: 16 }, (_, at) => oddByte(draw, at, rest)));
      return [...some, ...(isAlone ? odd : draw.sample(odd, 4))];
    }
    case 'i64':
    case 'f32':
    case 'f64':
      return ENDS[type];
  }
}

/** Operands in the memory. */
interface Operands {
  readonly at: number;
  /** Behind the last one. */
  readonly end: number;
}

/** Where the operands begin; the results are below. */
const OPERANDS = 4096;

/** Divisors are what is left behind 0, and behind -1 by which the least number cannot be divided. */
const isDivisor = (bits: bigint, type: NumberType): boolean =>
  bits !== 0n && bits !== (1n << BigInt(8 * BYTES[type])) - 1n;

/** Locals of the function: pointers to both operands, what is folded so far, results. */
const [FIRST, SECOND, FOLDED, RESULT32, RESULT64, VECTOR] = [0, 1, 2, 3, 4, 5];

const LOADS: Readonly<Record<NumberType, Code>> = {
  i32: op('i32.load', 0, 0),
  i64: op('i64.load', 0, 0),
  f32: op('f32.load', 0, 0),
  f64: op('f64.load', 0, 0),
  v128: op('v128.load', 0, 0),
};

/**
 * The result as an i64. What the bits of a NaN are is not asked here: all NaNs are one number, and in vectors none.
 * @param shape of the lanes of a vector
 */
function bitsOf(result: NumberType, shape: string | undefined): Code {
  const halves = [0, 1].flatMap((lane) => [...op('local.get', VECTOR), ...op('i64x2.extract_lane', lane)]);
  const both = [...halves, ...op('i64.const', 21), ...op('i64.rotl'), ...op('i64.xor')];
  const once = (local: number): Code => [
    ...op('local.tee', local),
    ...op('local.get', local),
    ...op('local.get', local),
  ];
  switch (result) {
    case 'i32':
      return op('i64.extend_i32_u');
    case 'i64':
      return [];
    case 'f32': {
      const number = [...op('i32.reinterpret_f32'), ...op('i64.extend_i32_u'), ...op('i64.const', 1)];
      return [...op('local.tee', RESULT32), ...number, ...isNumber('f32', RESULT32), ...op('select')];
    }
    case 'f64': {
      const number = [...op('i64.reinterpret_f64'), ...op('i64.const', 1)];
      return [...op('local.tee', RESULT64), ...number, ...isNumber('f64', RESULT64), ...op('select')];
    }
    case 'v128': {
      const lanes = shape === 'f32x4' || shape === 'f64x2' ? shape : undefined;
      const masked = lanes === undefined ? [] : [...once(VECTOR), ...op(`${lanes}.eq`), ...op('v128.and')];
      return [...masked, ...op('local.set', VECTOR), ...both];
    }
  }
}

const isNumber = (type: 'f32' | 'f64', local: number): Code => [
  ...op('local.get', local),
  ...op('local.get', local),
  ...op(`${type}.eq`),
];

/** The query method `hello` replies with one number for each instruction, in their order. */
interface Sweep {
  readonly bytes: Uint8Array;
  readonly mnemonics: readonly Mnemonic[];
}

/** So many instructions are in one module. */
const IN_ONE = 12;

/** Modules that sweep instructions, none of them twice. */
function sweeps(draw: Draw, width: PointerWidth, modules: number): readonly Sweep[] {
  const order = draw.sample(SWEPT, Math.min(SWEPT.length, IN_ONE * modules));
  return Array.from({ length: modules }, (_, i) => sweep(draw, width, order.slice(i * IN_ONE, (i + 1) * IN_ONE)));
}

function sweep(draw: Draw, width: PointerWidth, swept: readonly Swept[]): Sweep {
  const wide = width === 'i64';
  const pointer = (n: number): Code => number(wide, BigInt(n));
  const data: number[] = [];
  const written = new Map<string, Operands>();
  const operands = (type: NumberType, role: 'one of two' | 'divisor' | 'alone'): Operands => {
    const key = `${type} ${role}`;
    const known = written.get(key);
    if (known !== undefined) return known;
    const at = OPERANDS + data.length;
    const all = operandsOf(type, draw, role === 'alone').filter((bits) => role !== 'divisor' || isDivisor(bits, type));
    for (const bits of all) for (let i = 0; i < BYTES[type]; i++) data.push(Number((bits >> BigInt(8 * i)) & 0xffn));
    const range = { at, end: OPERANDS + data.length };
    written.set(key, range);
    return range;
  };
  const add = wide ? 'i64.add' : 'i32.add';
  const below = wide ? 'i64.lt_u' : 'i32.lt_u';
  /** Runs the code for each operand. */
  const forEach = (local: number, type: NumberType, { at, end }: Operands, code: Code): Code => [
    ...[...pointer(at), ...op('local.set', local), ...op('loop', 0x40), ...code],
    ...[...op('local.get', local), ...pointer(BYTES[type]), ...op(add), ...op('local.tee', local)],
    ...[...pointer(end), ...op(below), ...op('br_if', 0), END],
  ];
  const one = ({ mnemonic, params, result, lanes }: Swept, i: number): Code => {
    const [first = 'i32', second, third] = params;
    const load = (local: number, type: NumberType): Code => [...op('local.get', local), ...LOADS[type]];
    const chosen = Array.from({ length: lanes.count }, () => draw.below(lanes.below));
    const computed: Code = [
      ...load(FIRST, first),
      ...(second === undefined ? [] : load(SECOND, second)),
      // Only vectors have a third operand: a mask, which is one of the others.
      ...(third === undefined ? [] : load(draw.pick([FIRST, SECOND]), third)),
      ...op(mnemonic, ...chosen),
      ...bitsOf(result, COMPARES.test(mnemonic) ? undefined : /[if]\d+x\d+/.exec(mnemonic)?.[0]),
      ...[...op('local.get', FOLDED), ...op('i64.const', 5), ...op('i64.rotl'), ...op('i64.add')],
      ...op('local.set', FOLDED),
    ];
    const inner =
      second === undefined
        ? computed
        : forEach(SECOND, second, operands(second, DIVIDES.test(mnemonic) ? 'divisor' : 'one of two'), computed);
    return [
      ...[
        ...op('i64.const', 0),
        ...op('local.set', FOLDED),
        ...forEach(FIRST, first, operands(first, second === undefined ? 'alone' : 'one of two'), inner),
      ],
      ...[...pointer(8 * i), ...op('local.get', FOLDED), ...op('i64.store', 0, 0)],
    ];
  };
  const code = swept.flatMap(one);
  const reply = [...pointer(0), ...pointer(8 * swept.length), ...op('call', 0), ...op('call', 1)];
  const index = wide ? I64 : I32;
  const of = VALUE_TYPE_CODES;
  const bytes = assembled([
    [SECTION.type, [2, 0x60, 0, 0, 0x60, 2, index, index, 0]],
    [
      SECTION.import,
      [2, ...text('ic0'), ...text('msg_reply_data_append'), 0, 1, ...text('ic0'), ...text('msg_reply'), 0, 0],
    ],
    [SECTION.function, [1, 0]],
    [SECTION.memory, [1, wide ? 4 : 0, 1]],
    [SECTION.export, [1, ...text('canister_query hello'), 0, 2]],
    [
      SECTION.code,
      [1, ...functionBody([5, 2, index, 1, of.i64, 1, of.f32, 1, of.f64, 1, of.v128], [...code, ...reply])],
    ],
    [SECTION.data, [1, 0, ...pointer(OPERANDS), END, ...size(data.length), ...data]],
  ]);
  return { bytes, mnemonics: swept.map(({ mnemonic }) => mnemonic) };
}

export const sweepStories: Stories = {
  'instructions on all pairs of operands': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    for (const { bytes, mnemonics } of sweeps(draw, width, 6)) {
      given(stage, canister, bytes, `replies with 8 bytes for each of ${mnemonics.join(', ')}`);
      stage.query(canister.id, 'hello');
    }
  },
};
