// spec-shaped: function, table and global instances, and externs — WebAssembly "Runtime Structure"

import { Crash } from '../../../spec/vocabulary/engine.js';
import type { FuncType, GlobalType, TableType, ValueType } from '../../../spec/wasm/types.js';
import { MAX_TABLE_ELEMENTS } from '../../../spec/wasm/types.js';
import type { CompiledFunction } from '../execution/code.js';
import type { Instance } from './instance.js';
import type { MemoryInstance } from './memory.js';
import { OutOfBounds, WasmTrap } from './trap.js';

/** The view that a host function has of its call. Raw bits are unsigned: i32 and f32 below 2^32, references 0n for null. */
export interface HostCall {
  /** The instance that calls: its memory, its table, its meter. */
  readonly instance: Instance;
  /** Raw unsigned bits of the arguments of a function with these parameters, which take one slot each. */
  args(params: readonly ValueType[]): bigint[];
  /** An i32 argument, as an unsigned number. */
  arg32(slot: number): number;
  /** Writes raw bits of a result, by slot. Read the arguments first: results replace them. */
  result(slot: number, bits: bigint): void;
}

export interface HostFunction {
  readonly type: FuncType;
  /** @throws WasmTrap to abort the execution */
  call(host: HostCall): void;
}

/** A function with an address in the store: one that a module defines, or one of the host. */
export class FunctionInstance {
  /** The translated body, once it has been called. */
  compiled: CompiledFunction | undefined;

  constructor(
    readonly address: number,
    readonly type: FuncType,
    /** Equal for equal types, whatever module they come from. */
    readonly typeId: number,
    /** Function index in the module that defines it; -1 for a host function. */
    readonly index: number,
    readonly instance: Instance | undefined,
    readonly host: HostFunction | undefined,
  ) {}

  /** Translates the body of a function that a module defines; other instances of the module share the result. */
  compile(): CompiledFunction {
    const { instance, index } = this;
    if (instance === undefined) throw new Crash('a host function has no body');
    this.compiled = instance.code.function(index);
    return this.compiled;
  }
}

/** A table: references by index, copied on the first write after a snapshot. */
export class TableInstance {
  /** References as bits (see SlotStack), by index; shared with snapshots until the first write. */
  private entries: Int32Array;
  private shared = false;

  /** @param entryLimit our limit on its size; the caller has checked the minimum against it */
  constructor(
    readonly type: TableType,
    private readonly functions: readonly FunctionInstance[],
    private readonly entryLimit: number,
  ) {
    this.entries = new Int32Array(Number(type.limits.min));
  }

  get length(): number {
    return this.entries.length;
  }

  get size(): bigint {
    return BigInt(this.entries.length);
  }

  get presentType(): TableType {
    return { element: this.type.element, limits: { ...this.type.limits, min: this.size } };
  }

  /** The bits at an index, or `undefined` outside the table. */
  bitsAt(index: number): number | undefined {
    return this.entries[index];
  }

  private writable(): Int32Array {
    if (this.shared) this.entries = this.entries.slice();
    this.shared = false;
    return this.entries;
  }

  private check(index: number, size: number): void {
    if (index + size > this.entries.length) throw new WasmTrap('table-out-of-bounds');
  }

  /** table.get @throws WasmTrap */
  load(index: number): number {
    this.check(index, 1);
    return this.entries[index] as number;
  }

  /** table.set @throws WasmTrap */
  store(index: number, bits: number): void {
    this.check(index, 1);
    this.writable()[index] = bits;
  }

  /** table.fill @throws WasmTrap */
  fill(index: number, bits: number, size: number): void {
    this.check(index, size);
    this.writable().fill(bits, index, index + size);
  }

  /** table.init: writes `size` of the references, from `from` on. @throws WasmTrap */
  init(to: number, references: Int32Array, from: number, size: number): void {
    if (from + size > references.length) throw new WasmTrap('table-out-of-bounds');
    this.check(to, size);
    this.writable().set(references.subarray(from, from + size), to);
  }

  /** table.copy @throws WasmTrap */
  copy(to: number, source: TableInstance, from: number, size: number): void {
    source.check(from, size);
    this.check(to, size);
    const references = source.entries.slice(from, from + size);
    this.writable().set(references, to);
  }

  /** table.grow: the old size, or -1. */
  grow(delta: number, bits: number): number {
    const old = this.entries.length;
    const size = old + delta;
    const { max, addressType } = this.type.limits;
    if (size > this.entryLimit || BigInt(size) > (max ?? MAX_TABLE_ELEMENTS[addressType])) return -1;
    const entries = new Int32Array(size).fill(bits, old);
    entries.set(this.entries);
    this.entries = entries;
    this.shared = false;
    return old;
  }

  /** The function at an index, or null. @throws OutOfBounds */
  get(index: bigint): FunctionInstance | null {
    if (index < 0n || index >= this.size) throw new OutOfBounds('index outside the table');
    const bits = this.entries[Number(index)] as number;
    return bits === 0 ? null : (this.functions[bits - 1] as FunctionInstance);
  }

  /** Each entry as an index in the function index space of a module, its imports included; -1 for null. */
  indices(space: readonly FunctionInstance[]): number[] {
    const indices: number[] = [];
    for (let i = 0; i < this.entries.length; i++) {
      const found = this.functions[(this.entries[i] as number) - 1];
      if (found === undefined) indices.push(-1);
      else indices.push(found.index >= 0 ? found.index : space.indexOf(found));
    }
    return indices;
  }

  snapshot(): Int32Array {
    this.shared = true;
    return this.entries;
  }

  restore(state: Int32Array): void {
    this.entries = state;
    this.shared = true;
  }
}

/** A global: its type, and where its value lies. */
export class GlobalInstance {
  /** @param words where its value is, four words from `at` on (a global of one slot uses the first two) */
  constructor(
    readonly type: GlobalType,
    readonly words: Int32Array,
    readonly at: number,
  ) {}

  /** Raw bits, one entry, or two for a v128 (low half first). */
  bits(): bigint[] {
    const { words, at } = this;
    const word = (index: number) => BigInt((words[index] as number) >>> 0);
    switch (this.type.valueType) {
      case 'v128':
        return [word(at) | (word(at + 1) << 32n), word(at + 2) | (word(at + 3) << 32n)];
      case 'i64':
      case 'f64':
        return [word(at) | (word(at + 1) << 32n)];
      default:
        return [word(at)];
    }
  }
}

/** Something that can be imported. */
export type Extern =
  | { readonly kind: 'func'; readonly value: HostFunction | FunctionInstance }
  | { readonly kind: 'table'; readonly value: TableInstance }
  | { readonly kind: 'memory'; readonly value: MemoryInstance }
  | { readonly kind: 'global'; readonly value: GlobalInstance };

/** Finds what an import names; `undefined` is a link error. */
export type Imports = (module: string, name: string) => Extern | undefined;
