// spec-shaped: modules and their sections — WebAssembly "Binary Format: Modules"

import type { FeatureSet } from '../../../spec/wasm/features.js';
import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import type {
  ExternType,
  FuncType,
  GlobalType,
  MemoryType,
  ReferenceType,
  TableType,
} from '../../../spec/wasm/types.js';
import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import { SECTION_IDS, SECTION_ORDER } from '../../../spec/wasm/types.js';
import { WasmDecodeError, WasmValidationError } from '../structure/errors.js';
import type {
  ByteRange,
  CustomSection,
  DataSegment,
  ElementSegment,
  Export,
  FunctionBody,
  GlobalDefinition,
  Import,
  LocalRun,
  Module,
  SegmentMode,
} from '../structure/module.js';
import { InstructionReader, readExpression } from './instructions.js';
import { ByteReader } from './reader.js';
import {
  readFuncType,
  readGlobalType,
  readMemoryType,
  readReferenceType,
  readTableType,
  readValueType,
  requireFeature,
} from './types.js';

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Why a module with two memories is refused: of all that needs the feature it is what canister modules must not have. */
export const SECOND_MEMORY = 'a second memory needs the feature multiple memories, which is off';

/** A limit of ours, the one that V8 and the production replica's engine have: locals of one function, parameters aside. */
const MAX_LOCALS = 50_000;

/**
 * Decodes a module.
 * @throws WasmDecodeError with the offset, and with the feature where one is used that is off; WasmValidationError where the
 * type index of an imported function or the index of an export points nowhere, because then that import or export has no type
 */
export function decodeModule(bytes: Uint8Array, features: FeatureSet = ALL_FEATURES): Module {
  return new ModuleDecoder(bytes, features).decode();
}

class ModuleDecoder {
  /** Reads the section under way; `code` reads the expressions in it. */
  private reader: ByteReader;
  private readonly code: InstructionReader;
  private types: FuncType[] = [];
  private readonly imports: Import[] = [];
  private readonly exports: { name: string; kind: number; index: number }[] = [];
  private readonly functionTypeIndices: number[] = [];
  private importedFunctionCount = 0;
  private readonly tables: TableType[] = [];
  private readonly memories: MemoryType[] = [];
  private readonly globals: GlobalType[] = [];
  private globalDefinitions: GlobalDefinition[] = [];
  private start: number | undefined;
  private elements: ElementSegment[] = [];
  private bodies: FunctionBody[] = [];
  private readonly mnemonics = new Set<Mnemonic>();
  private data: DataSegment[] = [];
  private dataCount: number | undefined;
  private readonly customSections: CustomSection[] = [];
  private readonly sectionOffsets = new Map<number, number>();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly features: FeatureSet,
  ) {
    this.reader = new ByteReader(bytes, 0, bytes.length);
    this.code = new InstructionReader(bytes, { start: 0, end: 0 }, features);
  }

  decode(): Module {
    const whole = this.reader;
    for (const [at, expected] of MAGIC_AND_VERSION.entries()) {
      if (whole.peek() !== expected) whole.fail(at < 4 ? 'magic header not detected' : 'unknown binary version', at);
      whole.byte();
    }
    let lastPlace = -1;
    while (!whole.atEnd) {
      const idOffset = whole.offset;
      const id = whole.byte();
      const size = whole.u32();
      if (size > whole.end - whole.offset) whole.fail('length out of bounds');
      const place = SECTION_ORDER.indexOf(id);
      if (id !== SECTION_IDS.custom) {
        if (id === 13)
          throw new WasmDecodeError(idOffset, 'a tag section needs the feature exceptions, which is off', 'exceptions');
        if (place < 0) whole.fail('malformed section id', idOffset);
        if (place <= lastPlace) whole.fail('unexpected content after last section', idOffset);
        lastPlace = place;
        this.sectionOffsets.set(id, idOffset);
      }
      this.reader = new ByteReader(this.bytes, whole.offset, whole.offset + size);
      this.section(id);
      if (!this.reader.atEnd) this.reader.fail('section size mismatch');
      whole.skip(size);
    }
    if (this.functionTypeIndices.length - this.importedFunctionCount !== this.bodies.length)
      whole.fail('function and code section have inconsistent lengths');
    if (this.dataCount !== undefined && this.dataCount !== this.data.length)
      whole.fail('data count and data section have inconsistent lengths');
    return this.module();
  }

  private module(): Module {
    return {
      bytes: this.bytes,
      types: this.types,
      imports: this.imports,
      exports: this.exports.map((one) => this.resolveExport(one)),
      functionTypeIndices: this.functionTypeIndices,
      functionCount: this.functionTypeIndices.length,
      importedFunctionCount: this.importedFunctionCount,
      bodies: this.bodies,
      mnemonics: this.mnemonics,
      tables: this.tables,
      memories: this.memories,
      globals: this.globals,
      globalDefinitions: this.globalDefinitions,
      start: this.start,
      elements: this.elements,
      data: this.data,
      dataCount: this.dataCount,
      customSections: this.customSections,
      sectionOffsets: this.sectionOffsets,
    };
  }

  private section(id: number): void {
    const { reader, features } = this;
    switch (id) {
      case SECTION_IDS.custom: {
        const name = reader.name();
        const start = reader.skip(reader.end - reader.offset);
        this.customSections.push({ name, bytes: this.bytes.slice(start, reader.end) });
        return;
      }
      case SECTION_IDS.type:
        this.types = reader.vector(() => readFuncType(reader, features));
        return;
      case SECTION_IDS.import:
        reader.vector(() => {
          this.readImport();
        });
        return;
      case SECTION_IDS.function:
        reader.vector(() => this.functionTypeIndices.push(reader.u32()));
        return;
      case SECTION_IDS.table:
        reader.vector(() => this.tables.push(this.readTable()));
        return;
      case SECTION_IDS.memory:
        reader.vector(() => this.addMemory(reader.offset, readMemoryType(reader, features)));
        return;
      case SECTION_IDS.global:
        this.globalDefinitions = reader.vector(() => {
          const type = readGlobalType(reader, features);
          this.globals.push(type);
          return { type, init: this.constantExpression() };
        });
        return;
      case SECTION_IDS.export:
        reader.vector(() => {
          const name = reader.name();
          const kind = reader.byte();
          if (kind === 4)
            throw new WasmDecodeError(
              reader.offset - 1,
              'a tag needs the feature exceptions, which is off',
              'exceptions',
            );
          if (kind > 4) reader.fail('malformed export kind', reader.offset - 1);
          this.exports.push({ name, kind, index: reader.u32() });
        });
        return;
      case SECTION_IDS.start:
        this.start = reader.u32();
        return;
      case SECTION_IDS.element:
        this.elements = reader.vector(() => this.readElementSegment());
        return;
      case SECTION_IDS.code:
        this.bodies = this.readBodies();
        return;
      case SECTION_IDS.data:
        this.data = reader.vector(() => this.readDataSegment());
        return;
      case SECTION_IDS.dataCount:
        requireFeature(features, 'bulkMemory', reader.offset);
        this.dataCount = reader.u32();
        return;
      default:
        reader.fail('malformed section id');
    }
  }

  private readImport(): void {
    const { reader, features } = this;
    const module = reader.name();
    const name = reader.name();
    const offset = reader.offset;
    const kind = reader.byte();
    switch (kind) {
      case 0: {
        const typeIndex = reader.u32();
        const type = this.types[typeIndex];
        if (type === undefined) throw new WasmValidationError(offset, `unknown type ${typeIndex}`);
        this.functionTypeIndices.push(typeIndex);
        this.importedFunctionCount++;
        this.imports.push({ module, name, kind: 'func', type });
        return;
      }
      case 1: {
        const type = readTableType(reader, features);
        this.tables.push(type);
        this.imports.push({ module, name, kind: 'table', type });
        return;
      }
      case 2: {
        const type = readMemoryType(reader, features);
        this.addMemory(offset, type);
        this.imports.push({ module, name, kind: 'memory', type });
        return;
      }
      case 3: {
        const type = readGlobalType(reader, features);
        if (type.mutable) requireFeature(features, 'mutableGlobals', offset);
        this.globals.push(type);
        this.imports.push({ module, name, kind: 'global', type });
        return;
      }
      case 4:
        throw new WasmDecodeError(offset, 'a tag needs the feature exceptions, which is off', 'exceptions');
      default:
        return reader.fail('malformed import kind', offset);
    }
  }

  private addMemory(offset: number, type: MemoryType): void {
    if (this.memories.length > 0) throw new WasmDecodeError(offset, SECOND_MEMORY, 'multiple memories');
    this.memories.push(type);
  }

  private readTable(): TableType {
    const { reader } = this;
    if (reader.peek() === 0x40)
      throw new WasmDecodeError(
        reader.offset,
        'a table with an initializer needs the feature function references, which is off',
        'function references',
      );
    if (this.tables.length > 0) requireFeature(this.features, 'referenceTypes', reader.offset);
    return readTableType(reader, this.features);
  }

  /** Exports resolve last: the index may belong to any later section. */
  private resolveExport({ name, kind, index }: { name: string; kind: number; index: number }): Export {
    const externType = this.externType(kind, index);
    return { name, index, ...externType };
  }

  private externType(kind: number, index: number): ExternType {
    const offset = this.sectionOffsets.get(SECTION_IDS.export) ?? 0;
    const found = <T>(one: T | undefined, what: string): T => {
      if (one === undefined) throw new WasmValidationError(offset, `unknown ${what} ${index} in an export`);
      return one;
    };
    switch (kind) {
      case 0:
        return { kind: 'func', type: found(this.types[found(this.functionTypeIndices[index], 'function')], 'type') };
      case 1:
        return { kind: 'table', type: found(this.tables[index], 'table') };
      case 2:
        return { kind: 'memory', type: found(this.memories[index], 'memory') };
      default:
        return { kind: 'global', type: found(this.globals[index], 'global') };
    }
  }

  private constantExpression(): ByteRange {
    const { reader, code } = this;
    code.enter({ start: reader.offset, end: reader.end });
    const range = readExpression(code, false, new Set());
    reader.offset = code.offset;
    return range;
  }

  /**
   * A segment of elements. Flags: 1 passive or declarative (else active), 2 explicit table (active) or declarative, 4 expressions.
   */
  private readElementSegment(): ElementSegment {
    const { reader, features } = this;
    const offset = reader.offset;
    const flags = reader.u32();
    if (flags > 7) reader.fail('malformed elements segment kind', offset);
    if (flags !== 0) requireFeature(features, 'bulkMemory', offset);
    let mode: SegmentMode;
    if (flags & 1) mode = { kind: flags & 2 ? 'declarative' : 'passive' };
    else mode = { kind: 'active', index: flags & 2 ? reader.u32() : 0, offset: this.constantExpression() };
    const explicitType = (flags & 3) !== 0;
    if (flags & 4) {
      const element: ReferenceType = explicitType ? readReferenceType(reader, features) : 'funcref';
      return { element, mode, items: { kind: 'expressions', ranges: reader.vector(() => this.constantExpression()) } };
    }
    if (explicitType && reader.byte() !== 0) reader.fail('malformed element kind', reader.offset - 1);
    return { element: 'funcref', mode, items: { kind: 'functions', indices: reader.vector(() => reader.u32()) } };
  }

  /** A segment of data. Flags: 0 active in memory 0, 1 passive, 2 active with a memory index. */
  private readDataSegment(): DataSegment {
    const { reader, features } = this;
    const offset = reader.offset;
    const flags = reader.u32();
    if (flags > 2) reader.fail('malformed data segment kind', offset);
    if (flags !== 0) requireFeature(features, 'bulkMemory', offset);
    let mode: SegmentMode = { kind: 'passive' };
    if (flags !== 1)
      mode = { kind: 'active', index: flags === 2 ? reader.u32() : 0, offset: this.constantExpression() };
    const length = reader.u32();
    const start = reader.skip(length);
    return { mode, bytes: { start, end: start + length } };
  }

  private readBodies(): FunctionBody[] {
    const { reader, code, mnemonics } = this;
    const needsDataCount = this.dataCount === undefined;
    const defined = this.functionTypeIndices.length - this.importedFunctionCount;
    const bodies: FunctionBody[] = [];
    reader.vector(() => {
      const size = reader.u32();
      const start = reader.skip(size);
      code.enter({ start, end: start + size });
      const typeIndex = this.functionTypeIndices[this.importedFunctionCount + bodies.length];
      if (typeIndex === undefined)
        return reader.fail(`function and code section have inconsistent lengths: ${defined} declared`, start);
      const locals = this.readLocals();
      const range = readExpression(code, needsDataCount, mnemonics);
      if (!code.atEnd) code.fail('section size mismatch');
      return bodies.push({ typeIndex, locals, code: range });
    });
    return bodies;
  }

  private readLocals(): LocalRun[] {
    const { code } = this;
    let total = 0;
    return code.vector(() => {
      const offset = code.offset;
      const count = code.u32();
      total += count;
      if (total > MAX_LOCALS) code.fail(`too many locals: our limit is ${MAX_LOCALS}`, offset);
      return { count, type: readValueType(code, this.features) };
    });
  }
}
