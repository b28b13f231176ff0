// plumbing: the binary format byte by byte, for modules that programs cannot say — WebAssembly 2.0, "Binary Format"
import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import { SECTION_IDS } from '../../../spec/wasm/types.js';
import { Bytes } from '../../canister/bytes.js';
import { opcodeOf } from '../../canister/opcodes.js';

/** Bytes of the binary format. Where nothing else is said counts, sizes and indices are below 128 here, and constants from -64 to 63: each takes one byte. */
export type Code = readonly number[];

/** An instruction: its opcode, and its immediates in the order of the format. */
export const op = (mnemonic: Mnemonic, ...immediates: Code): Code => [...opcodeOf(mnemonic).bytes, ...immediates];

/** Types. */
export const [I32, I64, FUNCREF, EXTERNREF] = [0x7f, 0x7e, 0x70, 0x6f];
/** The type of a block that takes and gives nothing. */
export const EMPTY = 0x40;
/** Ends function bodies, blocks and constant expressions. */
export const END = 0x0b;

export const i32 = (n: number): Code => op('i32.const', n & 0x7f);
export const i64 = (n: number): Code => op('i64.const', n & 0x7f);

export const constantOf = (wide: boolean, n: number): Code => (wide ? i64(n) : i32(n));

/** An instruction with any number, of so many bytes as it takes. */
export function number(wide: boolean, n: bigint): Code {
  const out = new Bytes();
  out.s64(wide ? n : BigInt.asIntN(32, n));
  return op(wide ? 'i64.const' : 'i32.const', ...out.toUint8Array());
}

/** A count or a size, of so many bytes as it takes. */
export function size(n: number): Code {
  const out = new Bytes();
  out.u32(n);
  return [...out.toUint8Array()];
}

/** Numbers on which much depends at either width. */
export const NUMBERS = [
  0n,
  1n,
  2n,
  7n,
  -1n,
  1n << 31n,
  (1n << 32n) - 1n,
  (1n << 32n) + 3n,
  1n << 63n,
  (1n << 63n) - 1n,
];

/** A name: its length, and its bytes in UTF-8. */
export function text(value: string): Code {
  const bytes = new TextEncoder().encode(value);
  return [bytes.length, ...bytes];
}

/** A type of functions. */
export function functionType(params: Code, results: Code): Code {
  return [0x60, params.length, ...params, results.length, ...results];
}

/** The body of a function, its size first. @param locals groups of them, their count first; code without its end */
export function functionBody(locals: Code, code: Code): Code {
  return [...size(locals.length + code.length + 1), ...locals, ...code, END];
}

/** Ids of sections. */
export const SECTION = SECTION_IDS;

export type Sections = readonly (readonly [id: number, content: Code | undefined])[];

const MAGIC_AND_VERSION = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** The module of these sections, in this order; one without content is left out. */
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
