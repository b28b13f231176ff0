// plumbing: from a program to the bytes of its module, by a direct encoder
import { bytesOf } from '../../spec/vocabulary/brands.js';
import type { Oddity, Program, ProgramGlobal } from '../../spec/vocabulary/program.js';
import { EXTERN_KIND_CODES, SECTION_IDS, VALUE_TYPE_CODES, type FuncType } from '../../spec/wasm/types.js';
import { Bytes, lengthOfU32 } from './bytes.js';
import { ProgramError } from './errors.js';
import { lowerHelper } from './helpers.js';
import { FunctionLowering } from './lower.js';
import { ModuleContext } from './module-context.js';
import { byteOf, opcodeOf } from './opcodes.js';

const MAGIC_AND_VERSION = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const FUNCTION_TYPE = 0x60;
const END = byteOf('end');
const I32_CONST = byteOf('i32.const');

/** Where the code of a statement stands. */
export interface CodePoint {
  readonly function: string;
  /** Index in the function index space of the module. */
  readonly functionIndex: number;
  /** Path of the statement within the body: positions, and `then`, `else`, `body`, joined by dots. */
  readonly path: string;
  /** Byte offset in the module. */
  readonly offset: number;
}

/**
 * The module's bytes.
 * @throws ProgramError where the program refers to something that it does not have
 */
export function compileProgram(program: Program): Uint8Array {
  return compile(program, false).bytes;
}

/** As compileProgram, with the place of every statement. */
export function compileWithMap(program: Program): { readonly bytes: Uint8Array; readonly map: readonly CodePoint[] } {
  return compile(program, true);
}

function compile(program: Program, marking: boolean): { bytes: Uint8Array; map: CodePoint[] } {
  const module = new ModuleContext(program);
  // Bodies first: they decide which types, helpers and declarations there are.
  const points: CodePoint[] = [];
  const padding = paddingOf(program);
  // The number of functions is known only when all are lowered: helpers come last.
  const { bodies, scratch, out, section } = BUFFERS;
  bodies.clear();
  program.functions.forEach((f, position) => {
    const body = new FunctionLowering(module, f, marking, scratch);
    const start = body.lower(bodies);
    for (const { path, offset } of body.marks) {
      points.push({ function: f.name, functionIndex: module.imports.length + position, path, offset: start + offset });
    }
  });
  for (let i = 0; i < module.helpers.length; i++) lowerHelper(module, module.helpers[i] ?? 'log', scratch, bodies);
  for (let i = 0; i < padding.functions; i++) bodies.bytes(EMPTY_BODY);
  const functionCount = program.functions.length + module.helpers.length + padding.functions;

  out.clear();
  out.bytes(MAGIC_AND_VERSION);
  const emit = (id: number, write: () => void) => {
    section.clear();
    write();
    out.byte(id);
    out.sized(section);
  };
  const functionTypes = [
    ...program.functions.map((f) => module.typeIndex(module.typeOf(f))),
    ...module.helpers.map((helper) => module.typeIndex(module.helperType(helper))),
  ];
  const entryType = padding.functions > 0 ? module.entryTypeIndex : 0;
  const importTypes = module.imports.map(({ type }) => module.typeIndex(type));

  if (module.types.length > 0) emit(SECTION_IDS.type, () => writeTypes(section, module.types));
  const foreign = program.oddities.filter(isForeignImport);
  if (module.imports.length + foreign.length > 0) {
    emit(SECTION_IDS.import, () => writeImports(section, module, importTypes, foreign));
  }
  if (functionTypes.length + padding.functions > 0) {
    emit(SECTION_IDS.function, () => {
      section.u32(functionTypes.length + padding.functions);
      for (const type of functionTypes) section.u32(type);
      for (let i = 0; i < padding.functions; i++) section.u32(entryType);
    });
  }
  if (program.table !== undefined) emit(SECTION_IDS.table, () => writeTable(section, program));
  writeMemories(emit, section, program);
  if (program.globals.length + padding.globals > 0) {
    emit(SECTION_IDS.global, () => {
      section.u32(program.globals.length + padding.globals);
      for (const global of program.globals) writeGlobal(section, global);
      for (let i = 0; i < padding.globals; i++) writeGlobal(section, { type: 'i32', init: 0n });
    });
  }
  writeExports(emit, section, module, padding);
  if (program.start !== undefined) {
    const start = module.functionIndex(program.start, 'start');
    emit(SECTION_IDS.start, () => section.u32(start));
  }
  writeElements(emit, section, module);
  const dataCount = program.data.length + (module.needsEmptySegment ? 1 : 0);
  if (dataCount > 0) emit(SECTION_IDS.dataCount, () => section.u32(dataCount));
  let codeStart = 0;
  if (functionCount > 0) {
    out.byte(SECTION_IDS.code);
    out.u32(lengthOfU32(functionCount) + bodies.length);
    out.u32(functionCount);
    codeStart = out.length;
    out.append(bodies);
  }
  if (dataCount > 0) emit(SECTION_IDS.data, () => writeData(section, module, dataCount));
  for (const { name, content } of program.customSections) {
    emit(SECTION_IDS.custom, () => {
      section.name(name);
      section.bytes(bytesOf(content));
    });
  }
  for (const oddity of program.oddities) {
    if (oddity.kind !== 'section of zeroes') continue;
    emit(SECTION_IDS.custom, () => {
      section.name(oddity.name);
      section.bytes(new Uint8Array(oddity.length));
    });
  }
  return {
    bytes: finish(out, program.oddities),
    map: points.map((point) => ({ ...point, offset: codeStart + point.offset })),
  };
}

/** Used again for every module: compiling is not interrupted by itself. */
const BUFFERS = { bodies: new Bytes(8192), scratch: new Bytes(1024), out: new Bytes(16384), section: new Bytes(1024) };

/** Body of an empty function with its size. */
const EMPTY_BODY = Uint8Array.of(2, 0, END);

interface Padding {
  readonly functions: number;
  readonly globals: number;
  readonly methods: number;
}

/** Methods are exports of the padding functions, of which there is at least one then. */
function paddingOf(program: Program): Padding {
  let functions = 0;
  let globals = 0;
  let methods = 0;
  for (const oddity of program.oddities) {
    if (oddity.kind === 'more functions') functions += oddity.count;
    if (oddity.kind === 'more globals') globals += oddity.count;
    if (oddity.kind === 'more methods') methods += oddity.count;
  }
  return { functions: methods > 0 ? Math.max(functions, 1) : functions, globals, methods };
}

type ForeignImport = Extract<Oddity, { kind: 'import memory' | 'import table' | 'import global' }>;

function isForeignImport(oddity: Oddity): oddity is ForeignImport {
  return oddity.kind === 'import memory' || oddity.kind === 'import table' || oddity.kind === 'import global';
}

function writeTypes(out: Bytes, types: readonly FuncType[]): void {
  out.u32(types.length);
  for (const { params, results } of types) {
    out.byte(FUNCTION_TYPE);
    out.u32(params.length);
    for (const type of params) out.byte(VALUE_TYPE_CODES[type]);
    out.u32(results.length);
    for (const type of results) out.byte(VALUE_TYPE_CODES[type]);
  }
}

function writeImports(
  out: Bytes,
  module: ModuleContext,
  types: readonly number[],
  foreign: readonly ForeignImport[],
): void {
  out.u32(module.imports.length + foreign.length);
  module.imports.forEach(({ module: from, name }, i) => {
    out.name(from);
    out.name(name);
    out.byte(EXTERN_KIND_CODES.func);
    out.u32(types[i] ?? 0);
  });
  for (const oddity of foreign) {
    out.name(oddity.module);
    out.name(oddity.name);
    switch (oddity.kind) {
      case 'import memory':
        out.byte(EXTERN_KIND_CODES.memory);
        out.byte(0);
        out.u32(1);
        break;
      case 'import table':
        out.byte(EXTERN_KIND_CODES.table);
        out.byte(VALUE_TYPE_CODES.funcref);
        out.byte(0);
        out.u32(1);
        break;
      case 'import global':
        out.byte(EXTERN_KIND_CODES.global);
        out.byte(VALUE_TYPE_CODES.i32);
        out.byte(0);
        break;
    }
  }
}

function writeTable(out: Bytes, program: Program): void {
  const table = program.table;
  if (table === undefined) return;
  out.u32(1);
  out.byte(VALUE_TYPE_CODES.funcref);
  out.byte(table.max === undefined ? 0 : 1);
  out.u32(table.size);
  if (table.max !== undefined) out.u32(table.max);
}

type Emit = (id: number, write: () => void) => void;

function writeMemories(emit: Emit, out: Bytes, program: Program): void {
  const seconds = program.oddities.filter(({ kind }) => kind === 'second memory').length;
  const { memory } = program;
  const count = seconds + (memory === undefined ? 0 : 1);
  if (count === 0) return;
  emit(SECTION_IDS.memory, () => {
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
  });
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

function writeExports(emit: Emit, out: Bytes, module: ModuleContext, padding: Padding): void {
  const { program } = module;
  const odd = program.oddities.flatMap((oddity) => {
    switch (oddity.kind) {
      case 'export memory':
        return [{ name: oddity.name, code: EXTERN_KIND_CODES.memory }];
      case 'export table':
        return [{ name: oddity.name, code: EXTERN_KIND_CODES.table }];
      case 'export global':
        return [{ name: oddity.name, code: EXTERN_KIND_CODES.global }];
      default:
        return [];
    }
  });
  const count = program.exports.length + odd.length + padding.methods;
  if (count === 0) return;
  emit(SECTION_IDS.export, () => {
    out.u32(count);
    for (const { name, function: f } of program.exports) {
      out.name(name);
      out.byte(EXTERN_KIND_CODES.func);
      out.u32(module.functionIndex(f, `export ${name}`));
    }
    for (const { name, code } of odd) {
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
  });
}

/** Passive segments first, so that their indices are those of the program; then the table's own, then declarations. */
function writeElements(emit: Emit, out: Bytes, module: ModuleContext): void {
  const { program } = module;
  const { table } = program;
  const active = table !== undefined && table.entries.length > 0 ? 1 : 0;
  const declared = module.referenced.size > 0 ? 1 : 0;
  if (program.elements.length + active + declared === 0) return;
  emit(SECTION_IDS.element, () => {
    out.u32(program.elements.length + active + declared);
    program.elements.forEach((entries, i) => {
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
  });
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

function writeData(out: Bytes, module: ModuleContext, count: number): void {
  out.u32(count);
  module.program.data.forEach((segment, i) => {
    if (segment.at === undefined) {
      out.byte(0x01);
    } else {
      if (!module.hasMemory) throw new ProgramError(`data[${i}]`, 'an active segment needs a memory');
      out.byte(0x00);
      out.byte(module.width === 'i64' ? byteOf('i64.const') : I32_CONST);
      if (module.width === 'i64') out.s64(segment.at);
      else out.s32(Number(BigInt.asIntN(32, segment.at)));
      out.byte(END);
    }
    const bytes = bytesOf(segment.bytes);
    out.u32(bytes.length);
    out.bytes(bytes);
  });
  if (count > module.program.data.length) {
    out.byte(0x01);
    out.u32(0);
  }
}

/** What the oddities do to the finished bytes. */
function finish(out: Bytes, oddities: readonly Oddity[]): Uint8Array {
  let cut = 0;
  for (const oddity of oddities) {
    if (oddity.kind === 'trailing bytes') out.bytes(bytesOf(oddity.bytes));
    if (oddity.kind === 'truncated') cut += oddity.by;
  }
  const bytes = out.toUint8Array();
  return cut === 0 ? bytes : bytes.subarray(0, Math.max(0, bytes.length - cut));
}
