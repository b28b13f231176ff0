// plumbing: stories about what code leaves on the stack — WebAssembly's numbers, and the frames of its calls
import type { CodeImmediate, CodeInstruction, Statement } from '../../../spec/vocabulary/program.js';
import { INSTRUCTIONS, type Instruction, type Mnemonic } from '../../../spec/wasm/instructions.js';
import type { FuncType, ValueType } from '../../../spec/wasm/types.js';
import type { Draw } from '../../draw.js';
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import { LAYOUT } from '../../canister/builder.js';
import { constantBits, constantOf, isNumberType, NUMBER_TYPES } from '../../wasm/constants.js';
import { LOADS, STORES } from '../../wasm/operations.js';
import { comfortable, stageCanisters } from '../mission-scenario.js';
import { STANDARD_METHODS } from '../canister.js';
import { ofLength } from '../stage.js';
import { grows, happens, query, respond, type Stories, update } from './story.js';

/** NaNs with payloads, quiet and signalling, of either sign; as bits. */
const NANS = {
  f32: [0x7fc12345n, 0xffc00001n, 0x7f800001n, 0xffbfffffn, 0xffc00000n],
  f64: [0x7ff8000000012345n, 0xfff8000000000001n, 0x7ff0000000000001n, 0xfff7ffffffffffffn, 0xfff8000000000000n],
} as const;

interface OnFloats {
  readonly mnemonic: Mnemonic;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Instructions that compute on floats, or vectors of them, alone. */
const ON_FLOATS = (INSTRUCTIONS as readonly Instruction<Mnemonic>[]).flatMap(
  ({ mnemonic, typing, immediates }): OnFloats[] => {
    if (immediates.length > 0 || typing.kind !== 'fixed' || !/^f(32|64)/.test(mnemonic)) return [];
    const params = typing.params.filter(isNumberType);
    const results = typing.results.filter(isNumberType);
    const floats = params.every((type) => type === 'f32' || type === 'f64' || type === 'v128');
    return floats && params.length > 0 && params.length === typing.params.length ? [{ mnemonic, params, results }] : [];
  },
);

/** A constant that is often a NaN; of a vector, in one of the shapes of floats. */
function oftenNaN(type: ValueType, draw: Draw): bigint {
  const nan = (float: 'f32' | 'f64') => (draw.chance(65) ? draw.pick(NANS[float]) : constantBits(float, draw));
  switch (type) {
    case 'f32':
      return nan('f32');
    case 'f64':
      return nan('f64');
    case 'v128':
      return draw.chance(50)
        ? [0, 1, 2, 3].reduce((bits, lane) => bits | (nan('f32') << BigInt(32 * lane)), 0n)
        : nan('f64') | (nan('f64') << 64n);
    default:
      return constantBits(type, draw);
  }
}

/** Operands on which most depends: a remainder that does not trap, and what must not be rounded twice. */
const SPECIAL: readonly (readonly [Mnemonic, ValueType, readonly CodeInstruction[]])[] = [
  ['i32.rem_s', 'i32', [['i32.const', 0x8000_0000n], ['i32.const', 0xffff_ffffn]]],
  ['i64.rem_s', 'i64', [['i64.const', 1n << 63n], ['i64.const', (1n << 64n) - 1n]]],
  ['f32.convert_i64_s', 'f32', [['i64.const', 0x0020_0000_2000_0001n]]],
  ['f32.convert_i64_u', 'f32', [['i64.const', 0x8000_0080_0000_0001n]]],
]; // prettier-ignore

/** Instructions that compute on numbers, or vectors, alone and never trap. */
const ON_NUMBERS = (INSTRUCTIONS as readonly Instruction<Mnemonic>[]).flatMap(({ mnemonic, typing, immediates }) => {
  if (immediates.length > 0 || typing.kind !== 'fixed' || /^i(32|64)\.(div|rem|trunc_f)/.test(mnemonic)) return [];
  const params = typing.params.filter(isNumberType);
  const results = typing.results.filter(isNumberType);
  return params.length > 0 && params.length === typing.params.length && results.length === 1
    ? [{ mnemonic, params, results }]
    : [];
});

/** Computes on constants, of which many are NaNs, and logs the bits of each result. */
function floats(draw: Draw, count: number): Statement[] {
  return draw.sample(ON_FLOATS, count).map(({ mnemonic, params, results }) => ({
    kind: 'code',
    code: [
      ...params.map((type) => constantOf(type, oftenNaN(type, draw))),
      [mnemonic],
      ...(draw.chance(30) ? signed(draw, results[0]) : []),
      ...between(draw),
    ],
    results,
  }));
}

/** Instructions that take lanes from vectors, or put them there. */
const ON_LANES = (INSTRUCTIONS as readonly Instruction<Mnemonic>[]).filter(
  ({ immediates: [first] }) => first === 'lane' || first === 'lanes',
);

/** Every load, every store, and what moves lanes, once each: a float that is moved keeps its bits, whatever they are. The results are logged. */
function moved(draw: Draw, width: PointerWidth): Statement[] {
  const address = (): CodeInstruction => [`${width}.const`, BigInt(LAYOUT.scratch + 4 * draw.below(16))];
  const memarg = (): [number, bigint] => [0, BigInt(draw.pick([0, 0, 4, 8, 1]))];
  const value = (type: ValueType): CodeInstruction => constantOf(type, oftenNaN(type, draw));
  const instruction = ({ mnemonic, immediates, typing, lanes }: Instruction<Mnemonic>): Statement[] => {
    if (typing.kind !== 'fixed') return [];
    const params = typing.params.map((type) => (isNumberType(type) ? value(type) : address()));
    const given = immediates.flatMap((immediate): CodeImmediate[] => {
      if (immediate === 'memarg') return memarg();
      return [immediate === 'lane' ? draw.below(lanes ?? 1) : Array.from({ length: 16 }, () => draw.below(32))];
    });
    return [{ kind: 'code', code: [...params, [mnemonic, ...given]], results: typing.results.filter(isNumberType) }];
  };
  const filled = [0, 16, 32, 48].map((at): Statement => ({
    kind: 'code',
    code: [[`${width}.const`, BigInt(LAYOUT.scratch + at)], value('v128'), ['v128.store', 0, 0n]],
    results: [],
  }));
  const copied = (['f32', 'f64', 'v128'] as const).map((type): Statement => ({
    kind: 'code',
    code: [address(), address(), [`${type}.load`, ...memarg()], [`${type}.store`, ...memarg()]],
    results: [],
  }));
  return [...filled, ...draw.shuffle([...LOADS, ...STORES, ...ON_LANES].flatMap(instruction)), ...copied];
}

/** What turns the sign of a float, or takes one: it leaves every other bit of a NaN as it is. Of a vector, arithmetic as well. */
function signed(draw: Draw, type: ValueType | undefined): CodeInstruction[] {
  switch (type) {
    case 'f32':
    case 'f64': {
      const copied: CodeInstruction[] = [constantOf(type, oftenNaN(type, draw)), [`${type}.copysign`]];
      return draw.pick([[[`${type}.neg`]], [[`${type}.abs`]], copied]);
    }
    case 'v128': {
      // Arithmetic of the other shape sees what NaNs of this one are in bits.
      const arithmetic = draw.pick(['f32x4.add', 'f32x4.mul', 'f64x2.add', 'f64x2.mul'] as const);
      const other = draw.pick([constantBits('v128', draw), oftenNaN('v128', draw)]);
      return draw.chance(50)
        ? [constantOf('v128', other), [arithmetic]]
        : [[draw.pick(['f32x4.neg', 'f32x4.abs', 'f64x2.neg', 'f64x2.abs'])]];
    }
    default:
      return [];
  }
}

/** Operators whose results have to be made canonical where they are NaNs. */
const ARITHMETIC = ['add', 'sub', 'mul', 'div', 'min', 'max'] as const;

/**
 * A float that stays in a local for a while: results of arithmetic are put into it, and other floats, whose payload is theirs; what sees
 * its bits comes before, between and after them, in a loop of two turns. The bits are logged.
 * The function's locals are the float, three of its type that keep what was seen, and an i32.
 */
function inLocal(draw: Draw, type: 'f32' | 'f64'): Statement {
  const [local, kept, turns] = [0, 1, 4];
  const [bits, reinterpret] =
    type === 'f32' ? (['i32', 'f32.reinterpret_i32'] as const) : (['i64', 'f64.reinterpret_i64'] as const);
  const put: CodeInstruction = ['local.set', local];
  const keep = (): CodeInstruction => ['local.set', kept + draw.below(3)];
  const any = (): CodeInstruction => constantOf(type, oftenNaN(type, draw));
  const block = { params: [], results: [type] };
  const arithmetic = (): CodeInstruction[] => [
    draw.chance(70) ? ['local.get', local] : any(),
    any(),
    [`${type}.${draw.pick(ARITHMETIC)}`],
    ...draw.weighted<CodeInstruction[]>([
      [4, [put]],
      [1, [['local.tee', local], any(), [`${type}.add`], put]],
      [1, [['local.tee', local], keep()]],
      // What is compared above it does not take it, and one of the two keeps its bits.
      [
        1,
        [
          ['local.get', kept],
          ['local.get', kept],
          ['local.get', local],
          [`${type}.lt`],
          ['select'],
          draw.chance(50) ? put : keep(),
        ],
      ],
    ]),
  ];
  const other = (): CodeInstruction[] =>
    draw.pick<() => CodeInstruction[]>([
      () => [any(), put],
      () => [constantOf(bits, oftenNaN(type, draw)), [reinterpret], put],
      () => [any(), any(), ['i32.const', BigInt(draw.below(2))], ['select'], put],
      () => [['block', block], any(), ['end'], put],
      () => [any(), ['local.tee', local], ['drop']],
    ])();
  const seen = (): CodeInstruction[] => [['local.get', local], ...(draw.chance(20) ? signed(draw, type) : []), keep()];
  const perhaps = (code: CodeInstruction[]): CodeInstruction[] =>
    draw.chance(30) ? [['local.get', turns], ['if', { params: [], results: [] }], ...code, ['end']] : code;
  const kinds = [
    [4, arithmetic],
    [2, other],
    [3, seen],
  ] as const;
  const turn = Array.from({ length: draw.int(2, 5) }, () => perhaps(draw.weighted(kinds)())).flat();
  return {
    kind: 'code',
    code: [
      ['loop', { params: [], results: [] }],
      ...turn,
      ['local.get', turns],
      ['i32.eqz'],
      ['local.tee', turns],
      ['br_if', 0],
      ['end'],
      ...[0, 1, 2, 3].map((which): CodeInstruction => ['local.get', local + which]),
    ],
    results: [type, type, type, type],
  };
}

/** Code above the result: it leaves it as it is. */
function between(draw: Draw): CodeInstruction[] {
  const type = draw.pick(NUMBER_TYPES);
  const one = constantOf(type, constantBits(type, draw));
  const two = constantOf('i64', draw.bits(64));
  return draw.weighted<CodeInstruction[]>([
    [6, []],
    [1, [one, ['drop']]],
    [1, [two, two, ['i64.add'], ['drop']]],
    [1, [constantOf('f32', 0n), constantOf('f32', oftenNaN('f32', draw)), ['f32.lt'], ['drop']]],
    [1, [['block', { params: [], results: [] }], ['end']]],
  ]);
}

/** One operand, in a shape of its own: blocks, dead code and what is put on the stack for a while count among a frame's slots. */
function operand(draw: Draw, type: ValueType, global: number, local: number): CodeInstruction[] {
  const one = (): CodeInstruction => constantOf(type, constantBits(type, draw));
  const block = { params: [], results: [type] };
  const condition: CodeInstruction = ['i32.const', BigInt(draw.below(2))];
  const several = Array.from({ length: draw.int(1, 6) }, () => one());
  const dropped = several.map((): CodeInstruction => ['drop']);
  return draw.pick<() => CodeInstruction[]>([
    () => [one()],
    () => [one(), one(), condition, ['select']],
    () => [['block', block], ...several, one(), ['br', 0], ['end']],
    () => [
      ['block', block],
      one(),
      ['br', 0],
      ...several,
      ...dropped,
      ['block', block],
      ...several,
      ['br', 0],
      ['end'],
      ['end'],
    ],
    () => [condition, ['if', block], one(), ['br', 0], ['else'], ...several, ...dropped, one(), ['end']],
    () => (type === 'v128' ? [['global.get', global]] : [one()]),
    () => (type === 'v128' ? [one(), ['local.tee', local]] : [one()]),
  ])();
}

/** Numbers for br_table with two labels and a default: each of them, and what is beyond the list. */
const BRANCHES: readonly bigint[] = [0n, 1n, 2n, 3n, 0x8000_0000n, 0xffff_ffffn];

/** A branch out of one of three blocks, each of which adds something of its own to what comes with the branch. */
function taken(index: bigint): Statement {
  const one: FuncType = { params: [], results: ['i32', 'i64'] };
  const added = (value: bigint): CodeInstruction[] => [['i64.const', value], ['i64.add']];
  return {
    kind: 'code',
    code: [
      ['block', one],
      ['block', one],
      ['block', one],
      ['i32.const', 7n],
      ['i64.const', 100n],
      ['i32.const', index],
      ['br_table', [0, 1, 2]],
      ['end'],
      ...added(1n),
      ['end'],
      ...added(10n),
      ['end'],
    ],
    results: one.results,
  };
}

export const codeStories: Stories = {
  'numbers that are not numbers': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    for (let i = 0; i < 2; i++) happens(stage, canister, () => [...floats(draw, 25), respond()]);
    query(canister, 'floats', () => [...floats(draw, 25), respond()]);
    happens(stage, canister, () => [
      ...SPECIAL.map(([mnemonic, type, operands]): Statement => ({
        kind: 'code',
        code: [...operands, [mnemonic]],
        results: [type],
      })),
      respond(),
    ]);
    happens(stage, canister, () => [...BRANCHES.map(taken), respond()]);
    // Each of them once, on numbers that are often at an end of their range.
    const all = draw.shuffle(ON_NUMBERS);
    for (let from = 0; from < all.length; from += 100) {
      happens(stage, canister, () => [
        ...all.slice(from, from + 100).map(({ mnemonic, params, results }): Statement => ({
          kind: 'code',
          code: [...params.map((type) => constantOf(type, constantBits(type, draw))), [mnemonic]],
          results,
        })),
        respond(),
      ]);
    }
    stage.query(canister.id, 'floats');
  },

  'numbers that are moved': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm));
    for (let i = 0; i < 2; i++) happens(stage, canister, () => [...moved(draw, width), respond()]);
  },

  'floats in locals': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const { program } = canister.module;
    const method = (): Statement[] =>
      Array.from({ length: 12 }, (): Statement => {
        const type = draw.pick(['f32', 'f64'] as const);
        const name = program.entry(`${type} ${stage.next()}`, [inLocal(draw, type)], [type, type, type, type, 'i32']);
        return { kind: 'call', function: name };
      });
    happens(stage, canister, () => [...method(), respond()]);
    query(canister, 'floats in locals', () => [...method(), respond()]);
    stage.query(canister.id, 'floats in locals');
  },

  'frames of many shapes': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const { program } = canister.module;
    const global = program.globals.push({ type: 'v128', init: draw.bits(128) }) - 1;
    // Calls itself with operands on the stack, until the stack budget or the limit of instructions ends it.
    const deep = (): string => {
      const name = `deep ${stage.next()}`;
      const operands = Array.from({ length: draw.int(0, 12) }, () => draw.pick(NUMBER_TYPES));
      const locals = Array.from({ length: draw.pick([0, 1, 20, 60]) }, () => draw.pick(NUMBER_TYPES));
      const local = locals.push('v128') - 1;
      return program.entry(
        name,
        [
          {
            kind: 'code',
            code: [
              ...operands.flatMap((type) => operand(draw, type, global, local)),
              ['call', name],
              ...operands.map((): CodeInstruction => ['drop']),
            ],
            results: [],
          },
        ],
        locals,
      );
    };
    for (let i = 0; i < 2; i++) {
      const name = deep();
      const method = `dive ${stage.next()}`;
      update(canister, method, () => [grows(1), { kind: 'call', function: name }]);
      stage.ingress(canister.id, method, ofLength(draw.below(5)));
    }
    stage.ingress(canister.id, STANDARD_METHODS.replies);
  },
};
