// plumbing: a module whose tables and segments are used to their last entry, and past it — WebAssembly 2.0, "Table Instructions"
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import {
  assembled,
  constantOf,
  END,
  FUNCREF,
  functionBody,
  functionType,
  I32,
  i32,
  I64,
  number,
  op,
  SECTION,
  text,
  type Code,
} from './module-bytes.js';

/** Types by their indices: the third is the first once more, and a call may name either. */
const [NONE, PIECE, AGAIN, COUNTED] = [0, 1, 2, 3];
/** The functions: two imports, two methods, and three that give numbers of their own. */
const [APPEND, REPLY, HELLO, CHANGE, ONE, TWO, THREE] = [0, 1, 2, 3, 4, 5, 6];
/** Entries of the table, as many as it may have, and those of the passive segment. */
const ENTRIES = 6;
const ITEMS = 3;
const PASSIVE = 2;

const at = (n: number): Code => i32(n);
/** Ranges of nothing: `end` is the size of the table, `items` that of the segment, or one more. */
const nothing = (end: number, items: number): readonly Code[] => [
  [...at(end), ...op('ref.null', FUNCREF), ...i32(0), ...op('table.fill', 0)],
  [...at(end), ...at(0), ...i32(0), ...op('table.copy', 0, 0)],
  [...at(0), ...at(end), ...i32(0), ...op('table.copy', 0, 0)],
  [...at(end), ...i32(0), ...i32(0), ...op('table.init', PASSIVE, 0)],
  [...at(0), ...i32(items), ...i32(0), ...op('table.init', PASSIVE, 0)],
  // Dropped when the module was instantiated: nothing is left of it.
  [...at(0), ...i32(items - ITEMS), ...i32(0), ...op('table.init', 0, 0)],
];

/** The query method `hello` replies with what each entry gives; the update method `change` does what is at an end, and often traps. */
export function tableRanges(draw: Draw, width: PointerWidth): Uint8Array {
  const wide = width === 'i64';
  const pointer = wide ? I64 : I32;
  const grow = (count: number): Code => [...op('ref.func', ONE), ...i32(count), ...op('table.grow', 0)];
  const called = Array.from({ length: ENTRIES }, (_, i): Code => [
    ...constantOf(wide, i),
    ...[...i32(i), ...op('call_indirect', COUNTED, 0), ...op('i32.store8', 0, 0)],
  ]);
  // Up or down by one: every entry in between is read and written.
  const [to, from] = draw.pick([
    [1, 0],
    [0, 1],
    [2, 0],
    [0, 2],
  ] as const);
  const hello: Code = [
    ...[...at(to), ...at(from), ...i32(4), ...op('table.copy', 0, 0)],
    ...called.flat(),
    // As large as it may be: nothing more is no failure, one is.
    ...[...constantOf(wide, 8), ...grow(0), ...op('i32.store8', 0, 0)],
    ...[...constantOf(wide, 9), ...grow(1), ...op('i32.store8', 0, 0)],
    ...nothing(ENTRIES, ITEMS).flat(),
    ...[...constantOf(wide, 0), ...constantOf(wide, 12), ...op('call', APPEND), ...op('call', REPLY)],
  ];
  const [stays, goes] = [op('call', REPLY), op('unreachable')];
  const change: Code = draw.pick<Code>([
    ...nothing(ENTRIES + 1, ITEMS + 1).map((one): Code => [...one, ...stays]),
    ...nothing(ENTRIES + 1, ITEMS + 1).map((one): Code => [...one, ...stays]),
    // Of an active segment nothing is left, nor of a declarative one.
    [...at(0), ...i32(0), ...i32(1), ...op('table.init', 0, 0), ...stays],
    [...at(0), ...i32(0), ...i32(1), ...op('table.init', 3, 0), ...stays],
    // Numbers are not signed, and sums do not wrap.
    [...at(0), ...i32(-1), ...i32(1), ...op('table.init', PASSIVE, 0), ...stays],
    [...at(0), ...number(false, 1n << 31n), ...i32(0), ...op('table.init', PASSIVE, 0), ...stays],
    [...at(ENTRIES), ...op('ref.func', ONE), ...op('table.set', 0), ...stays],
    [...at(ENTRIES), ...op('table.get', 0), ...op('drop'), ...stays],
    // A function of the type, by another index or not; an imported one; one of another type.
    [...at(0), ...op('ref.func', CHANGE), ...op('table.set', 0), ...at(0), ...op('call_indirect', AGAIN, 0), ...goes],
    [...at(0), ...op('ref.func', REPLY), ...op('table.set', 0), ...at(0), ...op('call_indirect', AGAIN, 0)],
    [...at(0), ...op('ref.func', REPLY), ...op('table.set', 0), ...at(0), ...op('call_indirect', NONE, 0)],
    [
      ...at(0),
      ...op('ref.func', REPLY),
      ...op('table.set', 0),
      ...at(0),
      ...op('call_indirect', COUNTED, 0),
      ...op('drop'),
      ...stays,
    ],
    [...at(0), ...op('call_indirect', NONE, 0), ...stays],
    [...at(-1), ...op('call_indirect', NONE, 0), ...stays],
  ]);
  const imported = (name: string, type: number): Code => [...text('ic0'), ...text(name), 0, type];
  const gives = (n: number): Code => functionBody([0], i32(n));
  const functions = (...items: Code): Code => [items.length, ...items];
  return assembled([
    [
      SECTION.type,
      [
        ...[4, ...functionType([], []), ...functionType([pointer, pointer], []), ...functionType([], [])],
        ...functionType([], [I32]),
      ],
    ],
    [SECTION.import, [2, ...imported('msg_reply_data_append', PIECE), ...imported('msg_reply', NONE)]],
    [SECTION.function, [5, NONE, AGAIN, COUNTED, COUNTED, COUNTED]],
    [SECTION.table, [1, FUNCREF, 1, ENTRIES, ENTRIES]],
    [SECTION.memory, [1, wide ? 4 : 0, 1]],
    [SECTION.export, [2, ...text('canister_query hello'), 0, HELLO, ...text('canister_update change'), 0, CHANGE]],
    [
      SECTION.element,
      [
        // The second one is written over the first; one without entries may be at the end.
        ...[5, 0, ...at(0), END, ...functions(ONE, TWO, THREE, ONE, TWO, THREE)],
        ...[0, ...at(draw.int(1, 3)), END, ...functions(THREE, ONE)],
        ...[1, 0, ...functions(ONE, TWO, THREE)],
        ...[3, 0, ...functions(CHANGE, REPLY)],
        ...[
          0,
          ...at(
            draw.weighted([
              [5, ENTRIES],
              [1, ENTRIES + 1],
            ] as const),
          ),
          END,
          0,
        ],
      ],
    ],
    [
      SECTION.code,
      [5, ...functionBody([0], hello), ...functionBody([0], change), ...gives(11), ...gives(22), ...gives(33)],
    ],
  ]);
}
