// table: modules that programs cannot say, byte by byte — canister-interface.md#system-api-module
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import { Bytes } from '../../canister/bytes.js';
import type { Draw } from '../../draw.js';

const MAGIC_AND_VERSION = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** Bytes of the binary format. All numbers are below 64, so that each takes one byte. */
export type Code = readonly number[];

export const END = 0x0b;
export const FUNCREF = 0x70;
export const I32 = 0x7f;
export const i32 = (n: number): Code => [0x41, n & 0x7f];
const i64 = (n: number): Code => [0x42, n & 0x7f];
/** 2^32 + 1, which cut to 32 bits is an entry of every table here. */
const HIGH: Code = [0x42, 0x81, 0x80, 0x80, 0x80, 0x10];
const constantOf = (wide: boolean, n: number): Code => (wide ? i64(n) : i32(n));
const [I32_ADD, I32_SUB, I32_MUL, I64_ADD, I64_SUB, I64_MUL] = [0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e];

/** What is unusual about a module; the rest of it is always the same. Functions: see `MARK`. */
interface Parts {
  readonly wide: boolean;
  /** Contents of sections without their counts, where a module has just one of a kind. */
  readonly table?: Code;
  readonly secondTable?: Code;
  readonly global?: Code;
  /** A second global. */
  readonly second?: Code;
  readonly element?: Code;
  readonly data?: Code;
  /** Runs first in `hello`. */
  readonly code?: Code;
  /** Body of the update method `change`. */
  readonly change?: Code;
  /** Index of the start function. */
  readonly start?: number;
  /** A custom section: its name, length first, and its content. */
  readonly custom?: Code;
}

/** The functions: two imports, `hello`, one that adds 16 to the global, and `change`. */
const MSG_REPLY = 1;
const MARK = 3;
const CHANGE = 4;

export const text = (value: string): Code => [value.length, ...new TextEncoder().encode(value)];

/** A module with a query method `hello`, which replies with 16 bytes of memory, of which the first ones are those of the global. */
function moduleOf({
  wide,
  table,
  secondTable,
  global,
  second,
  element,
  data,
  code = [],
  change,
  start,
  custom,
}: Parts): Uint8Array {
  const pointer = wide ? 0x7e : I32;
  const hello = [
    ...code,
    ...[...constantOf(wide, 0), 0x23, 0, 0x36, 2, 0],
    ...[...constantOf(wide, 0), ...constantOf(wide, 16), 0x10, 0, 0x10, 1, END],
  ];
  const mark = [0x23, 0, ...i32(16), I32_ADD, 0x24, 0, END];
  const own = [hello, mark, ...(change === undefined ? [] : [[...change, END]])];
  const exported = [
    ...[...text('canister_query hello'), 0, 2],
    ...(change === undefined ? [] : [...text('canister_update change'), 0, CHANGE]),
  ];
  const sections: Sections = [
    [1, [2, 0x60, 0, 0, 0x60, 2, pointer, pointer, 0]],
    [2, [2, ...text('ic0'), ...text('msg_reply_data_append'), 0, 1, ...text('ic0'), ...text('msg_reply'), 0, 0]],
    [3, [own.length, ...own.map(() => 0)]],
    [4, table && [secondTable === undefined ? 1 : 2, ...table, ...(secondTable ?? [])]],
    [5, [1, wide ? 4 : 0, 1]],
    [6, [second === undefined ? 1 : 2, ...(global ?? [I32, 1, ...i32(5), END]), ...(second ?? [])]],
    [7, [change === undefined ? 1 : 2, ...exported]],
    [8, start === undefined ? undefined : [start]],
    [9, element && [1, ...element]],
    [10, [own.length, ...own.flatMap((body) => [body.length + 1, 0, ...body])]],
    [11, data && [1, ...data]],
    [0, custom],
  ];
  return assembled(sections);
}

export type Sections = readonly (readonly [id: number, content: Code | undefined])[];

/** The module of these sections; one without content is left out. */
export function assembled(sections: Sections): Uint8Array {
  const out = new Bytes();
  out.bytes(MAGIC_AND_VERSION);
  for (const [id, content] of sections) {
    if (content === undefined) continue;
    const section = new Bytes();
    section.bytes(Uint8Array.from(content));
    out.byte(id);
    out.sized(section);
  }
  return out.toUint8Array();
}

/** A table of functions; the flag 4 makes its indices 64-bit. */
const table = (min: number, flags = 0): Code => [FUNCREF, flags, min];
/** An active element segment with so many entries. */
const elements = (offset: Code, count: number): Code => [0, ...offset, END, count, ...Array<number>(count).fill(MARK)];
const callOf = (index: Code): Code => [...index, 0x11, 0, 0];
const bytesAt = (offset: Code): Code => [0, ...offset, END, 3, 0xa1, 0xa2, 0xa3];

/** A module without a memory, whose query method `hello` asks for the size of the caller in a pointer of the type. */
function bareModule(tables: Code, pointer: number): Uint8Array {
  return assembled([
    [1, [2, 0x60, 0, 0, 0x60, 0, 1, pointer]],
    [2, [2, ...text('ic0'), ...text('msg_caller_size'), 0, 1, ...text('ic0'), ...text('msg_reply'), 0, 0]],
    [3, [1, 0]],
    [4, [1, ...tables]],
    [7, [1, ...text('canister_query hello'), 0, 2]],
    [10, [1, 7, 0, 0x10, 0, 0x1a, 0x10, MSG_REPLY, END]],
  ]);
}

/** The number 2 in forms of the format that are longer than need be, and in some that are not of it. */
const TWO_AT_LENGTH: readonly Code[] = [
  [0x82, 0x00],
  [0x82, 0x80, 0x80, 0x80, 0x00],
  [0x82, 0x80, 0x80, 0x80, 0x10],
  [0x82, 0x80, 0x80, 0x80, 0x70],
  [0x82, 0x80, 0x80, 0x80, 0x80, 0x00],
];

/** A module with two tables: `hello` tells which of them have an entry and how large the second is, `change` writes entries and often traps. */
export function withSecondTable(draw: Draw, width: PointerWidth): Uint8Array {
  const wide = width === 'i64';
  const set = (index: number): Code => [...i32(0), 0xd2, MARK, 0x26, index];
  const shows = [0, 1].flatMap((index) => [
    ...constantOf(wide, 4 + index),
    ...[...i32(0), 0x25, index, 0xd1, 0x3a, 0, 0],
  ]);
  return moduleOf({
    wide,
    table: table(1),
    secondTable: table(1),
    element: [3, 0, 1, MARK],
    code: [...shows, ...constantOf(wide, 6), 0xfc, 16, 1, 0x3a, 0, 0],
    change: [
      ...draw.pick([
        set(1),
        [...set(0), ...set(1)],
        // What was written is called; the second one grows; a declarative segment has nothing to copy.
        [...set(1), ...i32(0), 0x11, 0, 1],
        [0xd0, FUNCREF, ...i32(2), 0xfc, 15, 1, 0x1a],
        [...i32(0), ...i32(0), ...i32(1), 0xfc, 12, 0, 0],
      ]),
      ...draw.pick([[0x00], [0x10, MSG_REPLY]]),
    ],
  });
}

/** A module with a table of 64-bit indices: `hello` tells its size and which entries are null, `change` writes to it, or traps. */
export function withWideTable(draw: Draw, width: PointerWidth): Uint8Array {
  const wide = width === 'i64';
  const at = (): Code => draw.pick([i64(0), i64(1), i64(2), HIGH]);
  const size = (): Code => draw.pick([i64(0), i64(1), i64(1), i64(2), HIGH]);
  const nulls = [0, 1].flatMap((index) => [
    ...constantOf(wide, 4 + index),
    ...[...i64(index), 0x25, 0, 0xd1, 0x3a, 0, 0],
  ]);
  const changes: readonly Code[] = [
    [...constantOf(wide, 8), 0xd2, MARK, ...size(), 0xfc, 15, 0, 0x37, 3, 0],
    [...at(), 0xd2, MARK, 0x26, 0],
    [...at(), 0x25, 0, 0x1a],
    [...at(), 0xd2, MARK, ...size(), 0xfc, 17, 0],
    [...at(), ...at(), ...size(), 0xfc, 14, 0, 0],
    [...at(), ...i32(0), ...i32(draw.int(0, 2)), 0xfc, 12, 0, 0],
  ];
  return moduleOf({
    wide,
    table: [FUNCREF, 5, 2, 4],
    element: [1, 0, 1, MARK],
    code: [...nulls, ...constantOf(wide, 6), 0xfc, 16, 0, 0x3c, 0, 0],
    change: draw.sample(changes, 2).flat(),
  });
}

type Make = (draw: Draw, width: PointerWidth) => Uint8Array;

/** Modules by what they are about; each has several forms. */
export const RAW_MODULES: Readonly<Record<string, Make>> = {
  'elements around the end of the table': (draw, width) => {
    const wide = width === 'i64';
    const [size, at, count] = draw.pick([
      [1, 1, 1],
      [1, 0, 2],
      [2, 1, 2],
      [0, 0, 1],
      [1, -1, 1],
      [3, 2, 1],
      [3, 0, 3],
      [1, 1, 0],
      [1, 2, 0],
      [0, 0, 0],
    ] as const);
    const last = Math.max(0, at + count - 1);
    return moduleOf({
      wide,
      table: table(size),
      element: elements(i32(at), count),
      ...(draw.chance(50) ? { data: bytesAt(constantOf(wide, 4)) } : {}),
      ...(count > 0 ? { code: callOf(i32(last)) } : {}),
    });
  },

  'constants with arithmetic': (draw, width) => {
    const wide = width === 'i64';
    const sum: Code = wide ? [...i64(3), ...i64(4), I64_ADD] : [...i32(3), ...i32(4), I32_ADD];
    const product: Code = wide ? [...i64(3), ...i64(4), I64_MUL] : [...i32(9), ...i32(5), I32_SUB];
    return draw.pick<() => Uint8Array>([
      () => moduleOf({ wide, global: [I32, 1, ...i32(7), ...i32(3), I32_MUL, ...i32(1), I32_SUB, END] }),
      () => moduleOf({ wide, data: bytesAt(draw.pick([sum, product])) }),
      () =>
        moduleOf({
          wide,
          table: table(2, 4),
          element: elements([...i64(3), ...i64(2), I64_SUB], 1),
          code: callOf(i64(1)),
        }),
      () =>
        moduleOf({
          wide,
          table: table(3),
          element: elements([...i32(1), ...i32(1), I32_ADD], draw.pick([1, 1, 2])),
          code: callOf(i32(2)),
        }),
      // Division is no constant; neither is a sum of one operand, nor one of different types.
      () => moduleOf({ wide, global: [I32, 1, ...i32(7), ...i32(3), 0x6e, END] }),
      () => moduleOf({ wide, global: [I32, 1, ...i32(7), I32_ADD, END] }),
      () => moduleOf({ wide, global: [I32, 1, ...i32(7), ...i64(3), I32_ADD, END] }),
    ])();
  },

  'constants that wrap at their width': (draw, width) => {
    const wide = width === 'i64';
    return draw.pick<() => Uint8Array>([
      () =>
        moduleOf({ wide, data: bytesAt([...constantOf(wide, -1), ...constantOf(wide, 5), wide ? I64_ADD : I32_ADD]) }),
      () => moduleOf({ wide, global: [I32, 1, ...i32(-1), ...i32(-3), I32_MUL, ...i32(9), I32_ADD, END] }),
      () =>
        moduleOf({
          wide,
          table: table(3),
          element: elements([...i32(-2), ...i32(4), I32_ADD], 1),
          code: callOf(i32(2)),
        }),
    ])();
  },

  'tables with 64-bit indices': (draw, width) => {
    const wide = width === 'i64';
    return draw.pick<() => Uint8Array>([
      () => moduleOf({ wide, table: table(2, 4) }),
      () => moduleOf({ wide, table: table(2, 4), element: elements(i64(1), 1), code: callOf(i64(1)) }),
      () => moduleOf({ wide, table: table(2, 4), element: elements(i32(1), 1) }),
      () => moduleOf({ wide, table: table(2, 4), element: elements(HIGH, draw.below(2)) }),
      () => moduleOf({ wide, table: table(2, 4), element: elements(i64(1), 1), code: callOf(HIGH) }),
      () => moduleOf({ wide, table: table(2, 4), code: [...draw.pick([i64(1), i64(2), HIGH]), 0x25, 0, 0x1a] }),
      () => moduleOf({ wide, table: [FUNCREF, 5, 2, 3], element: elements(i64(1), 2) }),
      // Without a memory pointers have 32 bits, whatever the table has.
      () => bareModule(table(2, draw.pick([0, 4])), I32),
      () => bareModule(table(2, draw.pick([0, 4])), 0x7e),
    ])();
  },

  'an import as the start function': (_, width) => moduleOf({ wide: width === 'i64', start: MSG_REPLY }),

  'numbers at length': (draw, width) =>
    draw.pick<(number: Code) => Uint8Array>([
      (number) => moduleOf({ wide: width === 'i64', table: [FUNCREF, 0, ...number] }),
      (number) => moduleOf({ wide: width === 'i64', table: [FUNCREF, 1, 1, ...number] }),
      (number) =>
        moduleOf({ wide: width === 'i64', data: [...number, 0, ...constantOf(width === 'i64', 4), END, 1, 9] }),
    ])(draw.pick(TWO_AT_LENGTH)),

  'names that are not UTF-8': (draw, width) =>
    moduleOf({
      wide: width === 'i64',
      custom: draw.pick([[1, 0x80], [2, 0xc3, 0xa4], [2, 0x61, 0xc3], [3, 0xed, 0xa0, 0x80], [0]]),
    }),

  'tables of other kinds': (draw, width) => {
    const wide = width === 'i64';
    return draw.pick<() => Uint8Array>([
      // A maximum below the size; a table of external references, with and without functions for it.
      () => moduleOf({ wide, table: [FUNCREF, 1, 2, 1] }),
      () => moduleOf({ wide, table: [0x6f, 0, 2] }),
      () => moduleOf({ wide, table: [0x6f, 0, 2], element: elements(i32(0), 1) }),
      // Null entries, by expressions; and a function of which there is none.
      () => moduleOf({ wide, table: table(2), element: [4, ...i32(1), END, 1, 0xd0, FUNCREF, END] }),
      () => moduleOf({ wide, table: table(2), element: [0, ...i32(0), END, 1, MARK + 1] }),
      () => moduleOf({ wide, element: elements(i32(0), 1) }),
    ])();
  },

  'references to functions': (draw, width) => {
    const wide = width === 'i64';
    // ref.func; drop
    const refers: Code = [0xd2, MARK, 0x1a];
    return draw.pick<() => Uint8Array>([
      // Only what is declared outside of code may be referred to: in an element segment, an export or a global.
      () => moduleOf({ wide, code: refers }),
      () => moduleOf({ wide, code: refers, element: [3, 0, 1, MARK] }),
      () => moduleOf({ wide, code: refers, element: [1, 0, 1, MARK] }),
      () => moduleOf({ wide, code: refers, table: table(1), element: elements(i32(0), 1) }),
      // `hello` is exported.
      () => moduleOf({ wide, code: [0xd2, 2, 0xd1, 0x1a] }),
      () => moduleOf({ wide, second: [FUNCREF, 1, 0xd2, MARK, END], code: refers }),
    ])();
  },
};
