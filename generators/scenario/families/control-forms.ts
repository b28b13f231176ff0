// plumbing: a story of modules with branches with values, from depths that differ, to labels of every kind — WebAssembly 2.0, "Control Instructions"
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import {
  assembled,
  constantOf,
  EMPTY,
  END,
  functionBody,
  functionType,
  I32,
  i32,
  I64,
  number,
  op,
  SECTION,
  size,
  text,
  type Code,
} from './module-bytes.js';
import { given, type Stories } from './story.js';

/** Types by their indices: those of the imports and the method, and one for so many results, from there on. */
const [NONE, PIECE, SEVERAL] = [0, 1, 2];
const MOST_RESULTS = 5;
/** Functions: imports, the method, those that branch. */
const [APPEND, REPLY, FIRST] = [0, 1, 3];

/** Leaves a label with one value, where others lie below it, or goes on. */
function leaves(draw: Draw): Code {
  const surplus = Array.from({ length: draw.int(0, 4) }, () => i32(draw.below(60)));
  const taken = i32(draw.below(2));
  return [
    ...[...op('block', I32), ...surplus.flat(), ...i32(draw.below(60)), ...taken, ...op('br_if', 0)],
    ...[...surplus.flatMap(() => op('i32.sub')), END],
  ];
}

/** One of many labels, nested, each with values of its own below: whatever the index, and whatever is beyond the last. */
function chooses(draw: Draw): Code {
  const labels = draw.int(1, 8);
  const index = draw.int(0, labels + 1);
  const depths = Array.from({ length: labels }, () => draw.below(labels + 1));
  // Each block has a number below it, which is added to what comes out of it.
  const blocks = Array.from({ length: labels + 1 }, (_, i): Code => [...i32(1 << Math.min(i, 5)), ...op('block', I32)]);
  const ends = blocks.flatMap((): Code => [END, ...op('i32.add')]);
  const below = draw.chance(50) ? i32(9) : [];
  const chosen = op('br_table', labels, ...depths, draw.below(labels + 1));
  return [...blocks.flat(), ...below, ...i32(42), ...(draw.chance(10) ? i32(-1) : i32(index)), ...chosen, ...ends];
}

/** Code that never runs has blocks of its own, which end before the one does that it is in. */
function skips(draw: Draw): Code {
  const nested = (depth: number): Code => {
    if (depth === 0) return [];
    const inner = nested(depth - 1);
    return draw.pick<Code>([
      [...i32(0), ...op('if', EMPTY), ...inner, ...op('else'), ...inner, END],
      [...op('block', EMPTY), ...inner, END],
      [...op('loop', EMPTY), ...inner, END],
      [...i32(0), ...op('if', EMPTY), ...inner, END],
    ]);
  };
  const dead = (value: number): Code => [...op('unreachable'), ...nested(draw.int(1, 3)), ...i32(value)];
  const [first, second] = draw.pick([
    [dead(1), i32(2)],
    [i32(1), dead(2)],
  ]);
  const runs = first.length > second.length ? 0 : 1;
  return [...i32(runs), ...op('if', I32), ...first, ...op('else'), ...second, END];
}

/** A constant of so many bytes. */
function counts(draw: Draw): Code {
  const magnitude = 1n << BigInt(draw.int(5, 62));
  const value = (draw.chance(50) ? -1n : 1n) * (magnitude + BigInt(draw.below(3)) - 1n);
  return [...number(true, value), ...i64Folded];
}
const i64Folded: Code = [...op('i64.const', 7), ...op('i64.rotl'), ...op('i32.wrap_i64')];

const FORMS = [leaves, leaves, chooses, chooses, chooses, skips, counts];
/** So many of these are in one module. */
const IN_ONE = 24;

/** A number of one byte: -1 leaves no bit behind it clear. */
const short = (draw: Draw): Code => op('i64.const', draw.pick([draw.below(60), 0x7f]));

/** A function of several results, which it gives by a branch to its own label, by a return, or by its end; or its last locals, all zero. */
function gives(draw: Draw, results: number): Code {
  const locals = draw.int(1, 6);
  if (draw.chance(25))
    return functionBody(
      [1, locals, I64],
      Array.from({ length: results }, (_, i) => op('local.get', Math.max(0, locals - 1 - i))).flat(),
    );
  const values = Array.from({ length: results }, () => short(draw)).flat();
  const surplus = Array.from({ length: draw.int(0, 3) }, () => short(draw)).flat();
  const ways: readonly Code[] = [
    [...surplus, ...values, ...op('br', 0)],
    [...surplus, ...values, ...op('return')],
    [...surplus, ...values, ...i32(1), ...op('br_if', 0), ...op('unreachable')],
    [...surplus, ...values, ...i32(draw.below(3)), ...op('br_table', 1, 0, 0)],
    [...op('block', SEVERAL + results), ...surplus, ...values, ...op('br', draw.below(2)), END],
    values,
  ];
  return functionBody([0], draw.pick(ways));
}

/** The query method `hello` replies with the values, four bytes each, and with those that functions give, eight bytes each. */
function controlForms(draw: Draw, width: PointerWidth): Uint8Array {
  const wide = width === 'i64';
  const pointer = wide ? I64 : I32;
  const forms = Array.from({ length: IN_ONE }, (_, i): Code => [
    ...[...number(wide, BigInt(4 * i)), ...draw.pick(FORMS)(draw), ...op('i32.store', 2, 0)],
  ]);
  const given = Array.from({ length: MOST_RESULTS }, (_, results) => {
    // From the last one to the first.
    const stored = Array.from({ length: results }, (_unused, i): Code => [
      ...[...op('local.set', 0), ...number(wide, BigInt(4 * IN_ONE + 8 * (5 * results + i)))],
      ...[...op('local.get', 0), ...op('i64.store', 3, 0)],
    ]);
    return [...op('call', FIRST + results), ...stored.flat()];
  });
  const hello: Code = [
    ...[...forms.flat(), ...given.flat(), ...constantOf(wide, 0), ...number(wide, BigInt(4 * IN_ONE + 8 * 25))],
    ...[...op('call', APPEND), ...op('call', REPLY)],
  ];
  const several = Array.from({ length: MOST_RESULTS }, (_, results) =>
    functionType([], Array<number>(results).fill(I64)),
  );
  const functions = Array.from({ length: MOST_RESULTS }, (_, results) => gives(draw, results));
  return assembled([
    [
      SECTION.type,
      [2 + MOST_RESULTS, ...functionType([], []), ...functionType([pointer, pointer], []), ...several.flat()],
    ],
    [
      SECTION.import,
      [2, ...text('ic0'), ...text('msg_reply_data_append'), 0, PIECE, ...text('ic0'), ...text('msg_reply'), 0, NONE],
    ],
    [SECTION.function, [1 + MOST_RESULTS, NONE, ...several.map((_, results) => SEVERAL + results)]],
    [SECTION.memory, [1, wide ? 4 : 0, 1]],
    [SECTION.export, [1, ...text('canister_query hello'), 0, 2]],
    [SECTION.code, [...size(1 + MOST_RESULTS), ...functionBody([1, 1, I64], hello), ...functions.flat()]],
  ]);
}

export const controlFormStories: Stories = {
  'branches with values': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    for (let i = 0; i < 4; i++) {
      given(stage, canister, controlForms(draw, width), 'replies with what its branches give');
      stage.query(canister.id, 'hello');
    }
  },
};
