// plumbing: a module whose functions give several results, byte by byte — canister-interface.md#system-api-module
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import {
  assembled,
  constantOf,
  EMPTY,
  END,
  FUNCREF,
  I32,
  i32,
  I64,
  i64,
  number,
  NUMBERS,
  op,
  SECTION,
  functionBody,
  functionType,
  text,
  type Code,
} from './module-bytes.js';

/** Types by their indices; that of `msg_reply_data_append`, the second, depends on the width. */
const [NONE, PIECE, SWAPPED, COUNTED, PAIR] = [0, 1, 2, 3, 4];
const NO_TYPE = functionType([], []);
const SWAPPED_TYPE = functionType([I32, I64], [I64, I32]);
const COUNTED_TYPE = functionType([I32], [I32]);
const PAIR_TYPE = functionType([], [I64, I32]);
/** The functions: two imports, `hello`, and those that it calls. */
const [MSG_REPLY_DATA_APPEND, MSG_REPLY, HELLO, SWAP, COUNT] = [0, 1, 2, 3, 4];
const [FIRST, SECOND] = [op('local.get', 0), op('local.get', 1)];

/** Code that leaves the two parameters in the other order. */
function waysToSwap(draw: Draw): Code {
  const both: Code = [...SECOND, ...FIRST];
  const more: Code = [...SECOND, ...i64(5), ...op('i64.add'), ...FIRST, ...i32(3), ...op('i32.mul')];
  const given = draw.pick([both, more]);
  return draw.pick<Code>([
    given,
    [...given, ...op('return')],
    [...given, ...op('br', 0), ...op('unreachable')],
    [...given, ...FIRST, ...op('br_table', 1, 0, 0)],
    [...given, ...FIRST, ...op('br_if', 0), ...op('return')],
    [...op('block', PAIR), ...given, ...FIRST, ...op('br_if', draw.below(2)), END],
    [...op('block', PAIR), ...given, ...op('return'), END],
  ]);
}

/** Code that computes a number from one. */
function waysToCount(draw: Draw): Code {
  const minusOne: Code = [...FIRST, ...i32(1), ...op('i32.sub')];
  return draw.pick<Code>([
    [...FIRST, ...i32(5), ...op('i32.add'), ...op('return'), ...op('unreachable')],
    // It calls itself, and adds to what it gives.
    [
      ...[...FIRST, ...op('i32.eqz'), ...op('if', EMPTY), ...i32(7), ...op('return'), END],
      ...[...minusOne, ...op('call', COUNT), ...i32(draw.pick([3, -1])), ...op('i32.add')],
    ],
    [...FIRST, ...op('if', I32), ...minusOne, ...op('call', COUNT), ...op('else'), ...i32(9), END],
    [
      ...[...op('loop', I32), ...minusOne, ...op('local.tee', 0), ...op('br_if', 0)],
      ...[...FIRST, ...i32(2), ...op('i32.add'), END],
    ],
  ]);
}

/** A module of functions with parameters and results, and ways to leave them: one gives its parameters in the other order, one a number from one. */
export function withResults(draw: Draw, width: PointerWidth): Uint8Array {
  const wide = width === 'i64';
  const pointer = wide ? I64 : I32;
  const pieceType = functionType([pointer, pointer], []);
  const swap = waysToSwap(draw);
  const count = waysToCount(draw);
  const store = (at: number, value: Code, how: Code): Code => [...constantOf(wide, at), ...value, ...how];
  const hello: Code = [
    ...[...number(false, draw.pick(NUMBERS)), ...number(true, draw.pick(NUMBERS)), ...op('call', SWAP)],
    ...[...op('local.set', 1), ...op('local.set', 0)],
    ...store(0, FIRST, op('i64.store', 3, 0)),
    ...store(8, SECOND, op('i32.store', 2, 0)),
    ...store(16, [...i32(draw.int(1, 6)), ...op('call', COUNT)], op('i32.store', 2, 0)),
    // Through the table: of another type at 0, nothing at 2.
    ...store(
      20,
      [...i32(3), ...i32(draw.pick([0, 1, 1, 1, 1, 2])), ...op('call_indirect', COUNTED, 0)],
      op('i32.store', 2, 0),
    ),
    ...[...constantOf(wide, 0), ...constantOf(wide, 24), ...op('call', MSG_REPLY_DATA_APPEND)],
    ...op('call', MSG_REPLY),
  ];
  const imported = (name: string, type: number): Code => [...text('ic0'), ...text(name), 0, type];
  return assembled([
    [SECTION.type, [5, ...NO_TYPE, ...pieceType, ...SWAPPED_TYPE, ...COUNTED_TYPE, ...PAIR_TYPE]],
    [SECTION.import, [2, ...imported('msg_reply_data_append', PIECE), ...imported('msg_reply', NONE)]],
    [SECTION.function, [3, NONE, SWAPPED, COUNTED]],
    [SECTION.table, [1, FUNCREF, 0, 2]],
    [SECTION.memory, [1, wide ? 4 : 0, 1]],
    [SECTION.export, [1, ...text('canister_query hello'), 0, HELLO]],
    [SECTION.element, [1, 0, ...i32(0), END, 2, SWAP, COUNT]],
    [
      SECTION.code,
      [3, ...functionBody([2, 1, I64, 1, I32], hello), ...functionBody([0], swap), ...functionBody([0], count)],
    ],
  ]);
}
