// plumbing: one canister's code in V8: instantiation, invoking, and its state outside of the memory
import type { Profile } from '../spec/profiles/profile.js';
import type { PointerWidth } from '../spec/vocabulary/brands.js';
import { Crash } from '../spec/vocabulary/engine.js';
import type { Execution } from './execution.js';
import { wasm, type HostFunction, type HostGlobal, type HostInstance, type HostTable } from './host.js';
import { COMPARED_PAGES, type CompiledModule, type MemoryPlan } from './instrument/compile.js';
import { FUNCREF, I32, I64, V128 } from './instrument/decode.js';
import { TrapCode } from './instrument/layout.js';
import { isReference } from './instrument/rewrite.js';
import { ComparedMemory } from './memory/compared-memory.js';
import { TrackedMemory } from './memory/tracked-memory.js';
import type { WasmMemory } from './memory/wasm-memory.js';
import type { Closure } from './state.js';
import type { SystemApi } from './system-api/bind.js';
import { gatewayTo, type Gateway } from './system-api/gateway.js';
import { CanisterTrap, trapOf } from './trap.js';

/** Size of a reference to null in a digest. */
const NULL_REFERENCE = (1n << 64n) - 1n;
const NO_BYTES = new Uint8Array(0);

/** What running code came to. */
export interface Run {
  /** Undefined: it returned. */
  readonly trap: CanisterTrap | undefined;
  /** Instructions, not cut to the limit. */
  readonly used: number;
}

/** State beside the Wasm memory, as a copy. */
export interface OtherState {
  /** Bits of the state globals in their order, a v128 as two; of a reference the function's index or -1. */
  readonly globals: readonly bigint[];
  /** Function indices; -1 is null. */
  readonly tables: readonly (readonly number[])[];
}

type Exports = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** An instance of a canister's module, with its memory. */
export class CanisterInstance {
  compiled: CompiledModule;
  memory: WasmMemory | undefined;
  private readonly gateway: Gateway;
  private exports: Exports = {};
  private globalBits: bigint[] | undefined;
  private segments: [number[], number[]] | undefined;
  private tableEntries: number[][] | undefined;
  private committedTables: number[][] = [];

  /**
   * Prepares the instance; it is made by `instantiate`.
   * @param pages of its memory, where that is not the module's minimum
   */
  constructor(compiled: CompiledModule, api: SystemApi, profile: Profile, pages?: bigint) {
    const large = compiled.memory !== undefined && (pages ?? compiled.memory.initial) > COMPARED_PAGES;
    this.compiled = large ? compiled.tracked() : compiled;
    this.memory = newInstanceMemory(this.compiled.memory, pages);
    this.gateway = gatewayTo(api, profile, this.width);
  }

  get width(): PointerWidth {
    return this.compiled.canister.width;
  }

  /** The Wasm memory now; empty where there is none. */
  bytes(): Uint8Array {
    return this.memory?.bytes() ?? NO_BYTES;
  }

  /** A range of the memory that is going to be written. */
  writable(start: number, size: number): Uint8Array {
    return this.memory?.writable(start, size) ?? NO_BYTES;
  }

  /** Puts content into a memory that is still all zero. */
  copyIn(content: WasmMemory): void {
    content.forEachWritten((start, page) => {
      this.writable(start, page.length).set(page);
    });
  }

  private create(): void {
    const { functions, touch } = this.gateway;
    const instance: HostInstance = new wasm.Instance(this.compiled.wasm, {
      ic0: functions,
      executor: { memory: this.memory?.memory, touch },
    });
    this.exports = instance.exports as Exports;
  }

  /**
   * Makes the instance and applies active segments.
   * @returns the trap, where a segment does not fit
   */
  instantiate(): CanisterTrap | undefined {
    try {
      this.create();
    } catch (error) {
      // V8 itself applies active element segments, nothing else: only a table can be too small.
      return trapOf(error, TrapCode.tableAccess);
    }
    const size = BigInt(this.bytes().length);
    for (const { mode, offset, bytes } of this.compiled.decoded.data) {
      if (mode !== 'active' || offset?.kind !== 'bits') continue;
      if (offset.low + BigInt(bytes.length) > size) {
        return new CanisterTrap('memory-out-of-bounds', 'a data segment is out of bounds');
      }
      this.writable(Number(offset.low), bytes.length).set(bytes);
    }
    this.commitTables();
    return undefined;
  }

  /** Makes the instance anew, over a memory and with tables of their committed size; globals keep their values. */
  recreate(): void {
    const { globals } = this.others();
    this.create();
    this.load({ globals, tables: this.committedTables });
    this.commitGlobals();
    this.commitTables();
  }

  /** Brings back the committed size of the memory. */
  undoSize(): void {
    if (this.memory?.grown !== true) return;
    const giveUp = this.memory.undoSize();
    this.recreate();
    giveUp();
  }

  /** Goes over to tracking stores when the committed memory has become large. */
  promote(): void {
    const { memory, compiled } = this;
    if (memory === undefined || compiled.memory?.tracking !== false || memory.pages <= COMPARED_PAGES) return;
    const others = this.others();
    this.compiled = compiled.tracked();
    const large = newInstanceMemory(this.compiled.memory, memory.pages);
    this.memory = large;
    this.copyIn(memory);
    large?.commit();
    this.create();
    this.load(others);
    this.commitGlobals();
    this.commitTables();
  }

  private helper(name: string): (...args: unknown[]) => unknown {
    return this.exports[name] ?? missing(name);
  }

  private global(name: string): HostGlobal {
    return this.exports[name] as unknown as HostGlobal;
  }

  // Running

  /** Within a system call: what is left of the instruction limit; negative when it is exceeded. */
  remaining(): number {
    return this.gateway.remaining();
  }

  setRemaining(instructions: number): void {
    this.gateway.setRemaining(instructions);
  }

  /** Why code of ours trapped; forgotten when read. */
  private takeTrapCode(): number {
    const global = this.global('trap');
    const { value } = global;
    if (value !== TrapCode.none) global.value = TrapCode.none;
    return value as number;
  }

  /** @param code gives what is left of the instruction limit */
  private invoke(execution: Execution, code: (limit: bigint, slots: number) => unknown): Run {
    const { running } = this.gateway;
    running.execution = execution;
    try {
      const remaining = Number(code(BigInt(execution.limit), this.compiled.stackSlots) as bigint);
      return { trap: undefined, used: execution.limit - remaining };
    } catch (error) {
      const trap = trapOf(error, this.takeTrapCode());
      // What trapped in a system call left its counter there; the canister's own code publishes it before it may trap.
      const remaining = trap === error ? this.remaining() : Number(this.global('counter').value as bigint);
      return { trap, used: execution.limit - remaining };
    } finally {
      running.execution = undefined;
    }
  }

  /** Runs a function without parameters and results by its index. */
  run(index: number, execution: Execution): Run {
    return this.invoke(execution, this.helper(`run:${index}`));
  }

  /** Runs the function at an index of table 0, if it is one of type (I) -> (). */
  callback(closure: Closure, execution: Execution): Run {
    const callback = this.callbackAt(closure.fun);
    if (callback === undefined) {
      return { trap: new CanisterTrap('callback', 'the table has no such function of type (I) -> ()'), used: 0 };
    }
    // Of a call made by 64-bit code before an upgrade to 32 bits the low half counts (READINGS.md, 58).
    const env = this.width === 'i32' ? Number(BigInt.asUintN(32, closure.env)) : closure.env;
    return this.invoke(execution, (limit, slots) => callback(env, limit, slots));
  }

  private callbackAt(fun: bigint): ((...args: unknown[]) => unknown) | undefined {
    const { decoded } = this.compiled;
    if (decoded.tables[0]?.element !== FUNCREF) return undefined;
    const table = this.table(0);
    if (fun >= BigInt(table.length)) return undefined;
    const reference = table.get(Number(fun));
    const type = decoded.types[decoded.functions[this.indexOf(reference)] ?? -1];
    const fits =
      type?.results.length === 0 && type.params.length === 1 && type.params[0] === (this.width === 'i32' ? I32 : I64);
    return fits && reference !== null ? (reference as (...args: unknown[]) => unknown) : undefined;
  }

  // State that V8 does not show

  private table(index: number): HostTable {
    return this.exports[`table:${index}`] as unknown as HostTable;
  }

  /** The index in the canister's module of a function reference; -1 for null. */
  private indexOf(reference: HostFunction | null): number {
    if (reference === null) return -1;
    const { functionShift, shims } = this.compiled;
    const index = Number(reference.name);
    return shims.get(index) ?? index - functionShift;
  }

  /** Makes the present values of globals and dropped segments the committed ones. @returns whether any changed */
  commitGlobals(): boolean {
    if (this.compiled.stateGlobals.length === 0) return false;
    const changed = this.helper('commit')() !== 0;
    if (changed) this.globalBits = this.segments = undefined;
    return changed;
  }

  undoGlobals(): void {
    if (this.compiled.stateGlobals.length === 0) return;
    this.helper('rollback')();
  }

  /** The entries of a table as function indices, -1 for null; references of other kinds count as null. */
  private entries(index: number): number[] {
    const table = this.table(index);
    const functions = this.compiled.decoded.tables[index]?.element === FUNCREF;
    return Array.from({ length: table.length }, (_, i) => (functions ? this.indexOf(table.get(i)) : -1));
  }

  /** The function of this instance at an index of the canister's module. */
  private reference(index: number): HostFunction | null {
    if (index < 0) return null;
    const place = this.compiled.references.indexOf(index);
    const table = this.exports.references as unknown as HostTable | undefined;
    if (place < 0 || table === undefined) throw new Crash(`function ${index} cannot be referred to`);
    return table.get(place);
  }

  private setEntries(index: number, entries: readonly number[]): void {
    const table = this.table(index);
    // Without a value V8 fills a table of external references with `undefined`, which is not null.
    if (entries.length > table.length) table.grow(entries.length - table.length, null);
    if (this.compiled.decoded.tables[index]?.element !== FUNCREF) return;
    entries.forEach((entry, i) => {
      if (this.indexOf(table.get(i)) !== entry) table.set(i, this.reference(entry));
    });
  }

  /** Makes the present tables the committed ones. */
  commitTables(): void {
    if (!this.compiled.facts.mutatesTables) return;
    this.committedTables = this.compiled.decoded.tables.map((_, index) => this.entries(index));
    this.tableEntries = undefined;
  }

  /** Brings back the committed entries. @returns whether a table has grown, so that the instance must be made anew */
  undoTables(): boolean {
    if (!this.compiled.facts.mutatesTables) return false;
    this.committedTables.forEach((entries, index) => {
      this.setEntries(index, entries);
    });
    return this.committedTables.some((entries, index) => this.table(index).length !== entries.length);
  }

  /** The bits of a state global; of a v128 the low half, and for its index with all bits inverted the high half. */
  private word(index: number): bigint {
    return this.helper('read')(index) as bigint;
  }

  /** The function index in a state global of references, -1 for null. */
  private referred(index: number): bigint {
    return BigInt(this.indexOf(this.global(`global:${index}`).value as HostFunction | null));
  }

  /** Globals and tables as they are now. */
  others(): OtherState {
    const globals: bigint[] = [];
    for (const { index, type } of this.compiled.stateGlobals) {
      globals.push(isReference(type) ? this.referred(index) : this.word(index));
      if (type === V128) globals.push(this.word(~index));
    }
    const tables = this.compiled.facts.mutatesTables ? this.compiled.decoded.tables.map((_, i) => this.entries(i)) : [];
    return { globals, tables };
  }

  /** Sets globals and tables. */
  load(others: OtherState): void {
    let at = 0;
    for (const { index, type } of this.compiled.stateGlobals) {
      const first = others.globals[at++] ?? 0n;
      if (isReference(type)) this.global(`global:${index}`).value = this.reference(Number(first));
      else this.helper('write')(index, first);
      if (type === V128) this.helper('write')(~index, others.globals[at++]);
    }
    others.tables.forEach((entries, index) => {
      this.setEntries(index, entries);
    });
  }

  /** The committed values of all mutable globals, as digests show them. */
  globals(): readonly bigint[] {
    if (this.globalBits !== undefined) return this.globalBits;
    const bits: bigint[] = [];
    const state = new Set(this.compiled.stateGlobals.map(({ index }) => index));
    this.compiled.decoded.globals.forEach(({ type, mutable, init }, index) => {
      if (!mutable) return;
      if (!state.has(index)) {
        if (init.kind === 'bits') bits.push(init.low);
        else bits.push(init.kind === 'null' ? NULL_REFERENCE : BigInt(init.index));
        if (type === V128) bits.push(init.kind === 'bits' ? init.high : 0n);
      } else if (isReference(type)) {
        bits.push(BigInt.asUintN(64, this.referred(index)));
      } else {
        bits.push(BigInt.asUintN(64, this.word(index)));
        if (type === V128) bits.push(BigInt.asUintN(64, this.word(~index)));
      }
    });
    this.globalBits = bits;
    return bits;
  }

  /** The entries of all tables, as digests show them. */
  tables(): readonly (readonly number[])[] {
    this.tableEntries ??= this.compiled.decoded.tables.map((_, index) => this.entries(index));
    return this.tableEntries;
  }

  private dropped(flags: readonly (number | undefined)[]): number[] {
    return flags.flatMap((flag, segment) => (flag !== undefined && this.word(flag) !== 0n ? [segment] : []));
  }

  /** Data and element segments that were dropped. */
  droppedSegments(): [number[], number[]] {
    return (this.segments ??= [this.dropped(this.compiled.droppedData), this.dropped(this.compiled.droppedElements)]);
  }
}

function missing(name: string): never {
  throw new Crash(`the instrumented module does not export ${name}`);
}

function newInstanceMemory(plan: MemoryPlan | undefined, pages?: bigint): WasmMemory | undefined {
  if (plan === undefined) return undefined;
  const initial = pages ?? plan.initial;
  return plan.tracking ? new TrackedMemory(plan, initial) : new ComparedMemory(plan, initial);
}
