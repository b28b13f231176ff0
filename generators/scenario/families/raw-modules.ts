// plumbing: modules that programs cannot say, byte by byte — canister-interface.md#system-api-module
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Draw } from '../../draw.js';
import { withResults } from './functions-with-results.js';
import {
  assembled,
  constantOf,
  END,
  EXTERNREF,
  FUNCREF,
  I32,
  i32,
  I64,
  i64,
  number,
  NUMBERS,
  op,
  SECTION,
  size,
  text,
  type Code,
} from './module-bytes.js';
import { recursiveModule } from './recursive-modules.js';
import { floatParameters } from './float-parameters.js';

/** 2^32 + 1, which cut to 32 bits is an entry of every table here. */
const HIGH: Code = op('i64.const', 0x81, 0x80, 0x80, 0x80, 0x10);

const ARITHMETIC = {
  i32: ['i32.add', 'i32.sub', 'i32.mul'],
  i64: ['i64.add', 'i64.sub', 'i64.mul'],
} as const;

/** A constant expression: numbers of every size, and what is computed from them. */
function computed(draw: Draw, wide: boolean, depth: number): Code {
  if (depth === 0 || draw.chance(15)) return number(wide, draw.chance(60) ? draw.pick(NUMBERS) : draw.bits(64));
  const operation = draw.pick(ARITHMETIC[wide ? 'i64' : 'i32']);
  return [...computed(draw, wide, depth - 1), ...computed(draw, wide, depth - 1), ...op(operation)];
}

/** Where a segment cannot be: far beyond the memory, though not where its address is cut, nor where its end wraps. */
const FAR = [-1n, -3n, 1n << 31n, 1n << 32n, (1n << 32n) + 4n, 1n << 53n, 1n << 63n];

/** What is unusual about a module; the rest of it is always the same. Functions: see `MARK`. */
interface Parts {
  readonly wide: boolean;
  /** Contents of sections without their counts, where a module has just one of a kind. */
  readonly table?: Code;
  readonly secondTable?: Code;
  readonly global?: Code;
  /** A second global, and a third one after it. */
  readonly second?: Code;
  readonly third?: Code;
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
const [MSG_REPLY_DATA_APPEND, MSG_REPLY, HELLO, MARK, CHANGE] = [0, 1, 2, 3, 4];

/** A module with a query method `hello`, which replies with 16 bytes of memory, of which the first ones are those of the global. */
function moduleOf({
  wide,
  table,
  secondTable,
  global,
  second,
  third,
  element,
  data,
  code = [],
  change,
  start,
  custom,
}: Parts): Uint8Array {
  const pointer = wide ? I64 : I32;
  const hello = [
    ...code,
    ...[...constantOf(wide, 0), ...op('global.get', 0), ...op('i32.store', 2, 0)],
    ...[...constantOf(wide, 0), ...constantOf(wide, 16), ...op('call', MSG_REPLY_DATA_APPEND)],
    ...[...op('call', MSG_REPLY), END],
  ];
  const mark = [...op('global.get', 0), ...i32(16), ...op('i32.add'), ...op('global.set', 0), END];
  const globals = [global ?? [I32, 1, ...i32(5), END], second, third].filter((one) => one !== undefined);
  const own = [hello, mark, ...(change === undefined ? [] : [[...change, END]])];
  const exported = [
    ...[...text('canister_query hello'), 0, HELLO],
    ...(change === undefined ? [] : [...text('canister_update change'), 0, CHANGE]),
  ];
  return assembled([
    [SECTION.type, [2, 0x60, 0, 0, 0x60, 2, pointer, pointer, 0]],
    [
      SECTION.import,
      [2, ...text('ic0'), ...text('msg_reply_data_append'), 0, 1, ...text('ic0'), ...text('msg_reply'), 0, 0],
    ],
    [SECTION.function, [own.length, ...own.map(() => 0)]],
    [SECTION.table, table && [secondTable === undefined ? 1 : 2, ...table, ...(secondTable ?? [])]],
    [SECTION.memory, [1, wide ? 4 : 0, 1]],
    [SECTION.global, [globals.length, ...globals.flat()]],
    [SECTION.export, [change === undefined ? 1 : 2, ...exported]],
    [SECTION.start, start === undefined ? undefined : [start]],
    [SECTION.element, element && [1, ...element]],
    [SECTION.code, [own.length, ...own.flatMap((body) => [body.length + 1, 0, ...body])]],
    [SECTION.data, data && [1, ...data]],
    [SECTION.custom, custom],
  ]);
}

/** A table of functions; the flag 4 makes its indices 64-bit. */
const table = (min: number, flags = 0): Code => [FUNCREF, flags, min];
/** An active element segment with so many entries. */
const elements = (offset: Code, count: number): Code => [0, ...offset, END, count, ...Array<number>(count).fill(MARK)];
/** A call of the function at an index of the first table. */
const callOf = (index: Code): Code => [...index, ...op('call_indirect', 0, 0)];
const bytesAt = (offset: Code): Code => [0, ...offset, END, 3, 0xa1, 0xa2, 0xa3];

/** A module without a memory, whose query method `hello` asks for the size of the caller in a pointer of the type. */
function bareModule(tables: Code, pointer: number): Uint8Array {
  return assembled([
    [SECTION.type, [2, 0x60, 0, 0, 0x60, 0, 1, pointer]],
    [SECTION.import, [2, ...text('ic0'), ...text('msg_caller_size'), 0, 1, ...text('ic0'), ...text('msg_reply'), 0, 0]],
    [SECTION.function, [1, 0]],
    [SECTION.table, [1, ...tables]],
    [SECTION.export, [1, ...text('canister_query hello'), 0, 2]],
    [SECTION.code, [1, 7, 0, ...op('call', 0), ...op('drop'), ...op('call', MSG_REPLY), END]],
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
  const set = (index: number): Code => [...i32(0), ...op('ref.func', MARK), ...op('table.set', index)];
  const shows = [0, 1].flatMap((index) => [
    ...constantOf(wide, 4 + index),
    ...[...i32(0), ...op('table.get', index), ...op('ref.is_null'), ...op('i32.store8', 0, 0)],
  ]);
  return moduleOf({
    wide,
    table: table(1),
    secondTable: table(1),
    element: [3, 0, 1, MARK],
    code: [...shows, ...constantOf(wide, 6), ...op('table.size', 1), ...op('i32.store8', 0, 0)],
    change: [
      ...draw.pick([
        set(1),
        [...set(0), ...set(1)],
        // What was written is called; the second one grows; a declarative segment has nothing to copy.
        [...set(1), ...i32(0), ...op('call_indirect', 0, 1)],
        [...op('ref.null', FUNCREF), ...i32(2), ...op('table.grow', 1), ...op('drop')],
        [...i32(0), ...i32(0), ...i32(1), ...op('table.init', 0, 0)],
      ]),
      ...draw.pick([op('unreachable'), op('call', MSG_REPLY)]),
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
    ...[...i64(index), ...op('table.get', 0), ...op('ref.is_null'), ...op('i32.store8', 0, 0)],
  ]);
  // More entries than there may be: that is no trap.
  const refused: Code = [
    ...[...constantOf(wide, 8), ...op('ref.func', MARK), ...draw.pick([i64(3), HIGH]), ...op('table.grow', 0)],
    ...op('i64.store', 3, 0),
  ];
  const changes: readonly Code[] = [
    [...constantOf(wide, 8), ...op('ref.func', MARK), ...size(), ...op('table.grow', 0), ...op('i64.store', 3, 0)],
    [...at(), ...op('ref.func', MARK), ...op('table.set', 0)],
    [...at(), ...op('table.get', 0), ...op('drop')],
    [...at(), ...op('ref.func', MARK), ...size(), ...op('table.fill', 0)],
    [...at(), ...at(), ...size(), ...op('table.copy', 0, 0)],
    [...at(), ...i32(0), ...i32(draw.int(0, 2)), ...op('table.init', 0, 0)],
    // Between tables of different indices: the size is of the narrower ones.
    [...at(), ...i32(0), ...i32(draw.int(0, 2)), ...op('table.copy', 0, 1)],
    [...i32(draw.int(0, 1)), ...at(), ...i32(draw.int(0, 2)), ...op('table.copy', 1, 0)],
  ];
  return moduleOf({
    wide,
    table: [FUNCREF, 5, 2, 4],
    secondTable: table(2),
    element: [1, 0, 1, MARK],
    code: [...nulls, ...constantOf(wide, 6), ...op('table.size', 0), ...op('i64.store8', 0, 0)],
    change: [...(draw.chance(50) ? refused : []), ...draw.sample(changes, 2).flat()],
  });
}

type Make = (draw: Draw, width: PointerWidth) => Uint8Array;

/** Modules of which there are so many forms that more of them are tried at once. */
export const OF_MANY_FORMS: ReadonlySet<string> = new Set([
  ...['recursion in every form', 'floats as parameters', 'tables with 64-bit indices', 'tables of other kinds'],
]);

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
    const sum: Code = wide ? [...i64(3), ...i64(4), ...op('i64.add')] : [...i32(3), ...i32(4), ...op('i32.add')];
    const product: Code = wide ? [...i64(3), ...i64(4), ...op('i64.mul')] : [...i32(9), ...i32(5), ...op('i32.sub')];
    return draw.pick<() => Uint8Array>([
      () =>
        moduleOf({ wide, global: [I32, 1, ...i32(7), ...i32(3), ...op('i32.mul'), ...i32(1), ...op('i32.sub'), END] }),
      () => moduleOf({ wide, data: bytesAt(draw.pick([sum, product])) }),
      () =>
        moduleOf({
          wide,
          table: table(2, 4),
          element: elements([...i64(3), ...i64(2), ...op('i64.sub')], 1),
          code: callOf(i64(1)),
        }),
      () =>
        moduleOf({
          wide,
          table: table(3),
          element: elements([...i32(1), ...i32(1), ...op('i32.add')], draw.pick([1, 1, 2])),
          code: callOf(i32(2)),
        }),
      // Division is no constant; neither is a sum of one operand, nor one of different types.
      () => moduleOf({ wide, global: [I32, 1, ...i32(7), ...i32(3), ...op('i32.div_u'), END] }),
      () => moduleOf({ wide, global: [I32, 1, ...i32(7), ...op('i32.add'), END] }),
      () => moduleOf({ wide, global: [I32, 1, ...i32(7), ...i64(3), ...op('i32.add'), END] }),
    ])();
  },

  'constants computed from any numbers': (draw, width) => {
    const wide = draw.chance(60);
    const pointer = width === 'i64';
    const type = wide ? 0x7e : I32;
    return moduleOf({
      wide: pointer,
      second: [type, draw.below(2), ...computed(draw, wide, 2), END],
      code: [...constantOf(pointer, 8), 0x23, 1, wide ? 0x37 : 0x36, wide ? 3 : 2, 0],
    });
  },

  'functions with results': withResults,

  'constants that name globals': (draw, width) => {
    const wide = width === 'i64';
    const [type, word] = wide ? [I64, 'i64' as const] : [I32, 'i32' as const];
    const n = draw.pick([0, 4, 7, 63]);
    const named = op('global.get', 1);
    const sum: Code = [...named, ...constantOf(wide, draw.pick([0, 1, 5])), ...op(`${word}.add`)];
    // A global that can change is no constant; one that comes later is not there yet; nor may the type be another.
    const second: Code = [type, draw.pick([0, 0, 0, 1]), ...constantOf(wide, n), END];
    const third = (constant: Code): Code => [draw.chance(85) ? type : 0x7d, draw.below(2), ...constant, END];
    const shows: Code = [...constantOf(wide, 8), ...op('global.get', 2), ...op(`${word}.store`, wide ? 3 : 2, 0)];
    return draw.pick<() => Uint8Array>([
      () => moduleOf({ wide, second, third: third(draw.pick([named, sum])), code: shows }),
      () => moduleOf({ wide, second, third: third(op('global.get', draw.pick([1, 2, 3]))), code: shows }),
      () => moduleOf({ wide, second, data: bytesAt(draw.pick([named, sum, op('global.get', 0)])) }),
      () =>
        moduleOf({
          wide,
          second: [I32, 0, ...i32(draw.pick([0, 1, 2])), END],
          table: table(2),
          element: elements(op('global.get', 1), 1),
          code: callOf(i32(1)),
        }),
      // A segment says where it is before a global that could say so, in the binary format after it.
      () => moduleOf({ wide, second, third: third(sum), data: bytesAt(op('global.get', 2)), code: shows }),
    ])();
  },

  'data far beyond the memory': (draw) => {
    const wide = draw.chance(75);
    // Cut to 32 bits, most of them are within the memory.
    const at = draw.chance(30) ? draw.pick(FAR) : (1n << BigInt(draw.pick([32, 33, 48, 63]))) + BigInt(draw.below(9));
    const bytes = draw.pick<Code>([[0], [1, 0xa1], [3, 0xa1, 0xa2, 0xa3]]);
    return moduleOf({ wide, data: [0, ...number(wide, at), END, ...bytes] });
  },

  'tables as large as can be': (draw, width) => {
    const entries = size(draw.pick([9_999, 10_000, 10_000, 10_001]));
    const most = draw.pick<Code>([entries, size(10_000), size(0xffff_ffff)]);
    return moduleOf({
      wide: width === 'i64',
      table: draw.chance(50) ? [FUNCREF, 0, ...entries] : [FUNCREF, 1, ...entries, ...most],
    });
  },

  'constants that wrap at their width': (draw, width) => {
    const wide = width === 'i64';
    return draw.pick<() => Uint8Array>([
      () =>
        moduleOf({
          wide,
          data: bytesAt([...constantOf(wide, -1), ...constantOf(wide, 5), ...op(wide ? 'i64.add' : 'i32.add')]),
        }),
      () =>
        moduleOf({
          wide,
          global: [I32, 1, ...i32(-1), ...i32(-3), ...op('i32.mul'), ...i32(9), ...op('i32.add'), END],
        }),
      () =>
        moduleOf({
          wide,
          table: table(3),
          element: elements([...i32(-2), ...i32(4), ...op('i32.add')], 1),
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
      () =>
        moduleOf({
          wide,
          table: table(2, 4),
          code: [...draw.pick([i64(1), i64(2), HIGH]), ...op('table.get', 0), ...op('drop')],
        }),
      () => moduleOf({ wide, table: [FUNCREF, 5, 2, 3], element: elements(i64(1), 2) }),
      // Without a memory pointers have 32 bits, whatever the table has.
      () => bareModule(table(2, draw.pick([0, 4])), I32),
      () => bareModule(table(2, draw.pick([0, 4])), I64),
    ])();
  },

  'recursion in every form': recursiveModule,

  'floats as parameters': floatParameters,

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
      () => moduleOf({ wide, table: [EXTERNREF, 0, 2] }),
      () => moduleOf({ wide, table: [EXTERNREF, 0, 2], element: elements(i32(0), 1) }),
      // For the second table, by functions and by expressions.
      ...[
        [2, 1, ...i32(0), END, 0, 1, MARK],
        [6, 1, ...i32(0), END, FUNCREF, 1, ...op('ref.func', MARK), END],
      ].map(
        (element) => () =>
          moduleOf({
            wide,
            table: table(1),
            secondTable: table(1),
            element,
            code: [...i32(0), ...op('call_indirect', 0, 1)],
          }),
      ),
      // Null entries, by expressions; and a function of which there is none.
      () => moduleOf({ wide, table: table(2), element: [4, ...i32(1), END, 1, ...op('ref.null', FUNCREF), END] }),
      () => moduleOf({ wide, table: table(2), element: [0, ...i32(0), END, 1, MARK + 1] }),
      () => moduleOf({ wide, element: elements(i32(0), 1) }),
    ])();
  },

  'references to functions': (draw, width) => {
    const wide = width === 'i64';
    const refers: Code = [...op('ref.func', MARK), ...op('drop')];
    return draw.pick<() => Uint8Array>([
      // Only what is declared outside of code may be referred to: in an element segment, an export or a global.
      () => moduleOf({ wide, code: refers }),
      () => moduleOf({ wide, code: refers, element: [3, 0, 1, MARK] }),
      () => moduleOf({ wide, code: refers, element: [1, 0, 1, MARK] }),
      () => moduleOf({ wide, code: refers, table: table(1), element: elements(i32(0), 1) }),
      // `hello` is exported.
      () => moduleOf({ wide, code: [...op('ref.func', HELLO), ...op('ref.is_null'), ...op('drop')] }),
      () => moduleOf({ wide, second: [FUNCREF, 1, ...op('ref.func', MARK), END], code: refers }),
    ])();
  },
};
