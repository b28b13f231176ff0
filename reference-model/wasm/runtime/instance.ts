// spec-shaped: module instances, and invocation — WebAssembly "Runtime Structure: Module Instances", "Execution: Invocation"

import type { Digest } from '../../../spec/vocabulary/digest.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import type { ValueType } from '../../../spec/wasm/types.js';
import { VALUE_TYPE_SLOTS } from '../../../spec/wasm/types.js';
import { HostCallView } from '../execution/host.js';
import { run } from '../execution/run.js';
import type { ModuleCode } from '../execution/translate.js';
import type { Export, Module } from '../structure/module.js';
import type { Extern, FunctionInstance, GlobalInstance, TableInstance } from './instances.js';
import type { ExecutionLimits } from './limits.js';
import { MemoryInstance, type MemoryState } from './memory.js';
import type { Meter } from './meter.js';
import { acquireStack, releaseStack, type SlotStack } from './slots.js';
import { WasmTrap, type Outcome } from './trap.js';

/** Everything of an instance that an execution can change. Immutable; shares what does not change. */
export interface InstanceState {
  readonly memories: readonly MemoryState[];
  readonly tables: readonly Int32Array[];
  readonly globals: Int32Array;
  readonly data: readonly (Uint8Array | undefined)[];
  readonly elements: readonly (Int32Array | undefined)[];
}

/** What instantiation gives to an instance: everything by its index in the module. */
interface InstanceParts {
  readonly functions: FunctionInstance[];
  readonly tables: TableInstance[];
  readonly memories: MemoryInstance[];
  readonly globals: GlobalInstance[];
  /** The values of the globals that the module defines, four words each. */
  readonly globalWords: Int32Array;
}

/** Stands for the memory of a module that has none; no valid instruction gets there. */
const NO_MEMORY_TYPE = { limits: { addressType: 'i32', min: 0n, max: 0n } } as const;

const NO_BYTES = new Uint8Array(0);
const NO_REFERENCES = new Int32Array(0);

/** Where raw bits of arguments and results go: a v128 takes two entries of the list and two slots. */
const entriesOf = (types: readonly ValueType[]): number => types.reduce((sum, type) => sum + VALUE_TYPE_SLOTS[type], 0);

/** Bits that a value of the type has in a slot. */
const BITS: Readonly<Record<ValueType, number>> = {
  i32: 32,
  i64: 64,
  f32: 32,
  f64: 64,
  v128: 64,
  funcref: 32,
  externref: 32,
};

/** An instance of a module. Its function, table, memory and global instances may be shared with others of the store. */
export class Instance {
  /** Function index of the start function; instantiation does not run it. */
  readonly start: number | undefined;
  /** By index; the next four are for the run loop. */
  readonly functions: readonly FunctionInstance[];
  readonly globalInstances: readonly GlobalInstance[];
  /** Memory 0, or an empty one. */
  readonly memoryZero: MemoryInstance;
  /** Whether memory 0 has 64-bit addresses. */
  readonly wide: boolean;
  /** Bytes of data segments; `undefined` once dropped. */
  private data: (Uint8Array | undefined)[];
  /** References of element segments, as bits; `undefined` once dropped. */
  private elements: (Int32Array | undefined)[];
  private readonly exportsByName: ReadonlyMap<string, Export>;

  constructor(
    readonly module: Module,
    readonly code: ModuleCode,
    private readonly parts: InstanceParts,
    private readonly limits: ExecutionLimits,
    readonly meter: Meter,
    /** All functions of the store, by address. */
    private readonly storeFunctions: readonly FunctionInstance[],
  ) {
    this.start = module.start;
    this.functions = parts.functions;
    this.globalInstances = parts.globals;
    this.memoryZero = parts.memories[0] ?? new MemoryInstance(NO_MEMORY_TYPE, 0n);
    this.wide = this.memoryZero.type.limits.addressType === 'i64';
    this.data = module.data.map(({ bytes }) => module.bytes.subarray(bytes.start, bytes.end));
    this.elements = module.elements.map(() => undefined);
    this.exportsByName = new Map(module.exports.map((one) => [one.name, one]));
  }

  // Invocation

  /**
   * Calls a function by index or by the name of its export.
   * @param args raw unsigned bits, one entry for each slot (a v128 has two, low half first)
   * @returns results in the same form, or why it trapped; `meter` says what was used
   */
  invoke(target: number | string, args: readonly bigint[]): Outcome {
    const index = typeof target === 'number' ? target : this.exportedFunction(target);
    return this.call(this.functionAt(index), args);
  }

  /** Runs the start function, if there is one. */
  runStart(): Outcome {
    return this.start === undefined ? { kind: 'returned', results: [] } : this.invoke(this.start, []);
  }

  private exportedFunction(name: string): number {
    const found = this.exportsByName.get(name);
    if (found?.kind !== 'func') throw new Crash(`no exported function ${JSON.stringify(name)}`);
    return found.index;
  }

  private call(callee: FunctionInstance, args: readonly bigint[]): Outcome {
    const { params, results } = callee.type;
    if (args.length !== entriesOf(params))
      throw new Crash(`${entriesOf(params)} arguments expected, ${args.length} given`);
    const stack = acquireStack(this.limits.stackSlots);
    try {
      for (const [slot, bits] of args.entries()) stack.B[slot] = bits;
      if (callee.host) {
        const host = new HostCallView(stack);
        host.enter(this, 0);
        callee.host.call(host);
      } else run(callee, stack, this.meter, this.limits.stackSlots);
      return { kind: 'returned', results: this.readSlots(stack, results) };
    } catch (error) {
      if (error instanceof WasmTrap)
        return { kind: 'trapped', trap: error.trap, ...(error.detail === undefined ? {} : { detail: error.detail }) };
      throw error;
    } finally {
      releaseStack(stack);
    }
  }

  private readSlots(stack: SlotStack, types: readonly ValueType[]): bigint[] {
    const values: bigint[] = [];
    for (const type of types)
      for (let half = 0; half < VALUE_TYPE_SLOTS[type]; half++)
        values.push(BigInt.asUintN(BITS[type], stack.B[values.length] as bigint));
    return values;
  }

  // What the host may look at and change

  exported(name: string): Extern | undefined {
    const found = this.exportsByName.get(name);
    if (found === undefined) return undefined;
    switch (found.kind) {
      case 'func':
        return { kind: 'func', value: this.functionAt(found.index) };
      case 'table':
        return { kind: 'table', value: this.tableAt(found.index) };
      case 'memory':
        return { kind: 'memory', value: this.memoryZero };
      case 'global':
        return { kind: 'global', value: this.globalAt(found.index) };
    }
  }

  /** Raw bits of the mutable globals by index; a v128 is two entries, low half first. */
  globals(): bigint[] {
    return this.globalInstances.filter(({ type }) => type.mutable).flatMap((global) => global.bits());
  }

  memory(index: number): MemoryInstance | undefined {
    return this.parts.memories[index];
  }

  table(index: number): TableInstance | undefined {
    return this.parts.tables[index];
  }

  /** Indices of passive segments that data.drop and elem.drop dropped. */
  droppedSegments(): { readonly data: readonly number[]; readonly elements: readonly number[] } {
    const { module } = this;
    const dropped = (segments: readonly unknown[], kinds: readonly { readonly mode: { readonly kind: string } }[]) =>
      segments.flatMap((segment, index) =>
        segment === undefined && kinds[index]?.mode.kind === 'passive' ? [index] : [],
      );
    return { data: dropped(this.data, module.data), elements: dropped(this.elements, module.elements) };
  }

  /** The digest of memory 0; of no bytes when there is none. */
  memoryDigest(): Digest {
    return this.memoryZero.digest();
  }

  // State

  /** The present state, shared: what changes later is copied first. */
  snapshot(): InstanceState {
    return {
      memories: this.parts.memories.map((memory) => memory.snapshot()),
      tables: this.parts.tables.map((table) => table.snapshot()),
      globals: this.parts.globalWords.slice(),
      data: this.data.slice(),
      elements: this.elements.slice(),
    };
  }

  /** Goes back to a state of this instance, or of another instance of the same module in the same store. */
  restore(state: InstanceState): void {
    const { memories, tables, globalWords } = this.parts;
    for (let i = 0; i < memories.length; i++) memories[i]?.restore(state.memories[i] as MemoryState);
    for (let i = 0; i < tables.length; i++) tables[i]?.restore(state.tables[i] as Int32Array);
    globalWords.set(state.globals);
    this.data = state.data.slice();
    this.elements = state.elements.slice();
  }

  // For the run loop and its handlers; indices are those of a valid module

  functionAt(index: number): FunctionInstance {
    return found(this.functions[index]);
  }

  tableAt(index: number): TableInstance {
    return found(this.parts.tables[index]);
  }

  globalAt(index: number): GlobalInstance {
    return found(this.globalInstances[index]);
  }

  /** The bytes of a data segment: none once it was dropped. */
  dataBytes(index: number): Uint8Array {
    return this.data[index] ?? NO_BYTES;
  }

  dropData(index: number): void {
    this.data[index] = undefined;
  }

  /** The references of an element segment: none once it was dropped. */
  elementReferences(index: number): Int32Array {
    return this.elements[index] ?? NO_REFERENCES;
  }

  setElements(index: number, references: Int32Array): void {
    this.elements[index] = references;
  }

  dropElements(index: number): void {
    this.elements[index] = undefined;
  }

  /**
   * call_indirect: the function at the index that the slot at word `a` holds, if it has the type.
   * @throws WasmTrap 'indirect-call' for an undefined or null element and for another type
   */
  callee(typeIndex: number, tableIndex: number, words: Int32Array, a: number): FunctionInstance {
    const table = this.tableAt(tableIndex);
    const beyond = table.type.limits.addressType === 'i64' && words[a + 1] !== 0;
    const bits = beyond ? undefined : table.bitsAt((words[a] as number) >>> 0);
    if (bits === undefined || bits === 0)
      throw new WasmTrap('indirect-call', bits === 0 ? 'null element' : 'undefined element');
    const callee = found(this.storeFunctions[bits - 1]);
    if (callee.typeId !== this.code.typeIds[typeIndex]) throw new WasmTrap('indirect-call', 'signature mismatch');
    return callee;
  }

  /** memory.grow: the delta is in the slot at word `a`, the result goes to `d`. */
  growMemory(words: Int32Array, d: number, a: number): void {
    const low = BigInt((words[a] as number) >>> 0);
    const delta = this.wide ? (BigInt((words[a + 1] as number) >>> 0) << 32n) | low : low;
    const old = this.limits.memoryGrows?.() === false ? -1n : this.memoryZero.grow(delta);
    words[d] = Number(old);
    words[d + 1] = old < 0n ? -1 : 0;
  }
}

/** Validation guarantees every index. */
function found<T>(one: T | undefined): T {
  if (one === undefined) throw new Crash('an index of a validated module points nowhere');
  return one;
}
