// plumbing: the contents of a module's sections, but for its code
import { bytesOf } from '../../spec/vocabulary/brands.js';
import type { ProgramGlobal } from '../../spec/vocabulary/program.js';
import { EXTERN_KIND_CODES, SECTION_IDS, VALUE_TYPE_CODES } from '../../spec/wasm/types.js';
import type { Bytes } from './bytes.js';
import { ProgramError } from './errors.js';
import type { ModuleContext } from './module-context.js';
import { foreignExports, foreignImports, writeForeignImport, type Padding } from './oddities.js';
import { byteOf, opcodeOf } from './opcodes.js';

const FUNCTION_TYPE = 0x60;
const END = byteOf('end');
const I32_CONST = byteOf('i32.const');
const PADDING_GLOBAL: ProgramGlobal = { type: 'i32', init: 0n };

/** A module whose functions are lowered: what its sections are to hold is known. Types are indices. */
export interface LoweredModule {
  readonly module: ModuleContext;
  readonly padding: Padding;
  readonly importTypes: readonly number[];
  readonly functionTypes: readonly number[];
}

/** Writes the contents of a section, or nothing where the module has no such section. */
type SectionWriter = (out: Bytes, lowered: LoweredModule) => void;

/** The sections before the code, in their order. */
export const SECTIONS_BEFORE_CODE: readonly (readonly [id: number, write: SectionWriter])[] = [
  [SECTION_IDS.type, writeTypes],
  [SECTION_IDS.import, writeImports],
  [SECTION_IDS.function, writeFunctions],
  [SECTION_IDS.table, writeTable],
  [SECTION_IDS.memory, writeMemories],
  [SECTION_IDS.global, writeGlobals],
  [SECTION_IDS.export, writeExports],
  [SECTION_IDS.start, writeStart],
  [SECTION_IDS.element, writeElements],
  [SECTION_IDS.dataCount, writeDataCount],
];

/** The sections behind the code, but for custom sections. */
export const SECTIONS_AFTER_CODE: typeof SECTIONS_BEFORE_CODE = [[SECTION_IDS.data, writeData]];

function writeTypes(out: Bytes, { module: { types } }: LoweredModule): void {
  if (types.length === 0) return;
  out.u32(types.length);
  for (const { params, results } of types) {
    out.byte(FUNCTION_TYPE);
    out.u32(params.length);
    for (const type of params) out.byte(VALUE_TYPE_CODES[type]);
    out.u32(results.length);
    for (const type of results) out.byte(VALUE_TYPE_CODES[type]);
  }
}

function writeImports(out: Bytes, { module, importTypes }: LoweredModule): void {
  const foreign = foreignImports(module.program);
  const count = module.imports.length + foreign.length;
  if (count === 0) return;
  out.u32(count);
  module.imports.forEach(({ module: from, name }, i) => {
    out.name(from);
    out.name(name);
    out.byte(EXTERN_KIND_CODES.func);
    out.u32(importTypes[i] ?? 0);
  });
  for (const oddity of foreign) writeForeignImport(out, oddity);
}

function writeFunctions(out: Bytes, { functionTypes }: LoweredModule): void {
  if (functionTypes.length === 0) return;
  out.u32(functionTypes.length);
  for (const type of functionTypes) out.u32(type);
}

function writeTable(out: Bytes, { module: { program } }: LoweredModule): void {
  const { table } = program;
  if (table === undefined) return;
  out.u32(1);
  out.byte(VALUE_TYPE_CODES.funcref);
  out.byte(table.max === undefined ? 0 : 1);
  out.u32(table.size);
  if (table.max !== undefined) out.u32(table.max);
}

function writeMemories(out: Bytes, { module: { program } }: LoweredModule): void {
  const seconds = program.oddities.filter(({ kind }) => kind === 'second memory').length;
  const { memory } = program;
  const count = seconds + (memory === undefined ? 0 : 1);
  if (count === 0) return;
  out.u32(count);
  if (memory !== undefined) {
    out.byte((memory.max === undefined ? 0 : 1) | (program.width === 'i64' ? 4 : 0));
    out.u64(memory.min);
    if (memory.max !== undefined) out.u64(memory.max);
  }
  for (let i = 0; i < seconds; i++) {
    out.byte(0);
    out.u32(1);
  }
}

function writeGlobals(out: Bytes, { module: { program }, padding }: LoweredModule): void {
  const count = program.globals.length + padding.globals;
  if (count === 0) return;
  out.u32(count);
  for (const global of program.globals) writeGlobal(out, global);
  for (let i = 0; i < padding.globals; i++) writeGlobal(out, PADDING_GLOBAL);
}

function writeGlobal(out: Bytes, { type, init }: ProgramGlobal): void {
  out.byte(VALUE_TYPE_CODES[type]);
  out.byte(1);
  switch (type) {
    case 'i32':
      out.byte(I32_CONST);
      out.s32(Number(BigInt.asIntN(32, init)));
      break;
    case 'i64':
      out.byte(byteOf('i64.const'));
      out.s64(init);
      break;
    case 'f32':
      out.byte(byteOf('f32.const'));
      out.little(init, 4);
      break;
    case 'f64':
      out.byte(byteOf('f64.const'));
      out.little(init, 8);
      break;
    case 'v128':
      out.bytes(opcodeOf('v128.const').bytes);
      out.little(init, 16);
      break;
    case 'funcref':
    case 'externref':
      out.byte(byteOf('ref.null'));
      out.byte(VALUE_TYPE_CODES[type]);
      break;
  }
  out.byte(END);
}

function writeExports(out: Bytes, { module, padding }: LoweredModule): void {
  const { program } = module;
  const foreign = foreignExports(program);
  const count = program.exports.length + foreign.length + padding.methods;
  if (count === 0) return;
  out.u32(count);
  for (const { name, function: f } of program.exports) {
    out.name(name);
    out.byte(EXTERN_KIND_CODES.func);
    out.u32(module.functionIndex(f, `export ${name}`));
  }
  for (const { name, code } of foreign) {
    out.name(name);
    out.byte(code);
    out.u32(0);
  }
  const first = module.imports.length + program.functions.length + module.helpers.length;
  for (let i = 0; i < padding.methods; i++) {
    out.name(`canister_update p${i}`);
    out.byte(EXTERN_KIND_CODES.func);
    out.u32(first);
  }
}

function writeStart(out: Bytes, { module }: LoweredModule): void {
  const { start } = module.program;
  if (start !== undefined) out.u32(module.functionIndex(start, 'start'));
}

/** Passive segments first, so that their indices are those of the program; then the table's own, then declarations. */
function writeElements(out: Bytes, { module }: LoweredModule): void {
  const { elements, table } = module.program;
  const active = table !== undefined && table.entries.length > 0 ? 1 : 0;
  const declared = module.referenced.size > 0 ? 1 : 0;
  const count = elements.length + active + declared;
  if (count === 0) return;
  out.u32(count);
  elements.forEach((entries, i) => {
    out.byte(0x05);
    out.byte(VALUE_TYPE_CODES.funcref);
    writeReferences(out, module, entries, `elements[${i}]`);
  });
  if (table !== undefined && table.entries.length > 0) {
    out.byte(0x04);
    out.byte(I32_CONST);
    out.s32(0);
    out.byte(END);
    writeReferences(out, module, table.entries, 'table');
  }
  if (declared > 0) {
    out.byte(0x03);
    out.byte(0x00);
    out.u32(module.referenced.size);
    for (const index of module.referenced) out.u32(index);
  }
}

function writeReferences(out: Bytes, module: ModuleContext, entries: readonly (string | null)[], where: string): void {
  out.u32(entries.length);
  for (const entry of entries) {
    if (entry === null) {
      out.byte(byteOf('ref.null'));
      out.byte(VALUE_TYPE_CODES.funcref);
    } else {
      out.byte(byteOf('ref.func'));
      out.u32(module.functionIndex(entry, where));
    }
    out.byte(END);
  }
}

/** The program's segments, and the empty one that the compiler adds. */
function dataCount({ program, needsEmptySegment }: ModuleContext): number {
  return program.data.length + (needsEmptySegment ? 1 : 0);
}

function writeDataCount(out: Bytes, { module }: LoweredModule): void {
  const count = dataCount(module);
  if (count > 0) out.u32(count);
}

function writeData(out: Bytes, { module }: LoweredModule): void {
  const count = dataCount(module);
  if (count === 0) return;
  out.u32(count);
  module.program.data.forEach(({ at, bytes }, i) => {
    if (at === undefined) out.byte(0x01);
    else writeActive(out, module, at, i);
    const content = bytesOf(bytes);
    out.u32(content.length);
    out.bytes(content);
  });
  if (module.needsEmptySegment) {
    out.byte(0x01);
    out.u32(0);
  }
}

/** That data segment `i` is active, and where it goes. */
function writeActive(out: Bytes, module: ModuleContext, at: bigint, i: number): void {
  if (!module.hasMemory) throw new ProgramError(`data[${i}]`, 'an active segment needs a memory');
  out.byte(0x00);
  out.byte(module.width === 'i64' ? byteOf('i64.const') : I32_CONST);
  if (module.width === 'i64') out.s64(at);
  else out.s32(Number(BigInt.asIntN(32, at)));
  out.byte(END);
}
