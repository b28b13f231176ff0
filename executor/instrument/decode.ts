// plumbing: the sections of a module as the instrumenter needs them — WebAssembly 2.0 with memory64, "Binary Format, Modules"
import { MAX_MEMORY_PAGES, MAX_TABLE_ELEMENTS, SECTION_IDS, SECTION_ORDER } from '../../spec/wasm/types.js';
import type { AddressType } from '../../spec/wasm/types.js';
import { InvalidModule, Reader } from './bytes.js';
import { constantExpression, type Constant } from './constants.js';

/** Codes of value types, as in the binary format. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

/** A function type; value types by their codes. */
export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

interface SizeLimits {
  readonly address: AddressType;
  readonly min: bigint;
  readonly max: bigint | undefined;
}

interface TableDeclaration extends SizeLimits {
  /** FUNCREF or EXTERNREF. */
  readonly element: number;
}

interface GlobalDeclaration {
  readonly type: number;
  readonly mutable: boolean;
  readonly init: Constant;
}

interface ImportedFunction {
  readonly module: string;
  readonly name: string;
  readonly type: number;
  /** The bytes of both names. */
  readonly names: { readonly start: number; readonly end: number };
}

type ExternKind = 'func' | 'table' | 'memory' | 'global';

export interface Export {
  readonly name: string;
  readonly kind: ExternKind;
  readonly index: number;
}

interface ElementSegment {
  readonly mode: 'active' | 'passive' | 'declarative';
  readonly table: number;
  readonly offset: Constant | undefined;
  /** FUNCREF or EXTERNREF. */
  readonly element: number;
  /** Function indices; -1 is null. */
  readonly items: readonly number[];
}

interface DataSegment {
  readonly mode: 'active' | 'passive';
  readonly offset: Constant | undefined;
  readonly bytes: Uint8Array;
}

interface CustomSection {
  readonly name: string;
  readonly contentBytes: number;
}

/** A module, decoded but for the bodies of its functions. */
export interface DecodedModule {
  readonly bytes: Uint8Array;
  readonly types: readonly FunctionType[];
  readonly imports: readonly ImportedFunction[];
  /** The type index of every function, imports first. */
  readonly functions: readonly number[];
  readonly tables: readonly TableDeclaration[];
  readonly memory: SizeLimits | undefined;
  readonly globals: readonly GlobalDeclaration[];
  readonly exports: readonly Export[];
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  readonly data: readonly DataSegment[];
  /** Whether there is a data count section: only then may code name data segments. */
  readonly dataCount: number | undefined;
  /** Byte ranges of the function bodies, locals included. */
  readonly bodies: readonly { readonly start: number; readonly end: number }[];
  readonly custom: readonly CustomSection[];
  /** Functions that ref.func may name. */
  readonly declared: ReadonlySet<number>;
}

const VALUE_TYPES = new Set([I32, I64, F32, F64, V128, FUNCREF, EXTERNREF]);

/** @throws InvalidModule unless the byte is the code of a value type that canisters may use */
export function valueType(code: number): number {
  if (!VALUE_TYPES.has(code)) throw new InvalidModule(`unknown value type 0x${code.toString(16)}`);
  return code;
}

function referenceType(code: number): number {
  if (code !== FUNCREF && code !== EXTERNREF) throw new InvalidModule(`unknown reference type 0x${code.toString(16)}`);
  return code;
}

function vector<T>(reader: Reader, item: (index: number) => T): T[] {
  const count = reader.u32();
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(item(i));
  return items;
}

function functionType(reader: Reader): FunctionType {
  const form = reader.byte();
  if (form !== 0x60) throw new InvalidModule(`unknown form of type 0x${form.toString(16)}`);
  return {
    params: vector(reader, () => valueType(reader.byte())),
    results: vector(reader, () => valueType(reader.byte())),
  };
}

function limits(reader: Reader, most: Readonly<Record<AddressType, bigint>>): SizeLimits {
  const flags = reader.byte();
  if (![0, 1, 4, 5].includes(flags)) throw new InvalidModule(`unknown limits flags 0x${flags.toString(16)}`);
  const address: AddressType = (flags & 4) === 0 ? 'i32' : 'i64';
  const size = () => (address === 'i32' ? BigInt(reader.u32()) : reader.u64());
  const min = size();
  const max = (flags & 1) === 0 ? undefined : size();
  if (min > most[address] || (max !== undefined && (max > most[address] || min > max))) {
    throw new InvalidModule(`limits out of range: ${min} to ${max ?? 'none'}`);
  }
  return { address, min, max };
}

const KINDS: readonly ExternKind[] = ['func', 'table', 'memory', 'global'];

function externKind(reader: Reader): ExternKind {
  const kind = KINDS[reader.byte()];
  if (kind === undefined) throw new InvalidModule('unknown kind of import or export');
  return kind;
}

/** Collects the sections of one module in their order. */
class Decoder {
  types: FunctionType[] = [];
  imports: ImportedFunction[] = [];
  functions: number[] = [];
  tables: TableDeclaration[] = [];
  memories: SizeLimits[] = [];
  globals: GlobalDeclaration[] = [];
  exports: Export[] = [];
  start: number | undefined;
  elements: ElementSegment[] = [];
  data: DataSegment[] = [];
  dataCount: number | undefined;
  bodies: { start: number; end: number }[] = [];
  custom: CustomSection[] = [];
  declared = new Set<number>();
  private bodiesExpected = 0;

  private readonly reader: Reader;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  private typeIndex(): number {
    const index = this.reader.u32();
    if (index >= this.types.length) throw new InvalidModule(`unknown type ${index}`);
    return index;
  }

  private functionIndex(): number {
    const index = this.reader.u32();
    if (index >= this.functions.length) throw new InvalidModule(`unknown function ${index}`);
    return index;
  }

  private constant(type: number): Constant {
    const constant = constantExpression(this.reader, type, this.functions.length, this.globals);
    if (constant.kind === 'function') this.declared.add(constant.index);
    return constant;
  }

  customSection(end: number): void {
    const name = this.reader.name();
    this.custom.push({ name, contentBytes: end - this.reader.position });
    this.reader.position = end;
  }

  section(id: number): void {
    const { reader } = this;
    switch (id) {
      case SECTION_IDS.type:
        this.types = vector(reader, () => functionType(reader));
        return;
      case SECTION_IDS.import:
        vector(reader, () => {
          const start = reader.position;
          const module = reader.name();
          const name = reader.name();
          const names = { start, end: reader.position };
          const kind = reader.byte();
          if (kind > 3) throw new InvalidModule('unknown kind of import');
          if (kind !== 0) throw new InvalidModule(`imported ${KINDS[kind] ?? ''} (only functions may be imported)`);
          const type = this.typeIndex();
          this.imports.push({ module, name, type, names });
          this.functions.push(type);
        });
        return;
      case SECTION_IDS.function:
        vector(reader, () => this.functions.push(this.typeIndex()));
        this.bodiesExpected = this.functions.length - this.imports.length;
        return;
      case SECTION_IDS.table:
        this.tables = vector(reader, () => {
          const element = referenceType(reader.byte());
          return { element, ...limits(reader, MAX_TABLE_ELEMENTS) };
        });
        return;
      case SECTION_IDS.memory:
        this.memories = vector(reader, () => limits(reader, MAX_MEMORY_PAGES));
        if (this.memories.length > 1) throw new InvalidModule('more than one memory');
        return;
      case SECTION_IDS.global:
        // One after the other: an initial value may name the globals before it.
        vector(reader, () => {
          const type = valueType(reader.byte());
          const mutability = reader.byte();
          if (mutability > 1) throw new InvalidModule('malformed mutability');
          this.globals.push({ type, mutable: mutability === 1, init: this.constant(type) });
        });
        return;
      case SECTION_IDS.export:
        this.exportSection();
        return;
      case SECTION_IDS.start: {
        this.start = this.functionIndex();
        const type = this.types[this.functions[this.start] as number] as FunctionType;
        if (type.params.length + type.results.length > 0)
          throw new InvalidModule('start function has a type other than () -> ()');
        return;
      }
      case SECTION_IDS.element:
        this.elements = vector(reader, () => this.elementSegment());
        return;
      case SECTION_IDS.dataCount:
        this.dataCount = reader.u32();
        return;
      case SECTION_IDS.code:
        this.bodies = vector(reader, () => {
          const size = reader.u32();
          const start = reader.position;
          reader.skip(size);
          return { start, end: reader.position };
        });
        return;
      case SECTION_IDS.data:
        this.data = vector(reader, () => this.dataSegment());
        return;
      default:
        throw new InvalidModule(`unknown section ${id}`);
    }
  }

  private exportSection(): void {
    const names = new Set<string>();
    const sizes: Record<ExternKind, number> = {
      func: this.functions.length,
      table: this.tables.length,
      memory: this.memories.length,
      global: this.globals.length,
    };
    this.exports = vector(this.reader, () => {
      const name = this.reader.name();
      if (names.has(name)) throw new InvalidModule(`duplicate export ${JSON.stringify(name)}`);
      names.add(name);
      const kind = externKind(this.reader);
      const index = this.reader.u32();
      if (index >= sizes[kind]) throw new InvalidModule(`export of unknown ${kind} ${index}`);
      if (kind === 'func') this.declared.add(index);
      return { name, kind, index };
    });
  }

  private elementSegment(): ElementSegment {
    const { reader } = this;
    const flags = reader.u32();
    if (flags > 7) throw new InvalidModule(`malformed element segment flags ${flags}`);
    const mode = (flags & 1) === 0 ? 'active' : (flags & 2) === 0 ? 'passive' : 'declarative';
    const table = mode === 'active' && (flags & 2) !== 0 ? reader.u32() : 0;
    let offset: Constant | undefined;
    if (mode === 'active') {
      const declared = this.tables[table];
      if (declared === undefined) throw new InvalidModule(`unknown table ${table}`);
      offset = this.constant(declared.address === 'i32' ? I32 : I64);
    }
    let element = FUNCREF;
    const explicit = (flags & 3) !== 0;
    if ((flags & 4) === 0) {
      if (explicit && reader.byte() !== 0) throw new InvalidModule('malformed element kind');
    } else if (explicit) element = referenceType(reader.byte());
    if (mode === 'active' && this.tables[table]?.element !== element) {
      throw new InvalidModule('element segment of another type than its table');
    }
    const items = vector(reader, () => {
      if ((flags & 4) === 0) {
        const index = this.functionIndex();
        this.declared.add(index);
        return index;
      }
      const item = this.constant(element);
      return item.kind === 'function' ? item.index : -1;
    });
    return { mode, table, offset, element, items };
  }

  private dataSegment(): DataSegment {
    const { reader } = this;
    const flags = reader.u32();
    if (flags > 2) throw new InvalidModule(`malformed data segment flags ${flags}`);
    const memory = flags === 2 ? reader.u32() : 0;
    if (flags === 1) return { mode: 'passive', offset: undefined, bytes: reader.blob() };
    const declared = this.memories[memory];
    if (declared === undefined) throw new InvalidModule(`unknown memory ${memory}`);
    const offset = this.constant(declared.address === 'i32' ? I32 : I64);
    return { mode: 'active', offset, bytes: reader.blob() };
  }

  finish(bytes: Uint8Array): DecodedModule {
    if (this.bodies.length !== this.bodiesExpected) {
      throw new InvalidModule('function and code section have inconsistent lengths');
    }
    if (this.dataCount !== undefined && this.dataCount !== this.data.length) {
      throw new InvalidModule('data count and data section have inconsistent lengths');
    }
    const { types, imports, functions, tables, globals, exports, start, elements, data, dataCount, bodies } = this;
    const { custom, declared } = this;
    const memory = this.memories[0];
    return {
      bytes,
      types,
      imports,
      functions,
      tables,
      memory,
      globals,
      exports,
      start,
      elements,
      data,
      dataCount,
      bodies,
      custom,
      declared,
    };
  }
}

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * Decodes the sections. Everything that V8 does not see after rewriting is judged here: order of sections, indices outside of code,
 * names, constant expressions, limits.
 * @throws InvalidModule
 */
export function decode(bytes: Uint8Array): DecodedModule {
  if (bytes.length < 8 || MAGIC_AND_VERSION.some((byte, i) => bytes[i] !== byte)) {
    throw new InvalidModule('not a WebAssembly module of version 1');
  }
  const reader = new Reader(bytes, 8, bytes.length);
  const decoder = new Decoder(reader);
  let last = -1;
  while (reader.position < bytes.length) {
    const id = reader.byte();
    const size = reader.u32();
    const end = reader.position + size;
    if (end > bytes.length) throw new InvalidModule(`section ${id} is longer than the module`);
    reader.end = end;
    if (id === SECTION_IDS.custom) decoder.customSection(end);
    else {
      const place = SECTION_ORDER.indexOf(id);
      if (place < 0) throw new InvalidModule(`unknown section ${id}`);
      if (place <= last) throw new InvalidModule(`section ${id} out of order`);
      last = place;
      decoder.section(id);
    }
    if (reader.position !== end) throw new InvalidModule(`section ${id} has a wrong size`);
    reader.end = bytes.length;
  }
  return decoder.finish(bytes);
}
