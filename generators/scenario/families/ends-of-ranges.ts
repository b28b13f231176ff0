// plumbing: operands on which most depends — the ends of each range, and what another engine computes in another way
//
// Random operands seldom meet: a shift by just the width, two zeroes of different signs, a divisor with the top bit set. So the operands
// stand in tables, and every instruction is told with all of its own. Results are folded into one value, which is logged.
import type { CodeInstruction, Statement } from '../../../spec/vocabulary/program.js';
import { INSTRUCTIONS, type Instruction, type Mnemonic } from '../../../spec/wasm/instructions.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import type { Draw } from '../../draw.js';
import { constantOf, isNumberType } from '../../wasm/constants.js';
import { happens, respond, type Stories } from './story.js';
import { stageCanisters } from '../mission-scenario.js';

const view = new DataView(new ArrayBuffer(8));
function f32(value: number): bigint {
  view.setFloat32(0, value);
  return BigInt(view.getUint32(0));
}
function f64(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
const pairs = (first: readonly bigint[], second: readonly bigint[]) => first.flatMap((a) => second.map((b) => [a, b]));
const each = (...values: readonly bigint[]) => values.map((one) => [one]);
const squared = (...values: readonly bigint[]) => pairs(values, values);

const [MIN32, MIN64] = [1n << 31n, 1n << 63n];
const [ALL32, ALL64] = [(1n << 32n) - 1n, (1n << 64n) - 1n];
/** A NaN of a negative sign, with a payload. */
const [NAN32, NAN64] = [0xffc1_2345n, 0xfff8_0000_0001_2345n];

/** Numbers that have an integer part within the type, though they are just outside of it. */
const TRUNCATED: Readonly<Record<string, readonly number[]>> = {
  i32_s: [-(2 ** 31) - 0.75, 2 ** 31 - 0.25, -(2 ** 31)],
  i32_u: [-0.75, 2 ** 32 - 0.25, 2 ** 31],
  i64_s: [-(2 ** 63), 2 ** 63 - 1024],
  i64_u: [-0.75, 2 ** 63, 2 ** 64 - 2048],
};
/** Numbers that have none. */
const NOT_TRUNCATED: Readonly<Record<string, readonly number[]>> = {
  i32_s: [2 ** 31, -(2 ** 31) - 1, -(2 ** 31) - 256],
  i32_u: [2 ** 32, -1],
  i64_s: [2 ** 63, -(2 ** 63) - 2048, -(2 ** 63) - 2 ** 40],
  i64_u: [2 ** 64, -1],
};
const ANYWHERE = [Infinity, -Infinity, NaN];
const ODD_NUMBERS = [-0.5, -0.2, 0.5, 1.5, 2.5, -1.5, -2.5, -0, 0.49999999999999994, 2 ** 52 + 1, 2 ** 53 - 1];

/** As bits of the type: those that it has. */
const floatsOf = (type: string, numbers: readonly number[]) =>
  type === 'f32' ? numbers.filter((one) => Object.is(Math.fround(one), one)).map(f32) : numbers.map(f64);

/** Operands by the instruction that takes them. The first row whose pattern fits counts. */
const SCALARS: readonly (readonly [RegExp, readonly (readonly bigint[])[]])[] = [
  [/^i32\.(shl|shr_[su]|rot[lr])$/, pairs([0x8000_0003n, 0x7234_5678n], [0n, 31n, 32n, 33n, ALL32])],
  [
    /^i64\.(shl|shr_[su]|rot[lr])$/,
    pairs([0x8000_0000_7000_0003n, 0x7234_5678_9abc_def0n], [0n, 31n, 32n, 33n, 63n, 64n, 65n, 1n << 32n, ALL64]),
  ],
  [/^i32\.(clz|ctz|popcnt|eqz)$/, each(0n, 1n, MIN32, ALL32)],
  [/^i64\.(clz|ctz|popcnt|eqz)$/, each(0n, 1n, MIN32, 1n << 32n, MIN64, ALL64)],
  [/^i32\.(mul|rem_u|div_u)$/, pairs([ALL32, MIN32, 7n], [0x8000_0001n, ALL32, 7n])],
  [/^i64\.(mul|rem_u|div_u)$/, pairs([ALL64, MIN64, 0xffff_ffffn], [MIN64 + 1n, ALL64, 3n, 0xffff_ffffn])],
  [/^i32\.(rem_s|div_s)$/, pairs([MIN32 + 1n, 7n, ALL32 - 6n], [ALL32, 2n, ALL32 - 1n, MIN32])],
  [/^i64\.(rem_s|div_s)$/, pairs([MIN64 + 1n, 7n, ALL64 - 6n], [ALL64, 2n, ALL64 - 1n, MIN64])],
  [/^i32\.(eq|ne|[lg][te]_[su])$/, squared(0n, 1n, MIN32, ALL32)],
  [/^i64\.(eq|ne|[lg][te]_[su])$/, squared(1n, MIN32 + 1n, MIN64, (1n << 32n) + 1n, (1n << 32n) + MIN32)],
  [/^f32\.convert_i64/, each(0x0020_0000_2000_0001n, 0x8000_0080_0000_0001n, 0x8000_0080_0000_0000n, ALL64)],
  [/^f64\.convert_i64/, each(0x8000_0000_0000_0401n, 0x8000_0000_0000_0400n, 0x0020_0000_0000_0001n, ALL64)],
  [/^f32\.convert_i32/, each(0x0100_0001n, 0x0100_0003n, 0xffff_ff7fn, MIN32)],
  [/^f64\.convert_i32/, each(MIN32, ALL32)],
  [/^i(32|64)\.extend/, each(0x80n, 0x8000n, MIN32, 0xffff_ff7fn)],
  [/^f32\.(min|max|copysign)$/, squared(f32(0), f32(-0), f32(-1), NAN32)],
  [/^f64\.(min|max|copysign)$/, squared(f64(0), f64(-0), f64(-1), NAN64)],
  [/^f32\.(add|sub|mul|div)$/, squared(f32(-0), f32(2 ** -149), f32(2 ** -126), f32(Infinity))],
  [/^f64\.(add|sub|mul|div)$/, squared(f64(-0), 1n, 1n << 52n, f64(Infinity))],
  [/^f32\.(ceil|floor|trunc|nearest|sqrt|neg|abs)$/, each(...floatsOf('f32', [...ODD_NUMBERS, 2 ** 23 + 1]), NAN32)],
  [/^f64\.(ceil|floor|trunc|nearest|sqrt|neg|abs)$/, each(...floatsOf('f64', ODD_NUMBERS), NAN64)],
  [/^f32\.demote/, each(f64(2 ** -150), f64(2 ** -149 * 1.5), f64(3.4028235677973366e38), NAN64)],
  [/^f64\.promote/, each(1n, NAN32, f32(-0))],
];

const table = INSTRUCTIONS as readonly Instruction<Mnemonic>[];

interface Told {
  readonly mnemonic: Mnemonic;
  readonly params: readonly ValueType[];
  readonly result: ValueType;
  readonly operands: readonly (readonly bigint[])[];
}

/** Instructions that compute on numbers alone, with the operands that a function finds for them. */
function told(operandsOf: (row: Instruction<Mnemonic>) => readonly (readonly bigint[])[] | undefined): readonly Told[] {
  return table.flatMap((row): Told[] => {
    if (row.typing.kind !== 'fixed' || row.immediates.length > 0) return [];
    const params = row.typing.params.filter(isNumberType);
    const [result] = row.typing.results.filter(isNumberType);
    const operands = operandsOf(row);
    if (result === undefined || operands === undefined || params.length !== row.typing.params.length) return [];
    return [{ mnemonic: row.mnemonic, params, result, operands }];
  });
}

const TRUNCATION = /^(i32|i64)\.trunc_(sat_)?(f32|f64)_([su])$/;

function truncated({ mnemonic }: Instruction<Mnemonic>): readonly (readonly bigint[])[] | undefined {
  const [, type, saturating, float = '', sign] = TRUNCATION.exec(mnemonic) ?? [];
  if (type === undefined) return undefined;
  const inside = TRUNCATED[`${type}_${String(sign)}`] ?? [];
  const outside = saturating === undefined ? [] : [...(NOT_TRUNCATED[`${type}_${String(sign)}`] ?? []), ...ANYWHERE];
  return floatsOf(float, [...inside, ...outside]).map((one) => [one]);
}

const ON_SCALARS = told((row) => SCALARS.find(([pattern]) => pattern.test(row.mnemonic))?.[1] ?? truncated(row));

/** What traps: one each. */
const TRAPPING: readonly (readonly [Mnemonic, readonly bigint[]])[] = [
  ...(['div_s', 'div_u', 'rem_s', 'rem_u'] as const).flatMap((name): [Mnemonic, bigint[]][] => [
    [`i32.${name}`, [MIN32, 0n]],
    [`i64.${name}`, [MIN64, 0n]],
  ]),
  ['i32.div_s', [MIN32, ALL32]],
  ['i64.div_s', [MIN64, ALL64]],
  ...table.flatMap(({ mnemonic }): [Mnemonic, bigint[]][] => {
    const [, type, saturating, float = '', sign] = TRUNCATION.exec(mnemonic) ?? [];
    if (type === undefined || saturating !== undefined) return [];
    const outside = NOT_TRUNCATED[`${type}_${String(sign)}`] ?? [];
    return floatsOf(float, [...outside, Infinity, -Infinity]).map((one) => [mnemonic, [one]]);
  }),
];

/** A vector of one number in every lane. */
function splat(bits: number, lane: bigint): bigint {
  let vector = 0n;
  for (let at = 0; at < 128; at += bits) vector |= lane << BigInt(at);
  return vector;
}
/** Lanes at the ends of their range: the least number twice, the largest, all ones, one; of two floats zeroes of either sign, and a NaN. */
const LANES: Readonly<Record<string, readonly (readonly [bigint, bigint])[]>> = Object.fromEntries([
  ...[8, 16, 32, 64].map((bits) => {
    const [least, all] = [1n << BigInt(bits - 1), (1n << BigInt(bits)) - 1n];
    const lanes = [
      [least, least],
      [least - 1n, least - 1n],
      [all, all],
      [least, all],
      [1n, least],
      [least + 0x12n, 1n],
    ] as const;
    return [`i${bits}x${128 / bits}`, lanes.map(([a, b]) => [splat(bits, a), splat(bits, b)])];
  }),
  ...([32, 64] as const).map((bits) => {
    const [of, nan] = bits === 32 ? [f32, NAN32] : [f64, NAN64];
    const lanes = [
      [of(0), of(-0)],
      [of(-0), of(0)],
      [nan, of(1)],
      [of(-1), nan],
      [of(2.5), of(-0.5)],
      [of(-(2 ** 31)), of(2 ** 31)],
      [of(2 ** 32), of(-Infinity)],
    ] as const;
    return [`f${bits}x${128 / bits}`, lanes.map(([a, b]) => [splat(bits, a), splat(bits, b)])];
  }),
]);
/** Swizzling takes indices, of which those from 16 on give zero. */
const INDICES = [0x0f0e0d0c0b0a09080706050403020100n, 0x8f1f7f100f2030ff0102030405060708n] as const;
const AMOUNTS = [0n, 7n, 8n, 9n, 16n, 31n, 32n, 33n, 63n, 64n, ALL32];

const ON_VECTORS = told(({ mnemonic, typing }) => {
  if (typing.kind !== 'fixed' || typing.params[0] !== 'v128') return undefined;
  if (mnemonic === 'i8x16.swizzle') return [INDICES, [splat(8, 0x41n), INDICES[1]]];
  const shape = mnemonic.match(/[if]\d+x\d+/g)?.at(-1) ?? 'i8x16';
  const lanes = LANES[shape] ?? [];
  if (typing.params[1] === 'i32') return AMOUNTS.map((by) => [INDICES[1], by]);
  return typing.params.length === 3
    ? lanes.map(([a, b]) => [a, b, INDICES[1]])
    : lanes.map(([a, b]) => [a, b].slice(0, typing.params.length));
});

/** How a result becomes bits, and how they are put to those before. */
const FOLDS: Readonly<Record<string, { readonly bits: CodeInstruction[]; readonly folded: CodeInstruction[] }>> = {
  i32: { bits: [], folded: [['i32.add'], ['i32.const', 5n], ['i32.rotl']] },
  i64: { bits: [], folded: [['i64.add'], ['i64.const', 5n], ['i64.rotl']] },
  f32: { bits: [['i32.reinterpret_f32']], folded: [['i32.add'], ['i32.const', 5n], ['i32.rotl']] },
  f64: { bits: [['i64.reinterpret_f64']], folded: [['i64.add'], ['i64.const', 5n], ['i64.rotl']] },
  v128: { bits: [], folded: [['i32x4.add']] },
};
const BITS: Readonly<Record<string, ValueType>> = { f32: 'i32', f64: 'i64' };

/** What a comparison is for: engines make one instruction of it and what follows. */
function decided(draw: Draw): CodeInstruction[] {
  const block = { params: [], results: ['i32'] } as const;
  const two: CodeInstruction[] = [['i32.const', 3n], ['else'], ['i32.const', 10n], ['end']];
  return draw.pick<CodeInstruction[]>([
    [],
    [['if', block], ...two],
    [['i32.eqz'], ['if', block], ...two],
    [
      ['br_if', 0],
      ['i32.const', 7n],
    ],
  ]);
}

/** An instruction on each of its operands. */
function folded(draw: Draw, { mnemonic, params, result, operands }: Told): Statement {
  const { bits, folded: fold } = FOLDS[result] ?? { bits: [], folded: [] };
  const type = BITS[result] ?? result;
  const decides = /^i(32|64)\.(eq|ne|[lg]t|[lg]e)/.test(mnemonic);
  const one = (values: readonly bigint[]): CodeInstruction[] => {
    const code = [...params.map((param, i) => constantOf(param, values[i] ?? 0n))];
    // An operand that is no constant, to those who look for constants.
    if (params.at(-1) === 'i32' && draw.chance(50)) code.push(['i32.const', 0n], ['i32.or']);
    const computed: CodeInstruction[] = [...code, [mnemonic]];
    if (!decides) return [...computed, ...bits];
    return [
      ['block', { params: [], results: ['i32'] }],
      ['i32.const', 21n],
      ...computed,
      ...decided(draw),
      ['i32.add'],
      ['end'],
    ];
  };
  const code = operands.flatMap((values) => [...one(values), ...fold]);
  return { kind: 'code', code: [constantOf(type, 0n), ...code], results: [type] };
}

export const endOfRangeStories: Stories = {
  'operands at the ends of their ranges': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const scalars = draw.shuffle(ON_SCALARS);
    const half = Math.ceil(scalars.length / 2);
    for (const some of [scalars.slice(0, half), scalars.slice(half), draw.sample(ON_VECTORS, 70)])
      happens(stage, canister, () => [...some.map((one) => folded(draw, one)), respond()]);
    for (const [mnemonic, values] of draw.sample(TRAPPING, 12)) {
      const type = mnemonic.includes('trunc')
        ? (mnemonic.split(/[._]/)[2] as ValueType)
        : (mnemonic.slice(0, 3) as ValueType);
      const result = mnemonic.slice(0, 3) as ValueType;
      happens(stage, canister, () => [
        { kind: 'code', code: [...values.map((one) => constantOf(type, one)), [mnemonic]], results: [result] },
        respond(),
      ]);
    }
  },
};
