// plumbing: modules whose code calls itself without end, with frames of every form — canister-interface.md#entry-points
//
// How deep it goes, and so how many instructions it takes, depends on what a frame costs: parameters, locals, and the most operands that
// are there at once, wherever that is, also in code that never runs.
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import {
  assembled,
  EMPTY,
  END,
  FUNCREF,
  I32,
  i32,
  I64,
  i64,
  op,
  SECTION,
  size,
  functionBody,
  functionType,
  text,
  type Code,
} from './module-bytes.js';

const [F32, F64, V128] = [0x7d, 0x7c, 0x7b];

/** Something of the type, on the operand stack. */
const ZERO: Readonly<Record<number, Code>> = {
  [I32]: i32(0),
  [I64]: i64(0),
  [F32]: op('f32.const', 0, 0, 0, 0),
  [F64]: op('f64.const', 0, 0, 0, 0, 0, 0, 0, 0),
  [V128]: op('v128.const', ...Array<number>(16).fill(0)),
};
const TYPES = [I32, I64, F32, F64, V128, V128] as const;

const zeroes = (types: Code): Code => types.flatMap((type) => ZERO[type] ?? []);
const dropped = (types: Code): Code => types.flatMap(() => op('drop'));

/** Functions: the import, the one without end, the query method. */
const [REPLY, ENDLESS] = [0, 1];
/** Types: of entry points, of the function without end, of a block. */
const [ENTRY, RECURSION, BLOCK] = [0, 1, 2];

/** A query method `hello` that calls a function without end. */
export function recursiveModule(draw: Draw, width: PointerWidth): Uint8Array {
  const some = (most: number): Code => Array.from({ length: draw.int(0, most) }, () => draw.pick(TYPES));
  const [params, results, held, given] = [some(4), some(3), some(3), some(12)];
  const call = draw.pick([op('call', ENDLESS), [...i32(0), ...op('call_indirect', RECURSION, 0)]]);
  const recursion: Code = [...zeroes(params), ...call];
  const select: Code = [...zeroes([V128, V128]), ...i32(1), ...op('select t', 1, V128), ...op('drop')];
  // Operands below the call, which take their place as long as it lasts.
  const [below, types] = draw.pick<[Code, Code]>([
    [[], []],
    [zeroes(held), held],
    [[...zeroes([V128, V128]), ...i32(1), ...op('select t', 1, V128)], [V128]],
  ]);
  /** What may stand before the call: operands that are there for a moment, or never. */
  const before = draw.pick<Code>([
    [],
    select,
    [...zeroes(given), ...dropped(given)],
    [...op('block', BLOCK), ...zeroes(given), END, ...dropped(given)],
    // The results of a block that is left without them, where nothing ever comes.
    [...i32(0), ...op('if', EMPTY), ...op('block', BLOCK), ...op('unreachable'), END, ...dropped(given), END],
    [...i32(0), ...op('if', EMPTY), ...op('unreachable'), ...select, END],
  ]);
  // What comes after the call never runs, and counts all the same: above its results there may be more.
  const above: Code = draw.chance(50) ? [] : [...zeroes(given), ...dropped(given)];
  const body: Code = [
    ...before,
    ...below,
    ...recursion,
    ...above,
    ...(types.length === 0 && draw.chance(50) ? [] : [...dropped(results), ...dropped(types), ...zeroes(results)]),
  ];
  const locals: Code = draw.chance(50) ? [0] : [1, ...size(draw.pick([1, 7, 130])), draw.pick(TYPES)];
  const start: Code = [...zeroes(params), ...op('call', ENDLESS), ...dropped(results), ...op('call', REPLY)];
  return assembled([
    [SECTION.type, [3, ...[functionType([], []), functionType(params, results), functionType([], given)].flat()]],
    [SECTION.import, [1, ...text('ic0'), ...text('msg_reply'), 0, ENTRY]],
    [SECTION.function, [2, RECURSION, ENTRY]],
    [SECTION.table, [1, FUNCREF, 0, 1]],
    [SECTION.memory, [1, width === 'i64' ? 4 : 0, 1]],
    [SECTION.export, [1, ...text('canister_query hello'), 0, 2]],
    [SECTION.element, [1, 0, ...i32(0), END, 1, ENDLESS]],
    [SECTION.code, [2, ...functionBody(locals, body), ...functionBody([0], start)]],
  ]);
}
