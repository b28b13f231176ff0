// plumbing: a story of modules that call through a table functions of nearly the type that the call names — WebAssembly 2.0, "Control Instructions"
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import {
  assembled,
  END,
  EXTERNREF,
  FUNCREF,
  functionBody,
  functionType,
  I32,
  i32,
  I64,
  op,
  SECTION,
  text,
  type Code,
} from './module-bytes.js';
import { given, type Stories } from './story.js';

const [F32, F64, V128] = [0x7d, 0x7c, 0x7b];
const TYPES = [I32, I64, F32, F64, V128, FUNCREF, EXTERNREF];

/** A value of each type. */
const VALUES: Readonly<Record<number, Code>> = {
  [I32]: i32(3),
  [I64]: op('i64.const', 4),
  [F32]: op('f32.const', 0, 0, 0x80, 0x3f),
  [F64]: op('f64.const', 0, 0, 0, 0, 0, 0, 0xf0, 0x3f),
  [V128]: op('v128.const', ...Array<number>(16).fill(5)),
  [FUNCREF]: op('ref.null', FUNCREF),
  [EXTERNREF]: op('ref.null', EXTERNREF),
};

interface Type {
  readonly params: Code;
  readonly results: Code;
}

/** The same type in one place other: another kind, one less, one more, two that change places, a parameter that is a result. */
function nearly(draw: Draw, { params, results }: Type): Type {
  const ofAll = draw.chance(50);
  const [changed, kept] = ofAll ? [params, results] : [results, params];
  const at = draw.below(changed.length + 1);
  const other = draw.pick(TYPES.filter((type) => type !== changed[at]));
  const lists: Code[] = [[...changed.slice(0, at), other, ...changed.slice(at)]];
  if (at < changed.length) {
    lists.push([...changed.slice(0, at), other, ...changed.slice(at + 1)]);
    lists.push([...changed.slice(0, at), ...changed.slice(at + 1)]);
  }
  const [first, second, ...more] = changed;
  if (first !== undefined && second !== undefined && first !== second) lists.push([second, first, ...more]);
  if (draw.chance(15) && params.length + results.length > 0)
    return params.length > 0
      ? { params: params.slice(0, -1), results: [...params.slice(-1), ...results] }
      : { params: results.slice(0, 1), results: results.slice(1) };
  const list = draw.pick(lists);
  return ofAll ? { params: list, results: kept } : { params: kept, results: list };
}

/** Functions: imports, then methods. */
const [REPLY, FIRST_METHOD] = [1, 2];
const FREE_TYPES = 2;

/** So many update methods the module has. */
const CALLS = 5;

/** Update methods `call 0`, `call 1`, ...: the first two call a function of just the type, others one of nearly the type, or an import. */
function indirectTypes(draw: Draw, width: PointerWidth): Uint8Array {
  const pointer = width === 'i64' ? I64 : I32;
  const some = (most: number): Code => Array.from({ length: draw.int(0, most) }, () => draw.pick(TYPES));
  const named: Type = draw.chance(15) ? { params: [], results: [] } : { params: some(3), results: some(3) };
  // Its own type, twice in the module, and those that are nearly it.
  const types = [named, named, ...Array.from({ length: CALLS - 2 }, () => nearly(draw, named))];
  const called = types.map((_, i): Code => {
    const args = named.params.flatMap((type) => VALUES[type] ?? []);
    const drops = named.results.flatMap(() => op('drop'));
    return [...args, ...i32(i), ...op('call_indirect', FREE_TYPES, 0), ...drops, ...op('call', REPLY)];
  });
  const functions = types.map(({ results }) =>
    functionBody(
      [0],
      results.flatMap((type) => VALUES[type] ?? []),
    ),
  );
  const first = FIRST_METHOD + called.length;
  // The last entry is an import, whatever the call names.
  const entries = types.map((_, i) => (i === types.length - 1 ? draw.pick([0, REPLY]) : first + i));
  return assembled([
    [
      SECTION.type,
      [
        ...[FREE_TYPES + types.length, ...functionType([pointer, pointer], []), ...functionType([], [])],
        ...types.flatMap(({ params, results }) => functionType(params, results)),
      ],
    ],
    [
      SECTION.import,
      [2, ...text('ic0'), ...text('msg_reply_data_append'), 0, 0, ...text('ic0'), ...text('msg_reply'), 0, 1],
    ],
    [SECTION.function, [called.length + types.length, ...called.map(() => 1), ...types.map((_, i) => FREE_TYPES + i)]],
    [SECTION.table, [1, FUNCREF, 0, types.length]],
    [SECTION.memory, [1, width === 'i64' ? 4 : 0, 1]],
    [
      SECTION.export,
      [called.length, ...called.flatMap((_, i): Code => [...text(`canister_update call ${i}`), 0, FIRST_METHOD + i])],
    ],
    [SECTION.element, [1, 0, ...i32(0), END, entries.length, ...entries]],
    [
      SECTION.code,
      [called.length + types.length, ...called.flatMap((one) => functionBody([0], one)), ...functions.flat()],
    ],
  ]);
}

export const indirectTypeStories: Stories = {
  'called through a table by nearly its type': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    for (let i = 0; i < 4; i++) {
      given(stage, canister, indirectTypes(draw, width), 'calls functions of nearly the type that it names');
      for (let k = 0; k < CALLS; k++) stage.ingress(canister.id, `call ${k}`);
    }
  },
};
