// plumbing: the functions and globals that the executor adds to a module, and the names under which it reaches them
import type { Writer } from './bytes.js';
import { body, call, get, getGlobal, i32, i64, op, set, setGlobal, unread } from './code.js';
import type { CodeFacts } from './emitter.js';
import {
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  I32,
  I64,
  V128,
  type DecodedModule,
  type Export,
  type FunctionType,
} from './decode.js';
import { Layout, TrapCode, type Indices } from './layout.js';
import { Kind } from './opcodes.js';
import type { RewriteOptions } from './rewrite.js';
import { shifted, touchRange } from './tracked-helpers.js';
import { SHIFT_PAGES } from './tracking.js';

/** A global whose value is state. */
export interface StateGlobal {
  readonly index: number;
  readonly type: number;
  /** The global that holds the committed value. */
  readonly committed: number;
}

/** Sizes from here on are over every instruction limit. */
const HUGE_SIZE = 1n << 40n;

/** The additions to one module. */
export class Helpers {
  readonly layout: Layout;
  readonly indices: Indices;
  readonly exports: Export[] = [];
  /** Globals of the canister that its code may set; known after `finish`. */
  readonly stateGlobals: StateGlobal[] = [];
  /** Flags of segments that can be dropped; known after `finish`. */
  readonly droppedData: readonly (number | undefined)[];
  readonly droppedElements: readonly (number | undefined)[];
  needsEmptyElement = false;
  /** Functions of which references are kept in a table of ours, so that they can be found in another instance; known after `finish`. */
  references: readonly number[] = [];
  private readonly module: DecodedModule;
  private readonly options: RewriteOptions;

  constructor(module: DecodedModule, options: RewriteOptions) {
    this.module = module;
    this.options = options;
    const layout = new Layout(module, options.tracking ? 1 : 0);
    this.layout = layout;
    const shims = module.imports.map(({ type }, index) =>
      layout.function(layout.instrumentedType(type), () => this.shim(index)()),
    );
    const counter = layout.global(I64);
    const trap = layout.global(I32);
    const trapWith = (code: number) =>
      layout.function(
        layout.type([I64], []),
        body([], (out) => {
          get(out, 0);
          setGlobal(out, counter);
          i32(out, code);
          setGlobal(out, trap);
          out.byte(0x00);
        }),
      );
    const trapLimit = trapWith(TrapCode.limit);
    const trapStack = trapWith(TrapCode.stack);
    const droppable = (mode: string) => (mode === 'passive' ? layout.global(I32) : undefined);
    this.droppedData = module.dataCount === undefined ? [] : module.data.map(({ mode }) => droppable(mode));
    this.droppedElements = module.elements.map(({ mode }) => droppable(mode));
    this.indices = {
      layout,
      counter,
      trap,
      trapLimit,
      trapStack,
      charge: layout.function(layout.type([I64, I64], [I64]), this.charge(trapLimit)),
      memoryGrow: once(() => this.memoryGrow(trap)),
      functionOf: (index) => shims[index] ?? index + layout.extraImports,
      touch: module.imports.length,
      tracked: memo((kind) => this.trackedBulk(kind)),
      memoryInit: memo((segment) => this.memoryInit(segment)),
      tableInit: (segment, table) => this.tableInit(segment, table),
      droppedData: this.droppedData,
      droppedElements: this.droppedElements,
    };
  }

  private export(name: string, params: readonly number[], results: readonly number[], write: () => Uint8Array): void {
    const index = this.layout.function(this.layout.type(params, results), write);
    this.exports.push({ name, kind: 'func', index });
  }

  /** (size, counter) -> counter: charges and tests. */
  private charge(trapLimit: number): () => Uint8Array {
    return body([], (out) => {
      get(out, 0);
      i64(out, HUGE_SIZE);
      out.byte(0x5a);
      out.put(0x04, 0x40);
      i64(out, -1n);
      call(out, trapLimit);
      out.byte(0x0b);
      get(out, 1);
      get(out, 0);
      out.byte(0x7d);
      op(out, 0x22, 1);
      i64(out, 0n);
      out.put(0x53, 0x04, 0x40);
      get(out, 1);
      call(out, trapLimit);
      out.byte(0x0b);
      get(out, 1);
    });
  }

  /** A system call: charge, then the import with its arguments and whether the limit is exceeded. */
  private shim(index: number): () => Uint8Array {
    const imported = this.module.imports[index];
    const row = this.options.imported[index];
    if (imported === undefined || row === undefined) throw new Error(`no import ${index}`);
    const type = this.module.types[imported.type] as FunctionType;
    const counter = type.params.length;
    const { base, perByte } = this.options.systemCallCharge(imported.name);
    return body([], (out) => {
      get(out, counter);
      i64(out, base);
      out.byte(0x7d);
      set(out, counter);
      if (perByte > 0n) for (const copied of row.copies) this.chargeBytes(out, type, copied, counter, perByte);
      get(out, counter);
      setGlobal(out, this.indices.counter);
      for (let i = 0; i < type.params.length; i++) get(out, i);
      get(out, counter);
      i64(out, 0n);
      out.byte(0x53);
      unread(out);
      call(out, index);
      getGlobal(out, this.indices.counter);
    });
  }

  private chargeBytes(out: Writer, type: FunctionType, local: number, counter: number, perByte: bigint): void {
    const push = () => {
      get(out, local);
      if (type.params[local] === I32) out.byte(0xad);
    };
    i64(out, -1n);
    get(out, counter);
    push();
    i64(out, perByte);
    out.put(0x7e, 0x7d);
    push();
    i64(out, HUGE_SIZE);
    out.put(0x5a, 0x1b);
    set(out, counter);
  }

  /** memory.grow within what is allowed; that the host refuses is no answer of ours. */
  private memoryGrow(trap: number): number {
    const wide = this.module.memory?.address === 'i64';
    const type = wide ? I64 : I32;
    const allowed = this.options.memoryLimits?.allowed ?? 0n;
    return this.layout.function(
      this.layout.type([type], [type]),
      body([type], (out) => {
        const number = (value: bigint) => (wide ? i64(out, value) : i32(out, Number(value)));
        const shift = this.options.tracking ? BigInt(SHIFT_PAGES) : 0n;
        // pages > allowed - size, which cannot wrap: -1
        get(out, 0);
        number(allowed + shift);
        out.put(0x3f, 0x00, wide ? 0x7d : 0x6b);
        out.put(wide ? 0x56 : 0x4b, 0x04, 0x40);
        number(-1n);
        out.put(0x0f, 0x0b);
        get(out, 0);
        out.put(0x40, 0x00);
        op(out, 0x22, 1);
        number(-1n);
        out.put(wide ? 0x51 : 0x46, 0x04, 0x40);
        i32(out, TrapCode.hostMemory);
        setGlobal(out, trap);
        out.put(0x00, 0x0b);
        get(out, 1);
        if (shift > 0n) {
          number(shift);
          out.byte(wide ? 0x7d : 0x6b);
        }
      }),
    );
  }

  /** memory.fill or memory.copy: the pages are noted, then the shifted instruction runs. */
  private trackedBulk(kind: Kind): number {
    const wide = this.module.memory?.address === 'i64';
    const type = wide ? I64 : I32;
    const fill = kind === Kind.MemoryFill;
    return this.layout.function(
      this.layout.type([type, fill ? I32 : type, type], []),
      body([], (out) => {
        this.noteRange(out, wide, wide);
        shifted(out, 0, wide);
        if (fill) get(out, 1);
        else shifted(out, 1, wide);
        get(out, 2);
        out.put(0xfc, fill ? 0x0b : 0x0a, 0x00);
        if (!fill) out.byte(0x00);
      }),
    );
  }

  private readonly noter = once(() => {
    const wide = this.module.memory?.address === 'i64';
    return this.layout.function(this.layout.type([I64, I64], []), touchRange(wide, this.indices.touch));
  });

  /** Notes the pages of the range at local 0 whose size is local 2. */
  private noteRange(out: Writer, wideAddress: boolean, wideSize: boolean): void {
    get(out, 0);
    if (!wideAddress) out.byte(0xad);
    get(out, 2);
    if (!wideSize) out.byte(0xad);
    call(out, this.noter());
  }

  /** A flag for segments that are empty after instantiation; code may only read them as such. */
  private readonly alwaysDropped = once(() => this.layout.global(I32));

  private memoryInit(segment: number): number | undefined {
    const flag = this.droppedData[segment] ?? (this.options.tracking ? this.alwaysDropped() : undefined);
    if (flag === undefined) return undefined;
    const wide = this.module.memory?.address === 'i64';
    const address = wide ? I64 : I32;
    return this.initializer(address, flag, this.options.tracking ? wide : undefined, (out, dropped) => {
      out.put(0xfc, 0x08);
      out.u32(dropped ? this.module.data.length : segment);
      out.byte(0x00);
    });
  }

  private tableInit(segment: number, table: number): number | undefined {
    const flag = this.droppedElements[segment];
    if (flag === undefined) return undefined;
    this.needsEmptyElement = true;
    return this.initializer(I32, flag, undefined, (out, dropped) => {
      out.put(0xfc, 0x0c);
      out.u32(dropped ? this.module.elements.length : segment);
      out.u32(table);
    });
  }

  /** Dropping is a flag, so that it can be undone; a dropped segment reads as an empty one. */
  private initializer(
    address: number,
    flag: number,
    trackedWide: boolean | undefined,
    write: (out: Writer, dropped: boolean) => void,
  ): number {
    return this.layout.function(
      this.layout.type([address, I32, I32], []),
      body([], (out) => {
        const operands = () => {
          if (trackedWide === undefined) get(out, 0);
          else shifted(out, 0, trackedWide);
          get(out, 1);
          get(out, 2);
        };
        if (trackedWide !== undefined) this.noteRange(out, trackedWide, false);
        getGlobal(out, flag);
        out.put(0x04, 0x40);
        operands();
        write(out, true);
        out.byte(0x05);
        operands();
        write(out, false);
        out.byte(0x0b);
      }),
    );
  }

  /** Adds what depends on the code: runners, and access to the state that V8 does not show. */
  finish(facts: CodeFacts): void {
    const { module, indices } = this;
    for (const index of this.options.entryPoints) {
      this.export(
        `run:${index}`,
        [F64],
        [F64],
        this.runner((out) => call(out, indices.functionOf(index))),
      );
    }
    if (module.tables[0]?.element === FUNCREF) this.callback();
    this.export(
      'remaining',
      [],
      [F64],
      body([], (out) => (getGlobal(out, indices.counter), out.byte(0xb9))),
    );
    this.export(
      'setRemaining',
      [F64],
      [],
      body([], (out) => (get(out, 0), out.byte(0xb0), setGlobal(out, indices.counter))),
    );
    this.export('takeTrap', [], [I32], body([], (out) => {
      getGlobal(out, indices.trap);
      i32(out, 0);
      setGlobal(out, indices.trap);
    })); // prettier-ignore
    module.tables.forEach((_, index) => this.exports.push({ name: `table:${index}`, kind: 'table', index }));
    module.globals.forEach(({ mutable, type }, index) => {
      if (mutable && facts.setsGlobal.has(index)) this.stateGlobal(index, type, index);
    });
    if (facts.mutatesTables || this.stateGlobals.some(({ type }) => type === FUNCREF)) {
      this.references = [...module.declared];
      if (this.references.length > 0)
        this.exports.push({ name: 'references', kind: 'table', index: module.tables.length });
    }
    for (const flag of [...this.droppedData, ...this.droppedElements]) {
      if (flag !== undefined) this.stateGlobal(flag, I32);
    }
    this.export('commit', [], [I32], this.commit());
    this.export('rollback', [], [], body([], (out) => {
      for (const { index, committed } of this.stateGlobals) {
        getGlobal(out, committed);
        setGlobal(out, index);
      }
    })); // prettier-ignore
  }

  private stateGlobal(index: number, type: number, copyOf?: number): void {
    const committed = this.layout.global(type, copyOf);
    this.stateGlobals.push({ index, type, committed });
    const read = (out: Writer) => getGlobal(out, index);
    if (type === V128) {
      const half = (lane: number) => body([], (out) => (read(out), out.put(0xfd, 0x1d, lane)));
      this.export(`get:${index}`, [], [I64], half(0));
      this.export(`high:${index}`, [], [I64], half(1));
      this.export(`set:${index}`, [I64, I64], [], body([], (out) => {
        get(out, 0);
        out.put(0xfd, 0x12);
        get(out, 1);
        out.put(0xfd, 0x1e, 1);
        setGlobal(out, index);
      })); // prettier-ignore
      return;
    }
    if (type === FUNCREF || type === EXTERNREF) {
      this.export(`get:${index}`, [], [type], body([], read));
      this.export(
        `set:${index}`,
        [type],
        [],
        body([], (out) => (get(out, 0), setGlobal(out, index))),
      );
      return;
    }
    const toBits: Record<number, number[]> = { [I32]: [0xad], [I64]: [], [F32]: [0xbc, 0xad], [F64]: [0xbd] };
    const fromBits: Record<number, number[]> = { [I32]: [0xa7], [I64]: [], [F32]: [0xa7, 0xbe], [F64]: [0xbf] };
    this.export(
      `get:${index}`,
      [],
      [I64],
      body([], (out) => (read(out), out.put(...(toBits[type] ?? [])))),
    );
    this.export(`set:${index}`, [I64], [], body([], (out) => {
      get(out, 0);
      out.put(...(fromBits[type] ?? []));
      setGlobal(out, index);
    })); // prettier-ignore
  }

  /** () -> whether any state global changed since the last commit; references count as changed. */
  private commit(): () => Uint8Array {
    return body([I32], (out) => {
      for (const { index, type, committed } of this.stateGlobals) {
        this.differs(out, index, type, committed);
        get(out, 0);
        out.byte(0x72);
        set(out, 0);
        getGlobal(out, index);
        setGlobal(out, committed);
      }
      get(out, 0);
    });
  }

  private differs(out: Writer, index: number, type: number, committed: number): void {
    if (type === FUNCREF || type === EXTERNREF) {
      i32(out, 1);
      return;
    }
    const bits: Record<number, number[]> = { [I32]: [], [I64]: [], [F32]: [0xbc], [F64]: [0xbd], [V128]: [] };
    for (const global of [index, committed]) {
      getGlobal(out, global);
      out.put(...(bits[type] ?? []));
    }
    if (type === V128) out.put(0xfd, 0x51, 0xfd, 0x53);
    else out.byte(type === I32 || type === F32 ? 0x47 : 0x52);
  }

  /** (limit) -> what is left of it: an activation that the system makes. */
  private runner(invoke: (out: Writer) => void, limit = 0): () => Uint8Array {
    return body([], (out) => {
      get(out, limit);
      out.byte(0xb0);
      i32(out, this.options.stackSlots);
      invoke(out);
      setGlobal(out, this.indices.counter);
      getGlobal(out, this.indices.counter);
      out.byte(0xb9);
    });
  }

  /** (index, env, limit) -> what is left: the function at an index of table 0, of type (I) -> (). */
  private callback(): void {
    const width = this.module.memory?.address === 'i64' ? I64 : I32;
    const type = this.layout.type([width, I64, I32], [I64]);
    this.export('callback', [I32, width, F64], [F64], body([], (out) => {
      get(out, 1);
      get(out, 2);
      out.byte(0xb0);
      i32(out, this.options.stackSlots);
      get(out, 0);
      op(out, 0x11, type);
      out.byte(0x00);
      setGlobal(out, this.indices.counter);
      getGlobal(out, this.indices.counter);
      out.byte(0xb9);
    })); // prettier-ignore
  }
}

function memo<T>(make: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key) as T;
  };
}

function once(make: () => number): () => number {
  let made: number | undefined;
  return () => (made ??= make());
}
