// plumbing: random WebAssembly code that is valid by construction — a typed stack, and a table of what can come next
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { Code, CodeImmediate, CodeInstruction } from '../../spec/vocabulary/program.js';
import type { Immediate, Instruction, Mnemonic } from '../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type FuncType, type ValueType } from '../../spec/wasm/types.js';
import type { Draw } from '../draw.js';
import { constantBits } from './constants.js';
import { LOADS, MAY_TRAP, OPERATIONS, STORES } from './operations.js';

/** What the code can refer to. */
export interface CodeSurroundings {
  readonly width: PointerWidth;
  readonly hasMemory: boolean;
  readonly hasTable: boolean;
  /** Types of the program's globals. */
  readonly globals: readonly ValueType[];
  /** System calls that succeed here and take no argument: name and result. */
  readonly calls: readonly { readonly name: string; readonly result: ValueType }[];
  /** Addresses that loads and stores go to, in bytes: from, up to. */
  readonly data: readonly [from: number, to: number];
}

export interface GeneratedCode {
  readonly code: Code;
  /** Locals of the function that the code needs, behind the given ones. */
  readonly locals: readonly ValueType[];
  /** Types that it leaves on the stack, at most four. */
  readonly results: readonly ValueType[];
}

const NUMBERS: readonly ValueType[] = ['i32', 'i64', 'f32', 'f64'];
const VALUES: readonly ValueType[] = [...NUMBERS, 'v128'];
const MAX_RESULTS = 4;
const MAX_DEPTH = 4;

interface Frame {
  /** What a branch to it takes; undefined: not a target of random branches (loops). */
  readonly label: readonly ValueType[] | undefined;
  /** Height of the stack below it. */
  readonly height: number;
}

/** Generates one piece of code. Use once. */
class CodeGenerator {
  readonly code: CodeInstruction[] = [];
  readonly locals: ValueType[] = [];
  private readonly stack: ValueType[] = [];
  private readonly frames: Frame[] = [{ label: undefined, height: 0 }];
  /** Locals of loop counters, which random code leaves alone. */
  private readonly counters = new Set<number>();

  constructor(
    private readonly draw: Draw,
    private readonly around: CodeSurroundings,
    /** Number of locals that the function has already. */
    private readonly firstLocal: number,
    private fuel: number,
  ) {
    for (let i = 0; i < 3; i++) this.newLocal(draw.pick(VALUES));
  }

  private newLocal(type: ValueType): number {
    return this.firstLocal + this.locals.push(type) - 1;
  }

  emit(mnemonic: Mnemonic, ...immediates: readonly CodeImmediate[]): void {
    this.code.push([mnemonic, ...immediates]);
  }

  private get base(): number {
    return this.frames.at(-1)?.height ?? 0;
  }

  /** How many values of the innermost frame are on the stack. */
  private get depth(): number {
    return this.stack.length - this.base;
  }

  private top(n = 0): ValueType | undefined {
    return n < this.depth ? this.stack[this.stack.length - 1 - n] : undefined;
  }

  private endsWith(types: readonly ValueType[]): boolean {
    if (types.length > this.depth) return false;
    return types.every((type, i) => this.stack[this.stack.length - types.length + i] === type);
  }

  private pop(count: number): void {
    this.stack.length -= count;
  }

  /** Leaves exactly the results: what fits stays, the rest is dropped, what is missing is a constant. */
  finish(): readonly ValueType[] {
    while (this.depth > MAX_RESULTS) this.drop();
    if (this.depth === 0) this.constant(this.draw.pick(VALUES));
    return [...this.stack];
  }

  run(): void {
    while (this.fuel > 0) this.step();
  }

  private step(): void {
    this.fuel--;
    const possible: Step[] = [];
    let total = 0;
    for (const row of STEPS) {
      if (row.possible !== undefined && !row.possible(this)) continue;
      possible.push(row);
      total += row.weight;
    }
    let rest = this.draw.below(total);
    for (const row of possible) {
      rest -= row.weight;
      if (rest < 0) return row.generate(this);
    }
  }

  constant(type: ValueType): void {
    if (type === 'funcref' || type === 'externref') this.emit('ref.null', VALUE_TYPE_CODES[type]);
    else this.emit(`${type}.const`, constantBits(type, this.draw));
    this.stack.push(type);
  }

  anyConstant(): void {
    this.constant(
      this.draw.weighted([
        [10, this.draw.pick(VALUES)],
        [1, 'funcref'],
        [1, 'externref'],
      ] as const),
    );
  }

  drop(): void {
    this.emit('drop');
    this.pop(1);
  }

  get canOperate(): boolean {
    return this.operationKeys().length > 0;
  }

  private operationKeys(): readonly string[] {
    const keys: string[] = [];
    let key = '';
    for (let i = this.stack.length - 1; i >= Math.max(this.base, this.stack.length - 3); i--) {
      key = key === '' ? String(this.stack[i]) : `${String(this.stack[i])},${key}`;
      if (OPERATIONS.has(key)) keys.push(key);
    }
    return keys;
  }

  operate(): void {
    const rows = OPERATIONS.get(this.draw.pick(this.operationKeys())) ?? [];
    let row = this.draw.pick(rows);
    // Traps are welcome, but not at every second step.
    if (MAY_TRAP.test(row.mnemonic) && this.draw.chance(85)) row = this.draw.pick(rows);
    if (row.typing.kind !== 'fixed') return;
    this.emit(row.mnemonic, ...row.immediates.map((immediate) => this.immediate(immediate, row)));
    this.pop(row.typing.params.length);
    this.stack.push(...(row.typing.results as readonly ValueType[]));
  }

  private immediate(immediate: Immediate, row: Instruction): CodeImmediate {
    if (immediate === 'lane') return this.draw.below(row.lanes ?? 1);
    if (immediate === 'lanes') return Array.from({ length: 16 }, () => this.draw.below(32));
    throw new Crash(`${row.mnemonic} has an immediate that is not expected here: ${immediate}`);
  }

  get hasMemory(): boolean {
    return this.around.hasMemory;
  }

  get hasTable(): boolean {
    return this.around.hasTable;
  }

  private address(): void {
    const [from, to] = this.around.data;
    const at = this.draw.chance(97) ? BigInt(this.draw.int(from, to)) : constantBits(this.around.width, this.draw);
    this.emit(`${this.around.width}.const`, at);
  }

  private memarg(row: Instruction): readonly [number, bigint] {
    return [this.draw.int(0, Math.log2(row.accessBytes ?? 1)), BigInt(this.draw.pick([0, 0, 1, 8, 255]))];
  }

  load(): void {
    const row = this.draw.pick(LOADS);
    if (row.typing.kind !== 'fixed') return;
    this.address();
    this.emit(row.mnemonic, ...this.memarg(row));
    this.stack.push(...(row.typing.results as readonly ValueType[]));
  }

  /** Stores, and loads and stores of lanes: an address, a value, the access. */
  store(): void {
    const row = this.draw.pick(STORES);
    if (row.typing.kind !== 'fixed') return;
    const type = row.typing.params[1] as ValueType;
    this.address();
    this.value(type);
    this.pop(1);
    this.emit(row.mnemonic, ...this.memarg(row), ...(row.lanes === undefined ? [] : [this.draw.below(row.lanes)]));
    this.stack.push(...(row.typing.results as readonly ValueType[]));
  }

  /** Pushes a value of the type: a local where there is one, else a constant. */
  private value(type: ValueType): void {
    const locals = this.localsOf(type);
    if (locals.length > 0 && this.draw.chance(60)) {
      this.emit('local.get', this.draw.pick(locals));
      this.stack.push(type);
    } else {
      this.constant(type);
    }
  }

  private localsOf(type: ValueType): readonly number[] {
    const found: number[] = [];
    this.locals.forEach((t, i) => {
      if (t === type && !this.counters.has(this.firstLocal + i)) found.push(this.firstLocal + i);
    });
    return found;
  }

  localGet(): void {
    const i = this.draw.below(this.locals.length);
    this.emit('local.get', this.firstLocal + i);
    this.stack.push(this.locals[i] as ValueType);
  }

  localSet(): void {
    const type = this.top() as ValueType;
    const locals = this.localsOf(type);
    const local = locals.length > 0 ? this.draw.pick(locals) : this.newLocal(type);
    if (this.draw.chance(50)) {
      this.emit('local.set', local);
      this.pop(1);
    } else {
      this.emit('local.tee', local);
    }
  }

  get hasGlobals(): boolean {
    return this.around.globals.length > 0;
  }

  globalGet(): void {
    const i = this.draw.below(this.around.globals.length);
    this.emit('global.get', i);
    this.stack.push(this.around.globals[i] as ValueType);
  }

  get canSetGlobal(): boolean {
    const type = this.top();
    return type !== undefined && this.around.globals.includes(type);
  }

  globalSet(): void {
    const type = this.top();
    const fitting = this.around.globals.flatMap((t, i) => (t === type ? [i] : []));
    this.emit('global.set', this.draw.pick(fitting));
    this.pop(1);
  }

  /** An untyped select for numbers and vectors, a typed one for any type. */
  get canSelect(): boolean {
    return this.top(0) === 'i32' && this.top(1) !== undefined && this.top(1) === this.top(2);
  }

  select(): void {
    const type = this.top(1) as ValueType;
    const reference = type === 'funcref' || type === 'externref';
    if (reference || this.draw.chance(40)) this.emit('select t', [type]);
    else this.emit('select');
    this.pop(2);
  }

  get hasValue(): boolean {
    return this.depth > 0;
  }

  get isReference(): boolean {
    return this.top() === 'funcref' || this.top() === 'externref';
  }

  refIsNull(): void {
    this.emit('ref.is_null');
    this.pop(1);
    this.stack.push('i32');
  }

  get canCall(): boolean {
    return this.around.calls.length > 0;
  }

  systemCall(): void {
    const call = this.draw.pick(this.around.calls);
    this.emit('call', `ic0.${call.name}`);
    this.stack.push(call.result);
  }

  memorySizeOrGrow(): void {
    if (this.draw.chance(60)) {
      this.emit('memory.size', 0);
    } else {
      this.emit(`${this.around.width}.const`, BigInt(this.draw.pick([0, 0, 1, 300])));
      this.emit('memory.grow', 0);
    }
    this.stack.push(this.around.width);
  }

  bulk(): void {
    const size = () => this.emit(`${this.around.width}.const`, BigInt(this.draw.pick([0, 1, 16, 100])));
    this.address();
    if (this.draw.chance(50)) {
      this.emit('i32.const', BigInt(this.draw.below(256)));
      size();
      this.emit('memory.fill', 0);
    } else {
      this.address();
      size();
      this.emit('memory.copy', 0, 0);
    }
  }

  tableSizeOrGet(): void {
    if (this.draw.chance(50)) {
      this.emit('table.size', 0);
      this.stack.push('i32');
    } else {
      this.emit('i32.const', BigInt(this.draw.pick([0, 0, 0, 1, 1000])));
      this.emit('table.get', 0);
      this.stack.push('funcref');
    }
  }

  get canNest(): boolean {
    return this.frames.length <= MAX_DEPTH && this.fuel > 3;
  }

  /** A block, loop or if with parameters from the stack and results of its own. */
  nest(): void {
    const kind = this.draw.pick(['block', 'block', 'loop', 'if', 'if'] as const);
    if (kind === 'if') {
      this.value('i32');
      this.pop(1);
    }
    const params = this.stack.slice(this.stack.length - this.draw.int(0, Math.min(2, this.depth)));
    const results = Array.from({ length: this.draw.int(0, 2) }, () => this.draw.pick(VALUES));
    const type: FuncType = kind === 'loop' ? { params: [], results } : { params, results };
    const counter = kind === 'loop' ? this.loopCounter() : undefined;
    this.emit(kind, type);
    this.pop(type.params.length);
    const fuel = this.fuel;
    this.arm(kind === 'loop' ? undefined : results, type, Math.ceil(fuel / 3), counter);
    if (kind === 'if' && (this.draw.chance(50) || params.join() !== results.join())) {
      this.emit('else');
      this.arm(results, type, Math.ceil(fuel / 3), undefined);
    }
    this.emit('end');
    this.fuel = Math.max(0, fuel - Math.ceil(fuel / 3) - 1);
    this.stack.push(...results);
  }

  private loopCounter(): number {
    const local = this.newLocal('i32');
    this.counters.add(local);
    this.emit('i32.const', BigInt(this.draw.int(1, 5)));
    this.emit('local.set', local);
    return local;
  }

  /** The inside of a block: ends with its results on the stack, which it takes away again. */
  private arm(label: Frame['label'], type: FuncType, fuel: number, counter: number | undefined): void {
    const height = this.stack.length;
    this.frames.push({ label, height });
    this.stack.push(...type.params);
    this.fuel = fuel;
    this.run();
    if (counter !== undefined) {
      this.emit('local.get', counter);
      this.emit('i32.const', 1n);
      this.emit('i32.sub');
      this.emit('local.tee', counter);
      this.emit('br_if', 0);
    }
    this.leave(type.results);
    this.frames.pop();
    this.stack.length = height;
  }

  /** Brings the innermost frame to exactly these types. */
  private leave(types: readonly ValueType[]): void {
    let kept = Math.min(types.length, this.depth);
    while (kept > 0 && !types.slice(0, kept).every((type, i) => this.stack[this.base + i] === type)) kept--;
    while (this.depth > kept) this.drop();
    for (const type of types.slice(kept)) this.constant(type);
  }

  /** Labels of frames that random code may branch to with what is on the stack, innermost 0. */
  private labels(): readonly number[] {
    const found: number[] = [];
    for (let i = 0; i < this.frames.length; i++) {
      const { label } = this.frames[this.frames.length - 1 - i] as Frame;
      if (label !== undefined && this.endsWith(label)) found.push(i);
    }
    return found;
  }

  get canBranch(): boolean {
    return this.labels().length > 0;
  }

  branch(): void {
    const labels = this.labels();
    const label = this.draw.pick(labels);
    const types = (i: number) => (this.frames[this.frames.length - 1 - i]?.label ?? []).join();
    const way = this.draw.weighted([
      [6, 'br_if'],
      [2, 'br_table'],
      [1, 'br'],
    ] as const);
    if (way === 'br_if') {
      this.value('i32');
      this.pop(1);
      this.emit('br_if', label);
      return;
    }
    if (way === 'br_table') {
      const alike = labels.filter((other) => types(other) === types(label));
      this.value('i32');
      this.pop(1);
      this.emit('br_table', [...Array.from({ length: this.draw.below(4) }, () => this.draw.pick(alike)), label]);
    } else {
      this.emit('br', label);
    }
    // What follows is dead; it is typed as if the frame were empty, which is valid on a polymorphic stack.
    this.stack.length = this.base;
    this.fuel = Math.min(this.fuel, 2);
  }
}

interface Step {
  readonly weight: number;
  /** Absent: always. */
  readonly possible?: (g: CodeGenerator) => boolean;
  readonly generate: (g: CodeGenerator) => void;
}

/** What can come next. */
const STEPS: readonly Step[] = [
  { weight: 8, generate: (g) => g.anyConstant() },
  { weight: 24, possible: (g) => g.canOperate, generate: (g) => g.operate() },
  { weight: 5, generate: (g) => g.localGet() },
  { weight: 5, possible: (g) => g.hasValue, generate: (g) => g.localSet() },
  { weight: 3, possible: (g) => g.hasGlobals, generate: (g) => g.globalGet() },
  { weight: 3, possible: (g) => g.canSetGlobal, generate: (g) => g.globalSet() },
  { weight: 6, possible: (g) => g.canSelect, generate: (g) => g.select() },
  { weight: 6, possible: (g) => g.isReference, generate: (g) => g.refIsNull() },
  { weight: 1, possible: (g) => g.hasValue, generate: (g) => g.drop() },
  { weight: 5, possible: (g) => g.hasMemory, generate: (g) => g.load() },
  { weight: 4, possible: (g) => g.hasMemory, generate: (g) => g.store() },
  { weight: 1, possible: (g) => g.hasMemory, generate: (g) => g.memorySizeOrGrow() },
  { weight: 1, possible: (g) => g.hasMemory, generate: (g) => g.bulk() },
  { weight: 1, possible: (g) => g.hasTable, generate: (g) => g.tableSizeOrGet() },
  { weight: 3, possible: (g) => g.canCall, generate: (g) => g.systemCall() },
  { weight: 5, possible: (g) => g.canNest, generate: (g) => g.nest() },
  { weight: 3, possible: (g) => g.canBranch, generate: (g) => g.branch() },
];

/**
 * Code of about `size` steps that is valid within its surroundings. Loops are counted; how much it runs is bounded by its
 * structure (depth and counts), and by the instruction limit in any case.
 */
export function typedStackCode(draw: Draw, around: CodeSurroundings, firstLocal: number, size: number): GeneratedCode {
  const generator = new CodeGenerator(draw, around, firstLocal, size);
  generator.run();
  const results = generator.finish();
  return { code: generator.code, locals: generator.locals, results };
}
