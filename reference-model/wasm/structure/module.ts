// table: the shape of a decoded module — WebAssembly "Structure: Modules"

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type {
  ExternType,
  FuncType,
  GlobalType,
  MemoryType,
  ReferenceType,
  TableType,
  ValueType,
} from '../../../spec/wasm/types.js';

/** A stretch of the module's bytes: `start` inclusive, `end` exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type Import = ExternType & { readonly module: string; readonly name: string };

export type Export = ExternType & { readonly name: string; readonly index: number };

/** A global that the module defines. `init` is the constant expression, `end` included. */
export interface GlobalDefinition {
  readonly type: GlobalType;
  readonly init: ByteRange;
}

/** A run of locals of one type, as the binary format declares them. */
export interface LocalRun {
  readonly count: number;
  readonly type: ValueType;
}

/** A function that the module defines. `code` is its expression, `end` included. */
export interface FunctionBody {
  readonly typeIndex: number;
  readonly locals: readonly LocalRun[];
  readonly code: ByteRange;
}

export type SegmentMode =
  | { readonly kind: 'passive' }
  | { readonly kind: 'declarative' }
  /** `index` is the table or memory, `offset` a constant expression. */
  | { readonly kind: 'active'; readonly index: number; readonly offset: ByteRange };

/** The items are function indices, or constant expressions of the element type. */
export interface ElementSegment {
  readonly element: ReferenceType;
  readonly mode: SegmentMode;
  readonly items:
    | { readonly kind: 'functions'; readonly indices: readonly number[] }
    | { readonly kind: 'expressions'; readonly ranges: readonly ByteRange[] };
}

export interface DataSegment {
  readonly mode: SegmentMode;
  readonly bytes: ByteRange;
}

export interface CustomSection {
  readonly name: string;
  /** The contents, without the name. */
  readonly bytes: Uint8Array;
}

/** A decoded module. Index spaces (functions, tables, memories, globals) hold the imports first. */
export interface Module {
  readonly bytes: Uint8Array;
  readonly types: readonly FuncType[];
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  /** The type index of every function, imported ones first. */
  readonly functionTypeIndices: readonly number[];
  readonly functionCount: number;
  readonly importedFunctionCount: number;
  /** Defined functions: function index = importedFunctionCount + position. */
  readonly bodies: readonly FunctionBody[];
  /** The instructions that occur in the bodies. */
  readonly mnemonics: ReadonlySet<Mnemonic>;
  readonly tables: readonly TableType[];
  readonly memories: readonly MemoryType[];
  readonly globals: readonly GlobalType[];
  /** Defined globals: global index = globals.length - globalDefinitions.length + position. */
  readonly globalDefinitions: readonly GlobalDefinition[];
  readonly start: number | undefined;
  readonly elements: readonly ElementSegment[];
  readonly data: readonly DataSegment[];
  /** What the data count section says. */
  readonly dataCount: number | undefined;
  readonly customSections: readonly CustomSection[];
  /** Where in the bytes each thing stands, for messages: byte offset of every section, by section id. */
  readonly sectionOffsets: ReadonlyMap<number, number>;
}
