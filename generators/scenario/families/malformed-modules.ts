// table: modules that are not well-formed or not valid, and their neighbours that are — canister-interface.md#system-api-module
import {
  assembled,
  EMPTY,
  END,
  EXTERNREF,
  FUNCREF,
  functionBody,
  functionType,
  I32,
  i32,
  i64,
  I64,
  op,
  SECTION,
  size,
  text,
  type Code,
  type Sections,
} from './module-bytes.js';

/** The functions: an import, `hello`, and one that nobody calls, whose body is `unused`. */
const [MSG_REPLY, HELLO, UNUSED] = [0, 1, 2];

const body = (code: Code): Code => [...size(code.length + 1), 0, ...code];
const hello = body([...op('call', MSG_REPLY), END]);
const HELLO_EXPORT: Code = [...text('canister_query hello'), 0, HELLO];

const TWO_GLOBALS: Code = [I32, 1, ...i32(5), END, I32, 0, ...i32(6), END];

/** A section of every kind but a start section: a table of two, a page of memory, two globals, a passive segment of either sort. */
function sections(wide: boolean, unused: Code = [END]): Sections {
  return [
    [SECTION.type, [2, 0x60, 0, 0, 0x60, 1, I32, 1, I32]],
    [SECTION.import, [1, ...text('ic0'), ...text('msg_reply'), 0, 0]],
    [SECTION.function, [2, 0, 0]],
    [SECTION.table, [1, FUNCREF, 0, 2]],
    [SECTION.memory, [1, wide ? 4 : 0, 1]],
    [SECTION.global, [2, ...TWO_GLOBALS]],
    [SECTION.export, [1, ...HELLO_EXPORT]],
    [SECTION.element, [1, 1, 0, 1, UNUSED]],
    [SECTION.dataCount, [1]],
    [SECTION.code, [2, ...hello, ...body(unused)]],
    [SECTION.data, [1, 1, 1, 7]],
  ];
}

type Make = (wide: boolean) => Uint8Array;

/** With another content of a section; without the section where there is none. */
const replaced =
  (id: number, content: Code | undefined): Make =>
  (wide) =>
    assembled(sections(wide).map((section) => (section[0] === id ? [id, content] : section)));

/** With a section right before the one of that id. */
const inserted =
  (before: number, id: number, content: Code): Make =>
  (wide) =>
    assembled(sections(wide).flatMap((section) => (section[0] === before ? [[id, content], section] : [section])));

const twice =
  (id: number): Make =>
  (wide) =>
    assembled(sections(wide).flatMap((section) => (section[0] === id ? [section, section] : [section])));

/** With the number in place of the size of the last section. */
const lastSize =
  (size: number): Make =>
  (wide) => {
    const bytes = assembled(sections(wide));
    bytes[bytes.length - 5] = size;
    return bytes;
  };

/** A memory of these limits: what the flags say (1: there is a maximum, 4: 64-bit), the minimum, the maximum. */
const memoryOf = (...limits: Code): Make => replaced(SECTION.memory, [1, ...limits]);
const globalOf = (type: number, mutability: number, ...init: Code): Make =>
  replaced(SECTION.global, [2, I32, 1, ...i32(5), END, type, mutability, ...init, END]);
/** An export more. @param kind 0: function, 1: table, 2: memory, 3: global */
const exportOf = (name: string, kind: number, index: number): Make =>
  replaced(SECTION.export, [2, ...HELLO_EXPORT, ...text(name), kind, index]);
/** An import more. @param description from its kind on */
const importOf = (...description: Code): Make =>
  replaced(SECTION.import, [
    2,
    ...text('ic0'),
    ...text('msg_reply'),
    0,
    0,
    ...text('ic0'),
    ...text('more'),
    ...description,
  ]);
/** With locals of `UNUSED`: how many groups there are, and of each a number and a type. */
const localsOf = (...groups: Code): Make => replaced(SECTION.code, [2, ...hello, ...functionBody(groups, [])]);
/** Two more exports, each of a kind and an index. */
const exportsOf = (first: string, one: Code, second: string, other: Code): Make =>
  replaced(SECTION.export, [3, ...HELLO_EXPORT, ...text(first), ...one, ...text(second), ...other]);
/** An element segment, from its kind on: a number from 0 to 7. */
const segmentOf = (...element: Code): Make => replaced(SECTION.element, [1, ...element]);
const AT_0: Code = [...i32(0), END];
/** What is not the offset of an element segment. */
const NO_OFFSETS: readonly Code[] = [
  [],
  i64(0),
  op('f32.const', 0, 0, 0, 0),
  op('ref.func', UNUSED),
  [...i32(0), ...i32(0)],
  op('global.get', 0),
  op('global.get', 2),
];
const REF: Code = [...op('ref.func', UNUSED), END];

/** Names as bytes: the ends of what UTF-8 has, and what is just beyond them, or longer than it has to be. */
const NAMES: readonly Code[] = [
  [0x7f],
  [0x80],
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xc2, 0x80],
  [0xc2],
  [0xdf, 0xc0],
  [0xe0, 0x9f, 0xbf],
  [0xe0, 0xa0, 0x80],
  [0xed, 0x9f, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xee, 0x80, 0x80],
  [0xef, 0xbf, 0xbf],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf0, 0x90, 0x80, 0x80],
  [0xf4, 0x8f, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
];

/** Sections in the wrong place or number, of the wrong size, and with contents that the format does not have; between them some that are in order. */
export const ODD_SECTIONS: readonly Make[] = [
  ...[
    SECTION.type,
    SECTION.import,
    SECTION.function,
    SECTION.table,
    SECTION.memory,
    SECTION.global,
    SECTION.export,
    SECTION.element,
    SECTION.dataCount,
    SECTION.code,
    SECTION.data,
  ].map(twice),
  (wide) => assembled([...sections(wide)].reverse()),
  inserted(SECTION.function, SECTION.table, [1, FUNCREF, 0, 2]),
  inserted(SECTION.data, SECTION.start, [UNUSED]),
  inserted(SECTION.element, SECTION.start, [UNUSED]),
  inserted(SECTION.table, 0, [...text('between'), 1, 2, 3]),
  ...[13, 14, 0x80].map((id) => inserted(SECTION.table, id, [0])),
  // A name section may hold anything, but its own name.
  inserted(SECTION.table, 0, [...text('name'), 1, 0xff, 0xff, 0xff]),
  inserted(SECTION.table, 0, [3, 0x61, 0xc1, 0xbf, 0]),
  ...[2, 3, 5].map(lastSize),
  // The numbers of functions and segments are told twice.
  replaced(SECTION.function, [3, 0, 0, 0]),
  replaced(SECTION.code, [1, ...hello]),
  replaced(SECTION.code, undefined),
  replaced(SECTION.function, undefined),
  replaced(SECTION.dataCount, [2]),
  replaced(SECTION.data, undefined),
  replaced(SECTION.dataCount, undefined),
  replaced(SECTION.type, [2, 0x5f, 0, 0, 0x60, 1, I32, 1, I32]),
  replaced(SECTION.type, [2, 0x60, 0, 0, 0x60, 1, 0x69, 1, I32]),
  ...[0x40, 0x61, 0xe0].map((form) => replaced(SECTION.type, [2, 0x60, 0, 0, form, 1, I32, 1, I32])),
  importOf(0, 2),
  importOf(4, 0, 0),
  importOf(5, 0),
  replaced(SECTION.function, [2, 0, 2]),
  inserted(SECTION.element, SECTION.start, [UNUSED + 1]),
  (wide) =>
    assembled([
      ...sections(wide).flatMap(([id, content]): Sections => {
        if (id === SECTION.function) return [[id, [2, 0, 2]]];
        if (id === SECTION.type) return [[id, [3, 0x60, 0, 0, 0x60, 1, I32, 1, I32, 0x60, 0, 1, I32]]];
        if (id === SECTION.element) return [[SECTION.start, [UNUSED]]];
        return [[id, id === SECTION.code ? [2, ...hello, ...body([...i32(1), END])] : content]];
      }),
    ]),
  // A start function takes nothing; to be the start function does not make it one that references may name.
  (wide) =>
    assembled(
      sections(wide).flatMap(([id, content]): Sections => {
        if (id === SECTION.function) return [[id, [2, 0, 2]]];
        if (id === SECTION.type) return [[id, [3, 0x60, 0, 0, 0x60, 1, I32, 1, I32, 0x60, 1, I32, 0]]];
        return id === SECTION.element ? [[SECTION.start, [UNUSED]]] : [[id, content]];
      }),
    ),
  ...[[], ...[7, 3].map((kind): Code => [1, kind, ...(kind === 7 ? [FUNCREF, 1, ...REF] : [0, 1, UNUSED])])].map(
    (element): Make =>
      (wide) =>
        assembled(
          sections(wide, [...op('ref.func', UNUSED), ...op('drop'), END]).flatMap(([id, content]): Sections =>
            id === SECTION.element
              ? [[SECTION.start, [UNUSED]], ...(element.length > 0 ? ([[id, element]] as const) : [])]
              : [[id, content]],
          ),
        ),
  ),
  replaced(SECTION.dataCount, [0]),
  // Limits: a maximum below the minimum, the largest, and one beyond it; flags that there are not.
  memoryOf(1, 2, 1),
  memoryOf(5, 2, 1),
  memoryOf(1, 1, 0x80, 0x80, 0x04),
  memoryOf(1, 1, 0x81, 0x80, 0x04),
  memoryOf(5, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40),
  memoryOf(5, 1, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40),
  memoryOf(5, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02),
  ...[8, 0x10, 0x80].map((flags) => memoryOf(flags, 1)),
  // Sections that end in the middle of an entry.
  memoryOf(),
  memoryOf(0),
  memoryOf(1, 1),
  memoryOf(0, 0x81),
  // Shared ones, which are of another feature.
  ...[2, 3, 6, 7].map((flags) => memoryOf(flags, 1, 2)),
  ...[2, 3].map((flags) => replaced(SECTION.table, [1, FUNCREF, flags, 2, 3])),
  replaced(SECTION.table, [1, FUNCREF, 1, 2, 1]),
  replaced(SECTION.table, [1, FUNCREF, 8, 2]),
  replaced(SECTION.table, [1, 0x6e, 0, 2]),
  // A table with what its entries are in the beginning, which is of another feature.
  replaced(SECTION.table, [1, 0x40, 0, FUNCREF, 0, 2, ...op('ref.null', FUNCREF), END]),
  globalOf(I32, 2, ...i32(1)),
  globalOf(0x69, 0, ...i32(1)),
  globalOf(I32, 0, ...op('i64.const', 1)),
  globalOf(I32, 0, ...i32(1), ...i32(1)),
  globalOf(I32, 0),
  // The last byte of a signed number has bits that are not used: they must be as its sign.
  globalOf(I32, 0, ...op('i32.const', 0xff, 0xff, 0xff, 0xff, 0x07)),
  globalOf(I32, 0, ...op('i32.const', 0xff, 0xff, 0xff, 0xff, 0x0f)),
  globalOf(I32, 0, ...op('i32.const', 0x80, 0x80, 0x80, 0x80, 0x78)),
  globalOf(I32, 0, ...op('i32.const', 0x80, 0x80, 0x80, 0x80, 0x80, 0x00)),
  globalOf(I64, 0, ...op('i64.const', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)),
  globalOf(I64, 0, ...op('i64.const', 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
  exportOf('more', 0, 2),
  exportOf('more', 0, 3),
  exportOf('more', 1, 0),
  exportOf('more', 1, 1),
  exportOf('more', 2, 1),
  exportOf('more', 3, 1),
  exportOf('more', 3, 2),
  ...[4, 5, 0x80].map((kind) => exportOf('more', kind, 0)),
  exportOf('canister_query hello', 3, 0),
  exportOf('canister_query hello', 0, UNUSED),
  // Names are told apart by their bytes alone, whatever is exported.
  exportsOf('more', [0, UNUSED], 'more', [0, UNUSED]),
  exportsOf('more', [0, UNUSED], 'more', [3, 1]),
  exportsOf('', [1, 0], '', [2, 0]),
  exportsOf('more', [3, 0], 'More', [3, 0]),
  ...NAMES.map((name) => replaced(SECTION.export, [2, ...HELLO_EXPORT, name.length, ...name, 0, UNUSED])),
  exportsOf('\u00fc', [3, 0], 'u\u0308', [3, 1]),
  // Element segments in each of their forms: the second number of the kind must be 0, the type that of the table.
  segmentOf(1, 1, 1, UNUSED),
  segmentOf(2, 0, ...AT_0, 0, 1, UNUSED),
  segmentOf(2, 0, ...AT_0, 1, 1, UNUSED),
  segmentOf(2, 1, ...AT_0, 0, 1, UNUSED),
  segmentOf(3, 1, 1, UNUSED),
  segmentOf(4, ...AT_0, 1, ...REF),
  segmentOf(5, FUNCREF, 2, ...REF, ...op('ref.null', FUNCREF), END),
  segmentOf(5, EXTERNREF, 1, ...REF),
  segmentOf(6, 0, ...AT_0, FUNCREF, 1, ...REF),
  segmentOf(6, 0, ...AT_0, EXTERNREF, 1, ...op('ref.null', EXTERNREF), END),
  segmentOf(7, FUNCREF, 1, ...REF),
  segmentOf(8, 0, 1, UNUSED),
  ...[5, 100, 130].map((count) =>
    replaced(SECTION.element, [...size(count), ...Array.from({ length: count }, (): Code => [1, 0, 1, UNUSED]).flat()]),
  ),
  ...[11, 40].map((count) =>
    replaced(SECTION.table, [count, ...Array.from({ length: count }, (): Code => [FUNCREF, 0, 2]).flat()]),
  ),
  replaced(SECTION.table, [1, FUNCREF, 1, 2, 0xff, 0xff, 0xff, 0xff, 0x0f]),
  // Where an active segment goes: one number of the type that addresses have.
  ...NO_OFFSETS.map((offset) => segmentOf(0, ...offset, END, 1, UNUSED)),
  ...NO_OFFSETS.map((offset) => segmentOf(2, 0, ...offset, END, 0, 1, UNUSED)),
  ...[...NO_OFFSETS, i32(0), i64(0)].map((offset) => replaced(SECTION.data, [1, 0, ...offset, END, 1, 7])),
  segmentOf(1, 0, 1, UNUSED + 1),
  segmentOf(5, FUNCREF, 1, ...op('ref.func', UNUSED + 1), END),
  segmentOf(5, FUNCREF, 1, ...i32(0), END),
  segmentOf(5, FUNCREF, 1, ...REF.slice(0, -1), ...REF),
  replaced(SECTION.data, [1, 2, 1, ...AT_0, 1, 7]),
  replaced(SECTION.data, [1, 3, ...AT_0, 1, 7]),
  replaced(SECTION.data, [1, 1, 2, 7]),
  // Bytes after the last entry.
  replaced(SECTION.data, [1, 1, 1, 7, 0]),
  replaced(SECTION.global, [1, I32, 1, ...i32(5), END, 0]),
  replaced(SECTION.export, [1, ...HELLO_EXPORT, 0]),
];

/** With a second table, of external references, and a segment of them. */
const withTwoTables =
  (...unused: Code): Make =>
  (wide) =>
    assembled(
      sections(wide, unused).map((section): Sections[number] => {
        if (section[0] === SECTION.table) return [SECTION.table, [2, FUNCREF, 0, 2, EXTERNREF, 0, 2]];
        if (section[0] !== SECTION.element) return section;
        return [SECTION.element, [2, 1, 0, 1, UNUSED, 5, EXTERNREF, 1, ...op('ref.null', EXTERNREF), END]];
      }),
    );

const withBody =
  (...unused: Code): Make =>
  (wide) =>
    assembled(sections(wide, unused));
const DROP = op('drop');
const F32_0 = op('f32.const', 0, 0, 0, 0);
const V128_0 = op('v128.const', ...Array<number>(16).fill(0));
const NULL = op('ref.null', FUNCREF);
const address0 = (wide: boolean): Code => op(wide ? 'i64.const' : 'i32.const', 0);

/** With a local of 32 bits. */
const withLocal =
  (...unused: Code): Make =>
  (wide) =>
    assembled(
      sections(wide).map(([id, content]) =>
        id === SECTION.code ? [id, [2, ...hello, ...functionBody([1, 1, I32], unused.slice(0, -1))]] : [id, content],
      ),
    );

/** With one more type, the third. @param of the type of the function, which is the first one otherwise */
const withTypes =
  ([params, results]: readonly [Code, Code], unused: Code, of = 0): Make =>
  (wide) =>
    assembled(
      sections(wide, unused).map((section): Sections[number] => {
        if (section[0] === SECTION.type)
          return [SECTION.type, [3, 0x60, 0, 0, 0x60, 1, I32, 1, I32, ...functionType(params, results)]];
        return section[0] === SECTION.function ? [SECTION.function, [2, 0, of]] : section;
      }),
    );

/** Functions that nobody calls: what is wrong with them is seen before anything runs. Some are in order. */
export const ODD_BODIES: readonly Make[] = [
  // Where a body ends, and its blocks.
  withBody(),
  withBody(END, 0x01),
  withBody(END, END),
  withBody(...op('else'), END),
  withBody(...op('block', EMPTY), END),
  withBody(...i32(1), ...op('if', I32), ...i32(1), END, ...DROP, END),
  withBody(...i32(1), ...op('if', 1), END, END),
  withBody(...i32(1), ...i32(1), ...op('if', 1), END, ...DROP, END),
  withBody(...i32(1), ...op('block', 1), END, ...DROP, END),
  withBody(...i32(1), ...op('loop', 1), ...op('br', 0), END, ...DROP, END),
  withBody(...i32(1), ...op('loop', 1), ...DROP, ...op('br', 0), END, ...DROP, END),
  withBody(...op('block', 9), END, END),
  withBody(...op('block', 0x82, 0x00), END, END),
  withBody(...op('block', 0x81, 0x00), END, END),
  ...[0x69, 0x5f, 0x60].map((type) => withBody(...op('block', type), END, END)),
  // Of more types than one byte of a signed number can say.
  (wide) =>
    assembled(
      sections(wide, [...op('block', 0xc1, 0x00), END, END]).map((section): Sections[number] =>
        section[0] === SECTION.type
          ? [SECTION.type, [66, ...Array.from({ length: 66 }, () => [0x60, 0, 0]).flat()]]
          : section,
      ),
    ),
  // What is on the stack; after unreachable code it may be anything, but of one type.
  withBody(...DROP, END),
  withBody(...i32(0), END),
  withBody(...F32_0, ...op('i32.eqz'), ...DROP, END),
  withBody(...op('unreachable'), ...op('i32.add'), ...DROP, END),
  withBody(...op('unreachable'), ...F32_0, ...op('i32.add'), ...DROP, END),
  withBody(...op('unreachable'), ...i32(0), END),
  withBody(...op('return'), ...op('select'), ...DROP, END),
  withBody(...NULL, ...NULL, ...i32(0), ...op('select'), ...DROP, END),
  withBody(...NULL, ...NULL, ...i32(0), ...op('select t', 1, FUNCREF), ...DROP, END),
  withBody(...op('block', I32), ...i32(0), ...i32(0), ...op('br_table', 1, 0, 1), END, ...DROP, END),
  withBody(...op('block', I32), ...i32(0), ...i32(0), ...op('br_table', 1, 0, 0), END, ...DROP, END),
  // What dead code leaves on the stack has the type that the instruction says.
  withBody(
    ...op('block', EMPTY),
    ...op('unreachable'),
    ...i32(0),
    ...op('select'),
    ...op('i64.eqz'),
    ...DROP,
    END,
    END,
  ),
  withBody(...op('unreachable'), ...i32(0), ...i32(0), ...op('select'), ...op('i64.eqz'), ...DROP, END),
  withBody(...op('unreachable'), ...op('select t', 1, I32), ...op('i64.eqz'), ...DROP, END),
  withBody(...op('unreachable'), ...op('select t', 1, I64), ...op('i64.eqz'), ...DROP, END),
  ...[op('f32.neg'), op('i32.eqz')].map((next) =>
    withBody(
      ...[...op('block', I32), ...op('unreachable'), ...op('br_if', 0), ...next, ...DROP, ...i32(0), END, ...DROP, END],
    ),
  ),
  ...[op('i64.eqz'), op('i32.eqz')].map((next) =>
    withLocal(...op('unreachable'), ...op('local.tee', 0), ...next, ...DROP, END),
  ),
  // Labels of as many values, of other types.
  withBody(
    ...[...op('block', 0x7d), ...op('block', I32), ...i32(0), ...i32(0), ...op('br_table', 1, 0, 1), END, ...DROP],
    ...[...F32_0, END, ...DROP, END],
  ),
  // Of several values each has its type, not the last one only.
  ...[i32(0), i64(0)].flatMap((first) => [
    withTypes([[], [I32, I32]], [...op('block', 2), ...first, ...i32(0), ...op('br', 0), END, ...DROP, ...DROP, END]),
    withTypes([[], [I32, I32]], [...op('block', 2), ...first, ...i32(0), END, ...DROP, ...DROP, END]),
    withTypes([[], [I32, I32]], [...first, ...i32(0), ...op('return'), END], 2),
    withTypes([[], [I32, I32]], [...first, ...i32(0), ...op('br', 0), END], 2),
  ]),
  // Both arms give what the block says; without an else it gives what it took.
  withTypes([[I32], [I64]], [...i32(0), ...i32(1), ...op('if', 2), ...op('i64.extend_i32_s'), END, ...DROP, END]),
  withTypes([[I32], [I32]], [...i32(0), ...i32(1), ...op('if', 2), ...op('i32.eqz'), END, ...DROP, END]),
  withBody(...i32(1), ...op('if', I32), ...op('else'), ...i32(2), END, ...DROP, END),
  withBody(...i32(1), ...op('if', I32), ...i32(2), ...op('else'), END, ...DROP, END),
  // A global of references holds references; a lane has its alignment, and the last of a shuffle its bound.
  ...[i32(0), NULL, op('ref.null', EXTERNREF)].map(
    (value): Make =>
      (wide) =>
        assembled(
          sections(wide, [...value, ...op('global.set', 2), END]).map((section): Sections[number] =>
            section[0] === SECTION.global ? [SECTION.global, [3, ...TWO_GLOBALS, FUNCREF, 1, ...NULL, END]] : section,
          ),
        ),
  ),
  ...[0, 1].map(
    (alignment): Make =>
      (wide) =>
        assembled(
          sections(wide, [...address0(wide), ...V128_0, ...op('v128.load8_lane', alignment, 0, 0), ...DROP, END]),
        ),
  ),
  ...[0, 15].flatMap((at) =>
    [31, 32].map((lane) =>
      withBody(
        ...[
          ...V128_0,
          ...V128_0,
          ...op('i8x16.shuffle', ...Array.from({ length: 16 }, (_, i) => (i === at ? lane : 0))),
        ],
        ...[...DROP, END],
      ),
    ),
  ),
  // Indices beyond the last.
  withBody(...op('local.get', 0), ...DROP, END),
  withBody(...op('global.get', 2), ...DROP, END),
  withBody(...i32(0), ...op('global.set', 0), END),
  withBody(...i32(0), ...op('global.set', 1), END),
  withBody(...op('call', 3), END),
  withBody(...op('br', 0), END),
  withBody(...op('br', 1), END),
  withBody(...i32(0), ...op('call_indirect', 0, 0), END),
  withBody(...i32(0), ...op('call_indirect', 0, 1), END),
  withBody(...i32(0), ...op('call_indirect', 2, 0), END),
  ...[0, 1].flatMap((segment) => [
    withBody(...op('data.drop', segment), END),
    withBody(...op('elem.drop', segment), END),
    withBody(...op('memory.size', segment), ...DROP, END),
    withBody(...op('table.size', segment), ...DROP, END),
  ]),
  // Of one memory, whichever of the two of a copy.
  ...[
    [0, 0],
    [0, 1],
    [1, 0],
  ].map(
    (memories): Make =>
      (wide) =>
        assembled(sections(wide, [...[0, 0, 0].flatMap(() => address0(wide)), ...op('memory.copy', ...memories), END])),
  ),
  ...[MSG_REPLY, HELLO, UNUSED].map((index) => withBody(...op('ref.func', index), ...DROP, END)),
  // Alignments up to the natural one, lanes that there are.
  ...[2, 3, 0x20].map(
    (alignment): Make =>
      (wide) =>
        assembled(sections(wide, [...address0(wide), ...op('i32.load', alignment, 0), ...DROP, END])),
  ),
  // Static offsets of a large memory, in too many bits or not.
  ...[
    [0x80, 0x80, 0x80, 0x80, 0x0f],
    [0x80, 0x80, 0x80, 0x80, 0x10],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02],
  ].map(
    (offset): Make =>
      (wide) =>
        assembled(
          sections(wide, [...address0(wide), ...op('i32.load', 2, ...offset), ...DROP, END]).map(
            (section): Sections[number] =>
              section[0] === SECTION.memory ? [SECTION.memory, [1, wide ? 4 : 0, 65]] : section,
          ),
        ),
  ),
  withBody(...V128_0, ...op('i8x16.extract_lane_s', 15), ...DROP, END),
  withBody(...V128_0, ...op('i8x16.extract_lane_s', 16), ...DROP, END),
  withBody(...V128_0, ...V128_0, ...op('i8x16.shuffle', ...Array<number>(16).fill(31)), ...DROP, END),
  withBody(...V128_0, ...V128_0, ...op('i8x16.shuffle', ...Array<number>(16).fill(32)), ...DROP, END),
  // Numbers whose last byte has bits that are not used.
  withBody(...op('i32.const', 0xff, 0xff, 0xff, 0xff, 0x07), ...DROP, END),
  withBody(...op('i32.const', 0xff, 0xff, 0xff, 0xff, 0x0f), ...DROP, END),
  withBody(...op('i32.const', 0x80, 0x80, 0x80, 0x80, 0x78), ...DROP, END),
  // Numbers with as many bytes as they may have, and one more.
  withBody(...op('i32.const', 0x80, 0x80, 0x80, 0x80, 0x00), ...DROP, END),
  withBody(...op('i32.const', 0x80, 0x80, 0x80, 0x80, 0x80, 0x00), ...DROP, END),
  withBody(...op('i64.const', ...Array<number>(9).fill(0x80), 0x00), ...DROP, END),
  withBody(...op('i64.const', ...Array<number>(10).fill(0x80), 0x00), ...DROP, END),
  withBody(...op('call', 0x80 + UNUSED, 0x80, 0x80, 0x80, 0x00), END),
  withBody(...op('call', 0x80 + UNUSED, 0x80, 0x80, 0x80, 0x10), END),
  withBody(...op('call', 0x80 + UNUSED, 0x80, 0x80, 0x80, 0x80, 0x00), END),
  // A long body.
  withBody(...Array<number>(70_000).fill(0x01), END),
  // Of elements that are not those of the table, or of none; of several types, or of one that is told.
  ...[
    op('table.copy', 0, 1),
    op('table.copy', 1, 0),
    op('table.copy', 1, 1),
    op('table.init', 0, 1),
    op('table.init', 0, 0),
  ].map((bulk) => withTwoTables(...i32(0), ...i32(0), ...i32(0), ...bulk, END)),
  withTwoTables(...i32(0), ...op('call_indirect', 0, 1), END),
  withTwoTables(...i32(0), ...NULL, ...op('table.set', 1), END),
  withBody(...i32(1), ...i32(2), ...i32(0), ...op('select t', 1, I32), ...DROP, END),
  withBody(...i32(1), ...i32(2), ...i32(0), ...op('select t', 2, I32, I32), ...DROP, END),
  withBody(...i32(1), ...i32(2), ...i32(0), ...op('select t', 0), ...DROP, END),
  withBody(...V128_0, ...V128_0, ...i32(0), ...op('select'), ...DROP, END),
  // References, and what is none.
  ...[i32(0), i64(0), NULL].map((value) => withBody(...value, ...op('ref.is_null'), ...DROP, END)),
  withBody(...op('ref.null', 0x69), ...DROP, END),
  withBody(...op('ref.null', I32), ...DROP, END),
  // Locals: of no type that there is, more than there may be, and more than a number can say.
  localsOf(1, 1, 0x69),
  localsOf(1, ...size(50_001), I32),
  localsOf(2, ...size(0xffff_ffff), I32, 1, I32),
  localsOf(2, 0, I32, 1, I64),
  // Labels of different types, which only dead code can serve.
  withBody(
    ...op('block', I32),
    ...op('block', 0x7d),
    ...op('unreachable'),
    ...op('br_table', 1, 0, 1),
    ...[END, ...DROP, ...i32(0), END, ...DROP, END],
  ),
  // The index of the memory among the bits of the alignment, which is another feature; too large an alignment.
  ...[
    [0x42, 0],
    [0x80, 0],
    [0x80, 0x01],
  ].map(
    (alignment): Make =>
      (wide) =>
        assembled(sections(wide, [...address0(wide), ...op('i32.load', ...alignment, 0), ...DROP, END])),
  ),
  // A data index asks for the count of segments ahead of the code.
  ...[op('data.drop', 0), [...i32(0), ...DROP]].map(
    (code): Make =>
      (wide) =>
        assembled(sections(wide, [...code, END]).filter(([id]) => id !== SECTION.dataCount)),
  ),
  // As much as engines have to take: nested blocks, labels, locals, parameters, types.
  ...[200, 2_000].map((depth) =>
    withBody(...Array.from({ length: depth }, () => op('block', EMPTY)).flat(), ...Array<number>(depth).fill(END), END),
  ),
  ...[300, 10_000].map((count) =>
    withBody(...i32(0), ...op('br_table', ...size(count), ...Array<number>(count).fill(0), 0), END),
  ),
  ...[2_000, 40_000].map(
    (count): Make =>
      (wide) =>
        assembled(
          sections(wide).map(([id, content]) =>
            id === SECTION.code ? [id, [2, ...hello, ...functionBody([1, ...size(count), I32], [])]] : [id, content],
          ),
        ),
  ),
  ...[
    [200, 0],
    [1_000, 0],
    [0, 20],
    [0, 1_000],
  ].map(([params = 0, results = 0]): Make => {
    const types = (count: number): Code => [...size(count), ...Array<number>(count).fill(I64)];
    return replaced(SECTION.type, [2, 0x60, 0, 0, 0x60, ...types(params), ...types(results)]);
  }),
  replaced(SECTION.type, [...size(3_000), ...Array.from({ length: 3_000 }, (): Code => [0x60, 0, 0]).flat()]),
  // Instructions of features that canisters do not have (exceptions, tail calls, threads, relaxed vectors), and some that there are not.
  withBody(0x06, EMPTY, END, END),
  withBody(0x12, UNUSED, END),
  withBody(0xff, END),
  withBody(0xfc, 0x12, 0, END),
  withBody(0xfe, 0x03, 0, END),
  withBody(...V128_0, ...V128_0, 0xfd, 0x80, 0x02, ...DROP, END),
];
