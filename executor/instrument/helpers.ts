// plumbing: the functions and globals that the executor adds to a module, and the names under which it reaches them
import type { Writer } from './bytes.js';
import { body, call, get, getGlobal, i32, i64, set, setGlobal, type Body } from './code.js';
import type { CodeFacts } from './emitter.js';
import { EXTERNREF, F32, F64, FUNCREF, I32, I64, V128, type DecodedModule, type Export } from './decode.js';
import { HUGE_SIZE, Layout, TrapCode, type Indices } from './layout.js';
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
  /** Types of the empty element segments that stand for dropped ones; the first of them comes after the canister's own. */
  readonly emptyElements: number[] = [];
  /** The import that a function of ours stands for. */
  readonly shims = new Map<number, number>();
  /** Functions of which references are kept in a table of ours, so that they can be found in another instance; known after `finish`. */
  references: readonly number[] = [];
  private readonly module: DecodedModule;
  private readonly options: RewriteOptions;

  constructor(module: DecodedModule, options: RewriteOptions) {
    this.module = module;
    this.options = options;
    const layout = new Layout(module, options.tracking ? 1 : 0);
    this.layout = layout;
    const counter = layout.global(I64);
    const trap = layout.global(I32);
    const trapWith = layout.function(
      layout.type([I64, I32], []),
      body([], (out) => {
        get(out, 0);
        setGlobal(out, counter);
        get(out, 1);
        setGlobal(out, trap);
        out.byte(0x00);
      }),
    );
    const droppable = (mode: string) => (mode === 'passive' ? layout.global(I32) : undefined);
    this.droppedData = module.dataCount === undefined ? [] : module.data.map(({ mode }) => droppable(mode));
    this.droppedElements = module.elements.map(({ mode }) => droppable(mode));
    const imports = module.imports.length;
    const shim = memo((index) => this.shim(index));
    this.indices = {
      layout,
      counter,
      trap,
      trapWith,
      charge: once(() => this.charge(trapWith)),
      memoryGrow: once(() => this.memoryGrow(trap)),
      functionOf: (index) => (index < imports ? shim(index) : index + layout.extraImports),
      touch: imports,
      tracked: memo((kind) => this.trackedBulk(kind)),
      memoryInit: memo((segment) => this.memoryInit(segment)),
      tableInit: (segment, table) => this.tableInit(segment, table),
      droppedData: this.droppedData,
      droppedElements: this.droppedElements,
    };
  }

  private export(name: string, params: readonly number[], results: readonly number[], write: Body): void {
    const index = this.layout.function(this.layout.type(params, results), write);
    this.exports.push({ name, kind: 'func', index });
  }

  /** (size, counter) -> counter: charges and tests. */
  private charge(trapWith: number): number {
    const { layout } = this;
    return layout.function(
      layout.type([I64, I64], [I64]),
      body([], (out) => {
        get(out, 0);
        i64(out, HUGE_SIZE);
        out.byte(0x5a);
        out.put(0x04, 0x40);
        i64(out, -1n);
        i32(out, TrapCode.limit);
        call(out, trapWith);
        out.byte(0x0b);
        get(out, 1);
        get(out, 0);
        out.byte(0x7d);
        out.op(0x22, 1);
        i64(out, 0n);
        out.put(0x53, 0x04, 0x40);
        get(out, 1);
        i32(out, TrapCode.limit);
        call(out, trapWith);
        out.byte(0x0b);
        get(out, 1);
      }),
    );
  }

  /** An import with the instrumented type: calls name the import itself, references cannot. */
  private shim(index: number): number {
    const { layout, module } = this;
    const type = module.imports[index]?.type;
    const parameters = type === undefined ? undefined : module.types[type]?.params.length;
    if (type === undefined || parameters === undefined) throw new Error(`no import ${index}`);
    const shim = layout.function(
      layout.instrumentedType(type),
      body([], (out) => {
        for (let i = 0; i <= parameters; i++) get(out, i);
        call(out, index);
        out.byte(0x1a);
      }),
    );
    this.shims.set(shim, index);
    return shim;
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
        out.op(0x22, 1);
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
    const empty = this.emptyElement(this.module.elements[segment]?.element ?? FUNCREF);
    return this.initializer(I32, flag, undefined, (out, dropped) => {
      out.put(0xfc, 0x0c);
      out.u32(dropped ? empty : segment);
      out.u32(table);
    });
  }

  /** The index of an empty segment of that type: a table takes only segments of its own type. */
  private emptyElement(type: number): number {
    const known = this.emptyElements.indexOf(type);
    return this.module.elements.length + (known >= 0 ? known : this.emptyElements.push(type) - 1);
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

  /** Adds what depends on the code: access to entry points, and to the state that V8 does not show. */
  finish(facts: CodeFacts): void {
    const { module, indices } = this;
    for (const index of module.declared) indices.functionOf(index);
    for (const index of this.options.entryPoints) {
      this.exports.push({ name: `run:${index}`, kind: 'func', index: indices.functionOf(index) });
    }
    this.exports.push({ name: 'counter', kind: 'global', index: indices.counter });
    this.exports.push({ name: 'trap', kind: 'global', index: indices.trap });
    module.tables.forEach((_, index) => this.exports.push({ name: `table:${index}`, kind: 'table', index }));
    for (const index of facts.setsGlobal) {
      const global = module.globals[index];
      if (global?.mutable === true) this.stateGlobal(index, global.type, index);
    }
    this.stateGlobals.sort((a, b) => a.index - b.index);
    if (facts.mutatesTables || this.stateGlobals.some(({ type }) => type === FUNCREF)) {
      this.references = [...module.declared];
      if (this.references.length > 0)
        this.exports.push({ name: 'references', kind: 'table', index: module.tables.length });
    }
    for (const flag of [...this.droppedData, ...this.droppedElements]) {
      if (flag !== undefined) this.stateGlobal(flag, I32);
    }
    if (this.stateGlobals.length === 0) return;
    this.export('commit', [], [I32], this.commit());
    this.export(
      'rollback',
      [],
      [],
      body([], (out) => {
        for (const { index, committed } of this.stateGlobals) {
          getGlobal(out, committed);
          setGlobal(out, index);
        }
      }),
    );
    this.export(
      'read',
      [I32],
      [I64],
      body([], (out) => {
        this.eachWord(out, (global) => {
          readWord(out, global);
          out.byte(0x0f);
        });
        out.byte(0x00);
      }),
    );
    this.export(
      'write',
      [I32, I64],
      [],
      body([], (out) => {
        this.eachWord(out, (global) => {
          writeWord(out, global);
        });
      }),
    );
  }

  private stateGlobal(index: number, type: number, copyOf?: number): void {
    this.stateGlobals.push({ index, type, committed: this.layout.global(type, copyOf) });
    if (type === FUNCREF || type === EXTERNREF) this.exports.push({ name: `global:${index}`, kind: 'global', index });
  }

  /** Code for the global with the number in local 0; the high half of a v128 has the global's number with all bits inverted. */
  private eachWord(out: Writer, write: (word: Word) => void): void {
    const word = (number: number, global: Word) => {
      get(out, 0);
      i32(out, number);
      out.put(0x46, 0x04, 0x40);
      write(global);
      out.byte(0x0b);
    };
    for (const { index, type } of this.stateGlobals) {
      if (type === FUNCREF || type === EXTERNREF) continue;
      word(index, { index, type, lane: 0 });
      if (type === V128) word(~index, { index, type, lane: 1 });
    }
  }

  /** () -> whether any state global changed since the last commit; references count as changed. */
  private commit(): Body {
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
}

/** 64 bits of a global. */
interface Word {
  readonly index: number;
  readonly type: number;
  /** Which half of a v128. */
  readonly lane: 0 | 1;
}

const TO_BITS: Readonly<Record<number, readonly number[]>> = { [I32]: [0xad], [F32]: [0xbc, 0xad], [F64]: [0xbd] };
const FROM_BITS: Readonly<Record<number, readonly number[]>> = { [I32]: [0xa7], [F32]: [0xa7, 0xbe], [F64]: [0xbf] };

/** Pushes the bits. */
function readWord(out: Writer, { index, type, lane }: Word): void {
  getGlobal(out, index);
  if (type === V128) out.put(0xfd, 0x1d, lane);
  else out.put(...(TO_BITS[type] ?? []));
}

/** Sets the bits from local 1. */
function writeWord(out: Writer, { index, type, lane }: Word): void {
  if (type === V128) getGlobal(out, index);
  get(out, 1);
  if (type === V128) out.put(0xfd, 0x1e, lane);
  else out.put(...(FROM_BITS[type] ?? []));
  setGlobal(out, index);
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
