// table: the types of WebAssembly (value, function, limits, table, memory, global) — WebAssembly 2.0 with memory64, "Types"

/** The type of a memory's or table's addresses: `i32`, or `i64` where memory64 or table64 is used. */
export type AddressType = 'i32' | 'i64';

/** Number types. */
type NumberType = 'i32' | 'i64' | 'f32' | 'f64';

/** Reference types (the function-references proposal is off: every reference is nullable and has no type index). */
export type ReferenceType = 'funcref' | 'externref';

/** The type of one value on the operand stack, in a local or in a global. */
export type ValueType = NumberType | 'v128' | ReferenceType;

/** The binary encoding of each value type. */
export const VALUE_TYPE_CODES: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
  funcref: 0x70,
  externref: 0x6f,
};

/** How many 8-byte slots a value of this type takes in the stack budget: v128 two, everything else one. */
export const VALUE_TYPE_SLOTS: Readonly<Record<ValueType, 1 | 2>> = {
  i32: 1,
  i64: 1,
  f32: 1,
  f64: 1,
  v128: 2,
  funcref: 1,
  externref: 1,
};

/** What a function takes and gives. */
export interface FuncType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A size range of a memory (in pages of 64 KiB) or a table (in elements). */
export interface Limits {
  readonly addressType: AddressType;
  readonly min: bigint;
  readonly max: bigint | undefined;
}

export interface TableType {
  readonly element: ReferenceType;
  readonly limits: Limits;
}

export interface MemoryType {
  readonly limits: Limits;
}

export interface GlobalType {
  readonly valueType: ValueType;
  readonly mutable: boolean;
}

/** The type of something imported or exported. */
export type ExternType =
  | { readonly kind: 'func'; readonly type: FuncType }
  | { readonly kind: 'table'; readonly type: TableType }
  | { readonly kind: 'memory'; readonly type: MemoryType }
  | { readonly kind: 'global'; readonly type: GlobalType };

type ExternKind = ExternType['kind'];

/** The binary encoding of each kind of import and export. */
export const EXTERN_KIND_CODES: Readonly<Record<ExternKind, number>> = { func: 0, table: 1, memory: 2, global: 3 };

/** The binary ids of the sections, and the order in which a module must have them (custom sections may stand anywhere). */
export const SECTION_IDS = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

export type SectionName = keyof typeof SECTION_IDS;

/** Section ids in the order that the binary format requires. */
export const SECTION_ORDER: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/** Bytes in one page of a WebAssembly memory. */
export const WASM_PAGE_BYTES = 65536;

/** The largest size a memory type may name, in pages, and a table type, in elements. */
export const MAX_MEMORY_PAGES: Readonly<Record<AddressType, bigint>> = { i32: 1n << 16n, i64: 1n << 48n };
export const MAX_TABLE_ELEMENTS: Readonly<Record<AddressType, bigint>> = {
  i32: (1n << 32n) - 1n,
  i64: (1n << 64n) - 1n,
};
