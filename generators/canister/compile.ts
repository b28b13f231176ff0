// plumbing: from a program to the bytes of its module, by a direct encoder
import { bytesOf } from '../../spec/vocabulary/brands.js';
import type { Program } from '../../spec/vocabulary/program.js';
import { SECTION_IDS } from '../../spec/wasm/types.js';
import { Bytes, lengthOfU32 } from './bytes.js';
import { lowerHelper } from './helpers.js';
import { FunctionLowering } from './lower.js';
import { ModuleContext } from './module-context.js';
import { finish, paddingOf, type Padding } from './oddities.js';
import { byteOf } from './opcodes.js';
import { SECTIONS_AFTER_CODE, SECTIONS_BEFORE_CODE, type LoweredModule } from './sections.js';

const MAGIC_AND_VERSION = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

/** Body of an empty function with its size. */
const EMPTY_BODY = Uint8Array.of(2, 0, byteOf('end'));

/** Used again for every module: compiling is not interrupted by itself. */
const BUFFERS = { bodies: new Bytes(8192), scratch: new Bytes(1024), out: new Bytes(16384), section: new Bytes(1024) };

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
  const { out } = BUFFERS;
  const module = new ModuleContext(program);
  const padding = paddingOf(program);
  // Bodies first: they decide which types, helpers and declarations there are.
  const points = lowerBodies(module, padding, marking);
  const lowered = lowerTypes(module, padding);
  out.clear();
  out.bytes(MAGIC_AND_VERSION);
  appendSections(SECTIONS_BEFORE_CODE, lowered);
  const codeStart = appendCode(lowered.functionTypes.length);
  appendSections(SECTIONS_AFTER_CODE, lowered);
  appendCustomSections(program);
  return {
    bytes: finish(out, program.oddities),
    map: points.map((point) => ({ ...point, offset: codeStart + point.offset })),
  };
}

/** Writes the bodies of all functions; gives the places of statements, if they are marked, from the start of the bodies. */
function lowerBodies(module: ModuleContext, padding: Padding, marking: boolean): readonly CodePoint[] {
  const { bodies, scratch } = BUFFERS;
  const points: CodePoint[] = [];
  bodies.clear();
  module.program.functions.forEach((f, position) => {
    const body = new FunctionLowering(module, f, marking, scratch);
    const start = body.lower(bodies);
    for (const { path, offset } of body.marks) {
      points.push({ function: f.name, functionIndex: module.imports.length + position, path, offset: start + offset });
    }
  });
  // Helpers come behind the program's functions, and may need further ones.
  for (let i = 0; i < module.helpers.length; i++) lowerHelper(module, module.helpers[i] ?? 'log', scratch, bodies);
  for (let i = 0; i < padding.functions; i++) bodies.bytes(EMPTY_BODY);
  return points;
}

/** Gives every function and import the index of its type. */
function lowerTypes(module: ModuleContext, padding: Padding): LoweredModule {
  const functionTypes = [
    ...module.program.functions.map((f) => module.typeIndex(module.typeOf(f))),
    ...module.helpers.map((helper) => module.typeIndex(module.helperType(helper))),
  ];
  const paddingType = padding.functions > 0 ? module.entryTypeIndex : 0;
  for (let i = 0; i < padding.functions; i++) functionTypes.push(paddingType);
  const importTypes = module.imports.map(({ type }) => module.typeIndex(type));
  return { module, padding, functionTypes, importTypes };
}

/** Appends the sections that the module has. */
function appendSections(sections: typeof SECTIONS_BEFORE_CODE, lowered: LoweredModule): void {
  const { out, section } = BUFFERS;
  for (const [id, write] of sections) {
    section.clear();
    write(section, lowered);
    if (section.length === 0) continue;
    out.byte(id);
    out.sized(section);
  }
}

/** Appends the code section, if there are functions; gives the offset of the first body. */
function appendCode(functionCount: number): number {
  const { out, bodies } = BUFFERS;
  if (functionCount === 0) return 0;
  out.byte(SECTION_IDS.code);
  out.u32(lengthOfU32(functionCount) + bodies.length);
  out.u32(functionCount);
  const start = out.length;
  out.append(bodies);
  return start;
}

function appendCustomSections({ customSections, oddities }: Program): void {
  for (const { name, content } of customSections) appendCustomSection(name, bytesOf(content));
  for (const oddity of oddities) {
    if (oddity.kind === 'section of zeroes') appendCustomSection(oddity.name, new Uint8Array(oddity.length));
  }
}

function appendCustomSection(name: string, content: Uint8Array): void {
  const { out, section } = BUFFERS;
  section.clear();
  section.name(name);
  section.bytes(content);
  out.byte(SECTION_IDS.custom);
  out.sized(section);
}
