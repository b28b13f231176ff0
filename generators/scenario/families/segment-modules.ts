// plumbing: modules with tables, segments, references and constants of every kind, byte by byte — WebAssembly 2.0, "Modules"
//
// As compilers make them: several tables, of functions and of external references; passive, active and declarative segments, of which
// some overlap; imports in tables and globals; globals that begin as another one; a function that is both start function and canister_init.
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import {
  assembled,
  constantOf,
  EMPTY,
  END,
  EXTERNREF,
  FUNCREF,
  I32,
  I64,
  i32,
  op,
  SECTION,
  size,
  text,
  type Code,
  type Sections,
} from './module-bytes.js';

const V128 = 0x7b;
const PASSIVE = 1;

/** Types: nothing to nothing, and one pointer to nothing, twice each; a pair of pointers, eight of them; nothing to a number. */
const [NONE, AGAIN, POINTER, POINTER_AGAIN, PAIR, EIGHT, NUMBER] = [0, 1, 2, 3, 4, 5, 6];
/** Functions: imports, then the module's own; of those that change something there are several. */
const [APPEND, REPLY, CALL_NEW, CALL_PERFORM, COST, HELLO, MARK, OTHER, CALLBACK, CHANGE] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];
const IMPORTS = [
  ['msg_reply_data_append', PAIR],
  ['msg_reply', NONE],
  ['call_new', EIGHT],
  ['call_perform', NUMBER],
  // Of the type of a callback: what it is called with is where it writes to.
  ['cost_create_canister', POINTER],
] as const;
/** How the methods are called that change something. */
export const CHANGES = ['change 1', 'change 2', 'change 3', 'change 4'] as const;
/** Where the callback stands in the first table. */
const ENTRY = 3;
/** Tables. */
const [FIRST, EXTERNAL, SECOND] = [0, 1, 2];
/** Element segments. */
const [EXTERNS, FUNCTIONS] = [0, 1];
/** Data segments: two active ones that overlap, and a passive one. */
const [LOWER, UPPER, LATER] = [0, 1, 2];
/** Globals: a count; a vector, and one that begins as it; a reference to a function, and one that begins as it. */
const [COUNT, VECTOR, COPY, REFERENCE, COPIED] = [0, 1, 2, 3, 4];

/** Methods with names that are special elsewhere. */
export const SPECIAL_NAMES = ['constructor', '__proto__', 'toString', '\ufeffmark', 'mark'] as const;

/** Bytes of the memory that `hello` replies with. */
const SHOWN = 63;

/** Whether the entry is null, where nothing is beyond the end. */
const isNull = (table: number, at: number): Code => [...i32(at), ...op('table.get', table), ...op('ref.is_null')];

const draws = {
  /** A place and a count, mostly within a table or a segment of three. */
  at: (draw: Draw): Code => i32(draw.pick([0, 0, 1, 2, 3])),
  count: (draw: Draw): Code => i32(draw.pick([0, 1, 1, 2])),
  function: (draw: Draw): Code =>
    draw.pick([op('ref.func', MARK), op('ref.func', OTHER), op('ref.func', REPLY), op('ref.null', FUNCREF)]),
} as const;

/** Statements that change tables, segments, globals and memory. Some trap, by themselves or after another one. */
function changesOf(draw: Draw, wide: boolean): (() => Code)[] {
  const { at, count } = draws;
  const address = (): Code => constantOf(wide, draw.pick([0, 1, 20]));
  const functions = () => draw.pick([FIRST, SECOND]);
  // A method without a name of the management canister: the callback is called with its environment.
  const called = (): Code => [
    ...[0, 0, 0, 0, ENTRY, 9, ENTRY, 17].flatMap((argument) => constantOf(wide, argument)),
    ...[...op('call', CALL_NEW), ...op('call', CALL_PERFORM), ...op('drop')],
  ];
  return [
    () => [...at(draw), ...at(draw), ...count(draw), ...op('table.init', EXTERNS, EXTERNAL)],
    () => [...at(draw), ...at(draw), ...count(draw), ...op('table.init', FUNCTIONS, functions())],
    () => [
      ...[...i32(0), ...i32(0), ...i32(1), ...op('table.init', FUNCTIONS, FIRST)],
      ...[...i32(0), ...i32(1), ...i32(1), ...op('table.init', FUNCTIONS, SECOND)],
    ],
    () => op('elem.drop', draw.pick([EXTERNS, FUNCTIONS])),
    () => [...op('ref.null', EXTERNREF), ...i32(draw.pick([1, 3])), ...op('table.grow', EXTERNAL), ...op('drop')],
    () => [...draws.function(draw), ...i32(2), ...op('table.grow', functions()), ...op('drop')],
    () => [...at(draw), ...op('ref.null', EXTERNREF), ...count(draw), ...op('table.fill', EXTERNAL)],
    () => [...at(draw), ...draws.function(draw), ...op('table.set', functions())],
    () => [...at(draw), ...at(draw), ...count(draw), ...op('table.copy', functions(), functions())],
    () => [...at(draw), ...at(draw), ...count(draw), ...op('table.copy', EXTERNAL, EXTERNAL)],
    () => [...at(draw), ...op('call_indirect', draw.pick([NONE, AGAIN]), functions())],
    () => [...draws.function(draw), ...op('global.set', COPIED)],
    () => [...address(), ...at(draw), ...count(draw), ...op('memory.init', LATER, 0)],
    () => [...address(), ...at(draw), ...count(draw), ...op('memory.init', draw.pick([LOWER, UPPER]), 0)],
    () => op('data.drop', draw.pick([LATER, LATER, LOWER])),
    () => [...op('data.drop', LATER), ...address(), ...at(draw), ...i32(0), ...op('memory.init', LATER, 0)],
    () => [...constantOf(wide, 1), ...op('memory.grow', 0), ...op('drop')],
    called,
    called,
    () => [...op('global.get', COPY), ...op('global.get', COPY), ...op('i64x2.add'), ...op('global.set', COPY)],
  ];
}

/** What `hello` stores behind what the memory has: sizes of tables, which entries are null, halves of a vector. */
function shown(wide: boolean): Code {
  const stored = (offset: number, value: Code): Code => [
    ...constantOf(wide, 0),
    ...value,
    ...op('i32.store8', 0, offset),
  ];
  const sizes = [FIRST, EXTERNAL, SECOND].map((table): Code => op('table.size', table));
  const nulls = [FIRST, EXTERNAL, SECOND].flatMap((table) => [0, 1].map((at) => isNull(table, at)));
  const globals = [op('global.get', COUNT), [...op('global.get', COPIED), ...op('ref.is_null')]];
  const lanes = [0, 1].map((lane): Code => [
    ...op('global.get', COPY),
    ...op('i64x2.extract_lane', lane),
    ...op('i32.wrap_i64'),
  ]);
  return [...sizes, ...nulls, ...globals, ...lanes].flatMap((value, i) => stored(32 + i, value));
}

/** Whether the memory begins with a page, or with none and then without active data. */
type Memory = 'a page' | 'no page';

/** @param mark a byte in which modules may differ that are the same otherwise */
function dataOf(at: number, memory: Memory, wide: boolean, mark: number): Code {
  const active = (place: number, bytes: Code): Code => {
    const where = memory === 'a page' ? [0, ...constantOf(wide, place), END] : [PASSIVE];
    return [...where, bytes.length, ...bytes];
  };
  return [3, ...active(16, [mark, 2, 3]), ...active(at, [7, 8]), PASSIVE, 3, 4, 5, mark];
}

/**
 * Two modules that differ in bytes of their data alone. The query method `hello` replies with the state of tables, segments and globals;
 * the update methods of `CHANGES` change it and reply or trap; and there are methods with special names.
 */
export function segmentModules(draw: Draw, width: PointerWidth): readonly [Uint8Array, Uint8Array] {
  const wide = width === 'i64';
  const pointer = wide ? I64 : I32;
  const memory: Memory = draw.pick(['a page', 'a page', 'no page']);
  // Without a page there is nowhere to show anything, until the memory has grown.
  const hello: Code = [
    ...[...op('memory.size', 0), ...(wide ? op('i32.wrap_i64') : []), ...op('if', EMPTY)],
    ...[...shown(wide), ...constantOf(wide, 0), ...constantOf(wide, SHOWN), ...op('call', APPEND), END],
    ...[...op('call', REPLY), END],
  ];
  const adds = (n: Code): Code => [...op('global.get', COUNT), ...n, ...op('i32.add'), ...op('global.set', COUNT), END];
  const environment: Code = [...op('local.get', 0), ...(wide ? op('i32.wrap_i64') : [])];
  const grown: Code = [...constantOf(wide, 1), ...op('memory.grow', 0), ...op('drop')];
  const change = (): Code => [
    ...draw.sample(changesOf(draw, wide), draw.int(1, 4)).flatMap((make) => make()),
    // Where this is undone, tables and segments have to be restored.
    ...(draw.chance(40) ? grown : []),
    ...draw.pick([op('unreachable'), op('call', REPLY), op('call', REPLY)]),
    END,
  ];
  const bodies = [hello, adds(i32(1)), adds(i32(16)), adds(environment), ...CHANGES.map(change)];
  const sized = (body: Code): Code => [...size(body.length + 1), 0, ...body];
  const exported: Code[] = [
    [...text('canister_query hello'), 0, HELLO],
    ...CHANGES.map((name, i): Code => [...text(`canister_update ${name}`), 0, CHANGE + i]),
    // No method: what comes before the prefix is part of the name.
    [...text('\ufeffcanister_update marked'), 0, CHANGE],
    ...SPECIAL_NAMES.map((name): Code => [...text(`canister_update ${name}`), 0, draw.pick([CHANGE, MARK])]),
    ...(draw.chance(50) ? [[...text('canister_init'), 0, OTHER]] : []),
    ...(draw.chance(50) ? [[...text('canister_post_upgrade'), 0, OTHER]] : []),
  ];
  const upper = draw.pick([15, 17, 18]);
  const before: Sections = [
    [
      SECTION.type,
      [
        ...[7, 0x60, 0, 0, 0x60, 0, 0, 0x60, 1, pointer, 0, 0x60, 1, pointer, 0, 0x60, 2, pointer, pointer, 0],
        ...[0x60, 8, ...Array<number>(8).fill(pointer), 0, 0x60, 0, 1, I32],
      ],
    ],
    [SECTION.import, [IMPORTS.length, ...IMPORTS.flatMap(([name, type]) => [...text('ic0'), ...text(name), 0, type])]],
    [
      SECTION.function,
      [bodies.length, NONE, AGAIN, NONE, draw.pick([POINTER, POINTER_AGAIN]), ...CHANGES.map(() => AGAIN)],
    ],
    [SECTION.table, [3, FUNCREF, 0, 4, EXTERNREF, 0, 2, FUNCREF, 1, 2, 4]],
    [SECTION.memory, [1, wide ? 4 : 0, memory === 'a page' ? 1 : 0]],
    [
      SECTION.global,
      [
        ...[5, I32, 1, ...i32(5), END],
        ...[V128, 0, ...op('v128.const', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), END],
        ...[V128, 1, ...op('global.get', VECTOR), END],
        ...[FUNCREF, 0, ...op('ref.func', draw.pick([MARK, REPLY])), END],
        ...[FUNCREF, 1, ...op('global.get', REFERENCE), END],
      ],
    ],
    [SECTION.export, [exported.length, ...exported.flat()]],
    [SECTION.start, draw.chance(50) ? [OTHER] : undefined],
    [
      SECTION.element,
      [
        ...[4, 5, EXTERNREF, 2, ...op('ref.null', EXTERNREF), END, ...op('ref.null', EXTERNREF), END],
        ...[1, 0, 3, OTHER, MARK, REPLY],
        ...[0, ...i32(1), END, 3, draw.pick([REPLY, MARK]), MARK, draw.pick([CALLBACK, COST])],
        ...[3, 0, 3, REPLY, MARK, OTHER],
      ],
    ],
    [SECTION.dataCount, [3]],
    [SECTION.code, [bodies.length, ...bodies.flatMap(sized)]],
  ];
  const marked = (mark: number) => assembled([...before, [SECTION.data, dataOf(upper, memory, wide, mark)]]);
  return [marked(1), marked(draw.int(2, 9))];
}
