// table: modules that are not well-formed or not valid, and their neighbours that are — canister-interface.md#system-api-module
import { assembled, END, FUNCREF, I32, i32, text, type Code, type Sections } from './raw-modules.js';

/** The functions: an import, `hello`, and one that nobody calls, whose body is `unused`. */
const [MSG_REPLY, HELLO, UNUSED] = [0, 1, 2];

const [TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, DATA_COUNT, CODE, DATA] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11,
];

const body = (code: Code): Code => [code.length + 1, 0, ...code];
const hello = body([0x10, MSG_REPLY, END]);
const HELLO_EXPORT: Code = [...text('canister_query hello'), 0, HELLO];

/** A section of every kind but a start section: a table of two, a page of memory, two globals, a passive segment of either sort. */
function sections(wide: boolean, unused: Code = [END]): Sections {
  return [
    [TYPE, [2, 0x60, 0, 0, 0x60, 1, I32, 1, I32]],
    [IMPORT, [1, ...text('ic0'), ...text('msg_reply'), 0, 0]],
    [FUNCTION, [2, 0, 0]],
    [TABLE, [1, FUNCREF, 0, 2]],
    [MEMORY, [1, wide ? 4 : 0, 1]],
    [GLOBAL, [2, I32, 1, ...i32(5), END, I32, 0, ...i32(6), END]],
    [EXPORT, [1, ...HELLO_EXPORT]],
    [ELEMENT, [1, 1, 0, 1, UNUSED]],
    [DATA_COUNT, [1]],
    [CODE, [2, ...hello, ...body(unused)]],
    [DATA, [1, 1, 1, 7]],
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

/** A memory of these limits; i64 sizes are of other lengths. */
const memoryOf = (...limits: Code): Make => replaced(MEMORY, [1, ...limits]);
const globalOf = (type: number, mutability: number, ...init: Code): Make =>
  replaced(GLOBAL, [2, I32, 1, ...i32(5), END, type, mutability, ...init, END]);
const exportOf = (name: string, kind: number, index: number): Make =>
  replaced(EXPORT, [2, ...HELLO_EXPORT, ...text(name), kind, index]);
const segmentOf = (...element: Code): Make => replaced(ELEMENT, [1, ...element]);
const AT_0: Code = [...i32(0), END];
const REF: Code = [0xd2, UNUSED, END];

/** Sections in the wrong place or number, of the wrong size, and with contents that the format does not have. */
export const ODD_SECTIONS: readonly Make[] = [
  ...[TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, ELEMENT, DATA_COUNT, CODE, DATA].map(twice),
  (wide) => assembled([...sections(wide)].reverse()),
  inserted(FUNCTION, TABLE, [1, FUNCREF, 0, 2]),
  inserted(DATA, START, [UNUSED]),
  inserted(ELEMENT, START, [UNUSED]),
  inserted(TABLE, 0, [...text('between'), 1, 2, 3]),
  inserted(TABLE, 13, [0]),
  ...[2, 3, 5].map(lastSize),
  // The numbers of functions and segments are told twice.
  replaced(FUNCTION, [3, 0, 0, 0]),
  replaced(CODE, [1, ...hello]),
  replaced(DATA_COUNT, [2]),
  replaced(DATA, undefined),
  replaced(DATA_COUNT, undefined),
  replaced(TYPE, [2, 0x5f, 0, 0, 0x60, 1, I32, 1, I32]),
  replaced(TYPE, [2, 0x60, 0, 0, 0x60, 1, 0x69, 1, I32]),
  replaced(FUNCTION, [2, 0, 2]),
  inserted(ELEMENT, START, [UNUSED + 1]),
  (wide) =>
    assembled([
      ...sections(wide).flatMap(([id, content]): Sections => {
        if (id === FUNCTION) return [[id, [2, 0, 2]]];
        if (id === TYPE) return [[id, [3, 0x60, 0, 0, 0x60, 1, I32, 1, I32, 0x60, 0, 1, I32]]];
        if (id === ELEMENT) return [[START, [UNUSED]]];
        return [[id, id === CODE ? [2, ...hello, ...body([...i32(1), END])] : content]];
      }),
    ]),
  // Limits: a maximum below the minimum, the largest, and one beyond it; flags that there are not.
  memoryOf(1, 2, 1),
  memoryOf(5, 2, 1),
  memoryOf(1, 1, 0x80, 0x80, 0x04),
  memoryOf(1, 1, 0x81, 0x80, 0x04),
  memoryOf(5, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40),
  memoryOf(5, 1, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40),
  memoryOf(5, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02),
  memoryOf(8, 1),
  replaced(TABLE, [1, FUNCREF, 1, 2, 1]),
  replaced(TABLE, [1, 0x6e, 0, 2]),
  globalOf(I32, 2, ...i32(1)),
  globalOf(0x69, 0, ...i32(1)),
  globalOf(I32, 0, 0x42, 1),
  globalOf(I32, 0, ...i32(1), ...i32(1)),
  globalOf(I32, 0),
  // The last byte of a signed number has bits that are not used: they must be as its sign.
  globalOf(I32, 0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x07),
  globalOf(I32, 0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x0f),
  globalOf(I32, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x78),
  globalOf(I32, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00),
  globalOf(0x7e, 0, 0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
  globalOf(0x7e, 0, 0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
  exportOf('more', 0, 2),
  exportOf('more', 0, 3),
  exportOf('more', 1, 0),
  exportOf('more', 1, 1),
  exportOf('more', 2, 1),
  exportOf('more', 3, 1),
  exportOf('more', 3, 2),
  exportOf('more', 4, 0),
  exportOf('canister_query hello', 3, 0),
  // Element segments in each of their forms: the second number of the kind must be 0, the type that of the table.
  segmentOf(1, 1, 1, UNUSED),
  segmentOf(2, 0, ...AT_0, 0, 1, UNUSED),
  segmentOf(2, 0, ...AT_0, 1, 1, UNUSED),
  segmentOf(2, 1, ...AT_0, 0, 1, UNUSED),
  segmentOf(3, 1, 1, UNUSED),
  segmentOf(4, ...AT_0, 1, ...REF),
  segmentOf(5, FUNCREF, 2, ...REF, 0xd0, FUNCREF, END),
  segmentOf(5, 0x6f, 1, ...REF),
  segmentOf(6, 0, ...AT_0, FUNCREF, 1, ...REF),
  segmentOf(6, 0, ...AT_0, 0x6f, 1, 0xd0, 0x6f, END),
  segmentOf(7, FUNCREF, 1, ...REF),
  segmentOf(8, 0, 1, UNUSED),
  replaced(DATA, [1, 2, 1, ...AT_0, 1, 7]),
  replaced(DATA, [1, 3, ...AT_0, 1, 7]),
  replaced(DATA, [1, 1, 2, 7]),
  // Bytes after the last entry.
  replaced(DATA, [1, 1, 1, 7, 0]),
  replaced(GLOBAL, [1, I32, 1, ...i32(5), END, 0]),
  replaced(EXPORT, [1, ...HELLO_EXPORT, 0]),
];

const withBody =
  (...unused: Code): Make =>
  (wide) =>
    assembled(sections(wide, unused));
const [DROP, BLOCK, LOOP, IF, ELSE, BR] = [0x1a, 0x02, 0x03, 0x04, 0x05, 0x0c];
const F32_0: Code = [0x43, 0, 0, 0, 0];
const V128_0: Code = [0xfd, 0x0c, ...Array<number>(16).fill(0)];
const NULL: Code = [0xd0, FUNCREF];

/** Functions that nobody calls: what is wrong with them is seen before anything runs. */
export const ODD_BODIES: readonly Make[] = [
  // Where a body ends, and its blocks.
  withBody(),
  withBody(END, 0x01),
  withBody(END, END),
  withBody(ELSE, END),
  withBody(BLOCK, 0x40, END),
  withBody(...i32(1), IF, I32, ...i32(1), END, DROP, END),
  withBody(...i32(1), IF, 1, END, END),
  withBody(...i32(1), ...i32(1), IF, 1, END, DROP, END),
  withBody(...i32(1), BLOCK, 1, END, DROP, END),
  withBody(...i32(1), LOOP, 1, BR, 0, END, DROP, END),
  withBody(...i32(1), LOOP, 1, DROP, BR, 0, END, DROP, END),
  withBody(BLOCK, 9, END, END),
  withBody(BLOCK, 0x82, 0x00, END, END),
  withBody(BLOCK, 0x81, 0x00, END, END),
  // Of more types than one byte of a signed number can say.
  (wide) =>
    assembled(
      sections(wide, [BLOCK, 0xc1, 0x00, END, END]).map((section): Sections[number] =>
        section[0] === TYPE ? [TYPE, [66, ...Array.from({ length: 66 }, () => [0x60, 0, 0]).flat()]] : section,
      ),
    ),
  // What is on the stack; after unreachable code it may be anything, but of one type.
  withBody(DROP, END),
  withBody(...i32(0), END),
  withBody(...F32_0, 0x45, DROP, END),
  withBody(0x00, 0x6a, DROP, END),
  withBody(0x00, ...F32_0, 0x6a, DROP, END),
  withBody(0x00, ...i32(0), END),
  withBody(0x0f, 0x1b, DROP, END),
  withBody(...NULL, ...NULL, ...i32(0), 0x1b, DROP, END),
  withBody(...NULL, ...NULL, ...i32(0), 0x1c, 1, FUNCREF, DROP, END),
  withBody(BLOCK, I32, ...i32(0), ...i32(0), 0x0e, 1, 0, 1, END, DROP, END),
  withBody(BLOCK, I32, ...i32(0), ...i32(0), 0x0e, 1, 0, 0, END, DROP, END),
  // Indices beyond the last.
  withBody(0x20, 0, DROP, END),
  withBody(0x23, 2, DROP, END),
  withBody(...i32(0), 0x24, 0, END),
  withBody(...i32(0), 0x24, 1, END),
  withBody(0x10, 3, END),
  withBody(BR, 0, END),
  withBody(BR, 1, END),
  withBody(...i32(0), 0x11, 0, 0, END),
  withBody(...i32(0), 0x11, 0, 1, END),
  withBody(...i32(0), 0x11, 2, 0, END),
  ...[0, 1].flatMap((segment) => [
    withBody(0xfc, 9, segment, END),
    withBody(0xfc, 13, segment, END),
    withBody(0x3f, segment, DROP, END),
    withBody(0xfc, 16, segment, DROP, END),
  ]),
  ...[MSG_REPLY, HELLO, UNUSED].map((index) => withBody(0xd2, index, DROP, END)),
  // Alignments up to the natural one, lanes that there are.
  ...[2, 3, 0x20].map(
    (alignment): Make =>
      (wide) =>
        assembled(sections(wide, [wide ? 0x42 : 0x41, 0, 0x28, alignment, 0, DROP, END])),
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
          sections(wide, [wide ? 0x42 : 0x41, 0, 0x28, 2, ...offset, DROP, END]).map((section): Sections[number] =>
            section[0] === MEMORY ? [MEMORY, [1, wide ? 4 : 0, 65]] : section,
          ),
        ),
  ),
  withBody(...V128_0, 0xfd, 0x15, 15, DROP, END),
  withBody(...V128_0, 0xfd, 0x15, 16, DROP, END),
  withBody(...V128_0, ...V128_0, 0xfd, 0x0d, ...Array<number>(16).fill(31), DROP, END),
  withBody(...V128_0, ...V128_0, 0xfd, 0x0d, ...Array<number>(16).fill(32), DROP, END),
  // Numbers whose last byte has bits that are not used; instructions that there are not, or that are not of the supported features.
  withBody(0x41, 0xff, 0xff, 0xff, 0xff, 0x07, DROP, END),
  withBody(0x41, 0xff, 0xff, 0xff, 0xff, 0x0f, DROP, END),
  withBody(0x41, 0x80, 0x80, 0x80, 0x80, 0x78, DROP, END),
  withBody(0x06, 0x40, END, END),
  withBody(0x12, UNUSED, END),
  withBody(0xff, END),
  withBody(0xfc, 0x12, 0, END),
  withBody(0xfe, 0x03, 0, END),
  withBody(...V128_0, ...V128_0, 0xfd, 0x80, 0x02, DROP, END),
];
