// plumbing: the module around a piece of code that two engines are to run: operands and results are in its memory

import { Bytes } from '../../generators/canister/bytes.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Code } from '../../spec/vocabulary/program.js';
import { SECTION_IDS, type FuncType, type ValueType } from '../../spec/wasm/types.js';
import { SCRATCH, withCanonicalNans } from './canonical-nan.js';
import { TypeSection, writeCode, writeTypes } from './encode.js';

/** Where things are in the memory of a subject, in bytes. */
export const OPERANDS_AT = 0;
export const RESULTS_AT = 128;
const GLOBALS_AT = 384;
/** What the code may use as it likes. */
export const DATA_AT = 512;
/** The bytes that are compared: the start of the memory, and what is before the end of its first page. */
export const COMPARED: readonly (readonly [from: number, to: number])[] = [
  [0, 1024],
  [65536 - 64, 65536],
];

/** Types of the globals, all mutable. */
export const GLOBALS: readonly ValueType[] = ['i32', 'i64', 'f32', 'f64', 'v128'];

/** Indices of the auxiliary functions: they give a number, the last one what it takes plus one. */
export const SEVEN = 2;
const NINE = 3;
export const SUCCESSOR = 4;
/** Entries of table 0: null, SEVEN, NINE, SUCCESSOR. */
const TABLE_ENTRIES = 4;
const TABLE_MAXIMUM = 6;

export const NOTHING: FuncType = { params: [], results: [] };
export const GIVES_I32: FuncType = { params: [], results: ['i32'] };
export const I32_TO_I32: FuncType = { params: ['i32'], results: ['i32'] };

export interface Subject {
  readonly width: PointerWidth;
  readonly locals: readonly ValueType[];
  /** Takes nothing and leaves nothing. */
  readonly code: Code;
}

/** Code that stores a value that is in a local; of a reference, whether it is null. */
export function storeLocal(type: ValueType, local: number, at: number, width: PointerWidth): Code {
  const address = [`${width}.const`, BigInt(at)] as const;
  if (type === 'funcref' || type === 'externref')
    return [address, ['local.get', local], ['ref.is_null'], ['i32.store', 0, 0n]];
  return [address, ['local.get', local], [`${type}.store`, 0, 0n]];
}

/** The bytes of a subject's module. Exports: `run`, `dump` (writes the globals to the memory), `memory`. */
export function assemble(subject: Subject, canonicalNans: boolean): Uint8Array {
  const { width, locals } = subject;
  const types = new TypeSection();
  const code = canonicalNans ? withCanonicalNans(subject.code, locals.length) : subject.code;
  const bodies = [
    body(code, [...locals, ...SCRATCH], types),
    body(dump(width), [], types),
    body([['i32.const', 7n]], [], types),
    body([['i32.const', 9n]], [], types),
    body([['local.get', 0], ['i32.const', 1n], ['i32.add']], [], types),
  ];
  const functionTypes = [NOTHING, NOTHING, GIVES_I32, GIVES_I32, I32_TO_I32].map((type) => types.indexOf(type));
  const out = new Bytes(1024);
  out.bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const section = (id: number, write: (content: Bytes) => void) => {
    const content = new Bytes();
    write(content);
    out.byte(id);
    out.sized(content);
  };
  section(SECTION_IDS.type, (s) => types.writeTo(s));
  section(SECTION_IDS.function, (s) => {
    s.u32(functionTypes.length);
    for (const index of functionTypes) s.u32(index);
  });
  section(SECTION_IDS.table, (s) => s.bytes(Uint8Array.of(1, 0x70, 1, TABLE_ENTRIES, TABLE_MAXIMUM)));
  section(SECTION_IDS.memory, (s) => s.bytes(Uint8Array.of(1, width === 'i64' ? 5 : 1, 1, 3)));
  section(SECTION_IDS.global, (s) => {
    s.u32(GLOBALS.length);
    for (const type of GLOBALS) {
      writeTypes1(s, type);
      s.byte(1);
      writeCode(s, [[`${type as 'i32'}.const`, 0n]], types);
      s.byte(0x0b);
    }
  });
  section(SECTION_IDS.export, (s) => {
    s.u32(3);
    for (const [name, kind, index] of [
      ['run', 0, 0],
      ['dump', 0, 1],
      ['memory', 2, 0],
    ] as const) {
      s.name(name);
      s.byte(kind);
      s.u32(index);
    }
  });
  section(SECTION_IDS.element, (s) => {
    // Active in the table from 1 on; passive.
    s.bytes(Uint8Array.of(2, 0, 0x41, 1, 0x0b, 3, SEVEN, NINE, SUCCESSOR, 1, 0, 2, NINE, SEVEN));
  });
  section(SECTION_IDS.dataCount, (s) => s.u32(1));
  section(SECTION_IDS.code, (s) => {
    s.u32(bodies.length);
    for (const one of bodies) s.sized(one);
  });
  section(SECTION_IDS.data, (s) => {
    s.bytes(Uint8Array.of(1, 1, 16));
    for (let k = 1; k <= 16; k++) s.byte(0xf0 ^ k);
  });
  return out.toUint8Array();
}

function writeTypes1(out: Bytes, type: ValueType): void {
  const one = new Bytes();
  writeTypes(one, [type]);
  out.byte(one.toUint8Array()[1] ?? 0);
}

function dump(width: PointerWidth): Code {
  return GLOBALS.flatMap((type, k) => [
    [`${width}.const`, BigInt(GLOBALS_AT + 16 * k)] as const,
    ['global.get', k] as const,
    [`${type as 'i32'}.store`, 0, 0n] as const,
  ]);
}

function body(code: Code, locals: readonly ValueType[], types: TypeSection): Bytes {
  const out = new Bytes();
  out.u32(locals.length);
  for (const type of locals) {
    out.u32(1);
    writeTypes1(out, type);
  }
  writeCode(out, code, types);
  out.byte(0x0b);
  return out;
}
