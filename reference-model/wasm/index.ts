// plumbing: the WebAssembly engine of the reference model: decode, validate, instantiate, invoke

import type { Digest } from '../../spec/vocabulary/digest.js';
import type { WeightTable } from '../../spec/profiles/weights.js';
import type { FeatureSet } from '../../spec/wasm/features.js';
import type { FuncType, TableType, MemoryType, GlobalType } from '../../spec/wasm/types.js';
import type { ExecutionLimits } from './runtime/limits.js';
import type { Meter } from './runtime/meter.js';
import type { Outcome } from './runtime/trap.js';
import type { Module } from './structure/module.js';

export type { Module } from './structure/module.js';
export * from './structure/errors.js';
export { WasmTrap, OutOfBounds, type Outcome } from './runtime/trap.js';
export { Meter } from './runtime/meter.js';
export type { ExecutionLimits } from './runtime/limits.js';

/** @throws WasmDecodeError */
export declare function decodeModule(bytes: Uint8Array, features?: FeatureSet): Module;
/** @throws WasmValidationError */
export declare function validateModule(module: Module, features?: FeatureSet): void;

/** The view that a host function has of its call. Raw bits are unsigned: i32 and f32 below 2^32, references 0n for null. */
export interface HostCall {
  /** The instance that calls: its memory, its table, its meter. */
  readonly instance: Instance;
  /** Raw unsigned bits of an argument; a v128 argument counts as two (low half first). */
  arg(index: number): bigint;
  /** The same for an i32 argument, as an unsigned number. */
  arg32(index: number): number;
  /** Writes raw bits of a result. */
  result(index: number, bits: bigint): void;
}

export interface HostFunction {
  readonly type: FuncType;
  /** @throws WasmTrap to abort the execution */
  call(host: HostCall): void;
}

export type Extern =
  | { readonly kind: 'func'; readonly value: HostFunction | FunctionReference }
  | { readonly kind: 'table'; readonly value: Table }
  | { readonly kind: 'memory'; readonly value: Memory }
  | { readonly kind: 'global'; readonly value: Global };

/** Finds what an import names; `undefined` is a link error. */
export type Imports = (module: string, name: string) => Extern | undefined;

/** A function with an address in the store. */
export interface FunctionReference {
  readonly address: number;
  readonly type: FuncType;
  /** Its index in the module that defines it; -1 for a host function. */
  readonly index: number;
}

export interface Memory {
  readonly type: MemoryType;
  readonly sizePages: bigint;
  /** A copy of `size` bytes. @throws OutOfBounds */
  read(offset: bigint, size: bigint): Uint8Array;
  /** @throws OutOfBounds, and then nothing is written */
  write(offset: bigint, bytes: Uint8Array): void;
  /** Adds pages; gives the old size, or -1n when that is over the type's maximum or our limit. */
  grow(delta: bigint): bigint;
}

export interface Table {
  readonly type: TableType;
  readonly size: bigint;
  /** The function at an index, or null. @throws OutOfBounds */
  get(index: bigint): FunctionReference | null;
  /** Each entry: the function's index in its module (address in the store for host functions), -1 for null. */
  indices(): number[];
}

export interface Global {
  readonly type: GlobalType;
  /** Raw bits, one entry, or two for a v128 (low half first). */
  bits(): bigint[];
}

/** Everything of an instance that an execution can change. Immutable, shares what did not change. */
export interface InstanceState {
  readonly state: 'instance';
}

export interface Instance {
  readonly module: Module;
  readonly meter: Meter;
  /** Function index of the start function; it is not run by `instantiate`. */
  readonly start: number | undefined;
  runStart(): Outcome;
  /** @param args raw bits, two for a v128 */
  invoke(target: number | string, args: readonly bigint[]): Outcome;
  exported(name: string): Extern | undefined;
  /** Raw bits of the mutable globals by index, a v128 as two entries. */
  globals(): bigint[];
  memory(index: number): Memory | undefined;
  table(index: number): Table | undefined;
  /** Indices of segments that data.drop and elem.drop dropped (active and declarative ones do not count). */
  droppedSegments(): { readonly data: readonly number[]; readonly elements: readonly number[] };
  memoryDigest(): Digest;
  /** O(1); the next write to a page copies it. */
  snapshot(): InstanceState;
  /** O(1). */
  restore(state: InstanceState): void;
}

export declare class Store {
  constructor(options?: { readonly weights?: WeightTable });
  /**
   * Instantiates in the specification's order; the start function is not run.
   * @throws WasmLinkError, WasmLimitError, WasmTrap (active segments out of bounds)
   */
  instantiate(module: Module, imports: Imports, limits: ExecutionLimits, meter: Meter): Instance;
}
