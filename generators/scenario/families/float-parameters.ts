// plumbing: a module whose functions have floats as parameters, which get numbers of every kind — WebAssembly 2.0, "NaN Propagation"
//
// A NaN that comes from arithmetic has one payload only, in a parameter as anywhere else; one that is only passed on keeps its own.
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import {
  assembled,
  constantOf,
  EMPTY,
  END,
  I32,
  i32,
  I64,
  op,
  SECTION,
  functionBody,
  text,
  type Code,
} from './module-bytes.js';

const [F32, F64] = [0x7d, 0x7c];

/** What is different between the two types of floats. */
interface Float {
  readonly type: number;
  readonly bytes: number;
  readonly constant: 'f32.const' | 'f64.const';
  readonly arithmetic: readonly Code[];
  /** Of one operand; the last two only change the sign. */
  readonly unary: readonly Code[];
  readonly store: Code;
}

const FLOATS: readonly Float[] = [
  {
    type: F32,
    bytes: 4,
    constant: 'f32.const',
    arithmetic: [op('f32.add'), op('f32.sub'), op('f32.mul'), op('f32.div'), op('f32.min'), op('f32.max')],
    unary: [op('f32.sqrt'), op('f32.floor'), op('f32.nearest'), op('f32.neg'), op('f32.abs')],
    store: op('f32.store', 0, 0),
  },
  {
    type: F64,
    bytes: 8,
    constant: 'f64.const',
    arithmetic: [op('f64.add'), op('f64.sub'), op('f64.mul'), op('f64.div'), op('f64.min'), op('f64.max')],
    unary: [op('f64.sqrt'), op('f64.trunc'), op('f64.ceil'), op('f64.neg'), op('f64.abs')],
    store: op('f64.store', 0, 0),
  },
];

/** Upper bytes of the number, the highest first: NaNs with payloads, infinities, zeroes, and a number. */
const HIGH: Readonly<Record<number, readonly Code[]>> = {
  [F32]: [
    [0x7f, 0xc1],
    [0xff, 0xa5],
    [0x7f, 0x81],
    [0x7f, 0x80],
    [0xff, 0x80],
    [0, 0],
    [0x3f, 0x80],
  ],
  [F64]: [
    [0x7f, 0xf8],
    [0xff, 0xf9],
    [0x7f, 0xf1],
    [0x7f, 0xf0],
    [0xff, 0xf0],
    [0, 0],
    [0x3f, 0xf0],
  ],
};

function anyNumber(draw: Draw, { type, bytes, constant }: Float): Code {
  const [first = 0, second = 0] = draw.pick(HIGH[type] ?? []);
  const low = draw.chance(50) ? Array<number>(bytes - 2).fill(0) : Array.from(draw.bytes(bytes - 2));
  return op(constant, ...low, second, first);
}

/** Functions: imports, the query method, the one with parameters. */
const [APPEND, REPLY, HELLO, COMPUTES] = [0, 1, 2, 3];
/** Parameters: where results go, two floats, a condition. A local after them. */
const [TO, A, B, IF, LOCAL] = [0, 1, 2, 3, 4];

/** Statements that write to the parameters, or to the local, what was computed, or what was there before. */
function statement(draw: Draw, { arithmetic, unary }: Float): Code {
  const [get, from] = [() => op('local.get', draw.pick([A, B, LOCAL])), () => draw.pick([A, B, LOCAL])];
  const computed = (): Code =>
    draw.chance(70) ? [...get(), ...get(), ...draw.pick(arithmetic)] : [...get(), ...draw.pick(unary)];
  return draw.pick<() => Code>([
    () => [...computed(), ...op('local.set', from())],
    // On its way to more arithmetic.
    () => [...computed(), ...op('local.tee', from()), ...get(), ...draw.pick(arithmetic), ...op('local.set', from())],
    () => [...get(), ...op('local.set', from())],
    // Perhaps not at all.
    () => [...op('local.get', IF), ...op('if', EMPTY), ...computed(), ...op('local.set', from()), END],
    () => [...get(), ...get(), ...op('local.get', IF), ...op('select'), ...op('local.set', from())],
  ])();
}

/** A query method `hello` that replies with the bits of what the function's parameters and its local are in the end. */
export function floatParameters(draw: Draw, width: PointerWidth): Uint8Array {
  const wide = width === 'i64';
  const pointer = wide ? I64 : I32;
  const float = draw.pick(FLOATS);
  const { type, bytes, store } = float;
  const shown = [A, B, LOCAL].flatMap((index, i) => [
    ...[...op('local.get', TO), ...constantOf(wide, i * bytes), ...op(wide ? 'i64.add' : 'i32.add')],
    ...[...op('local.get', index), ...store],
  ]);
  const computes: Code = [...Array.from({ length: draw.int(1, 5) }, () => statement(draw, float)).flat(), ...shown];
  const calls = [0, 1].flatMap((condition) => [
    ...[...constantOf(wide, 24 * condition), ...anyNumber(draw, float), ...anyNumber(draw, float), ...i32(condition)],
    ...op('call', COMPUTES),
  ]);
  const hello: Code = [
    ...calls,
    ...[...constantOf(wide, 0), ...constantOf(wide, 48), ...op('call', APPEND), ...op('call', REPLY)],
  ];
  return assembled([
    [SECTION.type, [3, 0x60, 0, 0, 0x60, 2, pointer, pointer, 0, 0x60, 4, pointer, type, type, I32, 0]],
    [
      SECTION.import,
      [2, ...text('ic0'), ...text('msg_reply_data_append'), 0, 1, ...text('ic0'), ...text('msg_reply'), 0, 0],
    ],
    [SECTION.function, [2, 0, 2]],
    [SECTION.memory, [1, wide ? 4 : 0, 1]],
    [SECTION.export, [1, ...text('canister_query hello'), 0, HELLO]],
    [SECTION.code, [2, ...functionBody([0], hello), ...functionBody([1, 1, type], computes)]],
  ]);
}
