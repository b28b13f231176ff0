// plumbing: from statements and expressions to the bytes of a function body
import type { Code, Expression, ProgramFunction, Statement } from '../../spec/vocabulary/program.js';
import type { Mnemonic } from '../../spec/wasm/instructions.js';
import { VALUE_TYPE_CODES, type FuncType, type ValueType } from '../../spec/wasm/types.js';
import { lengthOfU32, type Bytes } from './bytes.js';
import { ProgramError } from './errors.js';
import { calledFunction, tableIndexOf, type ModuleContext } from './module-context.js';
import { byteOf, opcodeOf } from './opcodes.js';
import { lowerCode } from './lower-code.js';
import { lowerMemoryStatement } from './lower-memory.js';
import { lowerTableStatement } from './lower-table.js';
import { lowerTrap } from './lower-trap.js';

type Integer = 'i32' | 'i64';

/** The statements of some kinds. */
export type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

const OP = {
  localGet: byteOf('local.get'),
  localSet: byteOf('local.set'),
  globalGet: byteOf('global.get'),
  globalSet: byteOf('global.set'),
  call: byteOf('call'),
  i32Const: byteOf('i32.const'),
  i64Const: byteOf('i64.const'),
  wrap: byteOf('i32.wrap_i64'),
  extend: byteOf('i64.extend_i32_u'),
  drop: byteOf('drop'),
  end: byteOf('end'),
} as const;

const LOADS = { 1: 'i64.load8_u', 2: 'i64.load16_u', 4: 'i64.load32_u', 8: 'i64.load' } as const;
const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'lt_u', 'gt_u']);
const NO_BLOCK_TYPE = 0x40;

/** Where a statement's code starts, in bytes from the start of the function body's code. */
interface Mark {
  readonly path: string;
  readonly offset: number;
}

/** Lowers one function. Use once. */
export class FunctionLowering {
  readonly marks: Mark[] = [];
  readonly type: FuncType;
  /** What errors say of the place. */
  readonly where: string;
  /** Types of the locals behind the parameters; raw code's come first, then variables and temporaries as they are met. */
  private readonly localTypes: ValueType[];
  private readonly variables = new Map<number, number>();

  constructor(
    readonly module: ModuleContext,
    readonly f: ProgramFunction,
    private readonly marking: boolean,
    /** Scratch for the code; what it held is gone. */
    readonly out: Bytes,
  ) {
    out.clear();
    this.type = module.typeOf(f);
    this.where = `function ${f.name}`;
    this.localTypes = [...f.locals];
  }

  /** Appends the function's entry of the code section; gives the offset at which its code starts. */
  lower(section: Bytes): number {
    this.statements(this.f.body, '');
    this.fillResults();
    this.out.byte(OP.end);
    const locals = localRuns(this.localTypes);
    section.u32(localsLength(locals) + this.out.length);
    writeLocals(section, locals);
    const start = section.length;
    section.append(this.out);
    return start;
  }

  /** A function with results returns zeroes. */
  private fillResults(): void {
    for (const type of this.type.results) this.zero(type);
  }

  private zero(type: ValueType): void {
    switch (type) {
      case 'i32':
        return this.i32(0);
      case 'i64':
        return this.i64(0n);
      case 'f32':
        this.op('f32.const');
        return this.out.little(0n, 4);
      case 'f64':
        this.op('f64.const');
        return this.out.little(0n, 8);
      case 'v128':
        this.op('v128.const');
        return this.out.little(0n, 16);
      case 'funcref':
      case 'externref':
        this.op('ref.null');
        return this.out.byte(VALUE_TYPE_CODES[type]);
    }
  }

  op(mnemonic: Mnemonic): void {
    this.out.bytes(opcodeOf(mnemonic).bytes);
  }

  i32(value: number): void {
    this.out.byte(OP.i32Const);
    this.out.s32(value);
  }

  i64(value: bigint): void {
    this.out.byte(OP.i64Const);
    this.out.s64(value);
  }

  /** A constant of the width of memory addresses. */
  address(value: bigint): void {
    if (this.module.width === 'i64') this.i64(value);
    else this.i32(Number(BigInt.asIntN(32, value)));
  }

  /** The same natural alignment for every access, offset 0. */
  memarg(alignment: number, offset = 0n): void {
    this.out.u32(alignment);
    this.out.u64(offset);
  }

  needMemory(what: string): void {
    if (!this.module.hasMemory) throw new ProgramError(this.where, `${what} needs a memory`);
  }

  needTable(what: string): void {
    if (this.module.program.table === undefined) throw new ProgramError(this.where, `${what} needs a table`);
  }

  private temporary(type: ValueType): number {
    return this.type.params.length + this.localTypes.push(type) - 1;
  }

  private variable(index: number): number {
    let local = this.variables.get(index);
    if (local === undefined) {
      local = this.temporary('i64');
      this.variables.set(index, local);
    }
    return local;
  }

  localGet(local: number): void {
    this.out.byte(OP.localGet);
    this.out.u32(local);
  }

  private localSet(local: number): void {
    this.out.byte(OP.localSet);
    this.out.u32(local);
  }

  private convert(from: Integer, to: Integer): void {
    if (from === to) return;
    this.out.byte(to === 'i32' ? OP.wrap : OP.extend);
  }

  expression(e: Expression, wanted: Integer): void {
    switch (e.kind) {
      case 'constant':
        if (wanted === 'i64') this.i64(e.value);
        else this.i32(Number(BigInt.asIntN(32, e.value)));
        return;
      case 'variable':
        this.localGet(this.variable(e.index));
        return this.convert('i64', wanted);
      case 'env':
        if (this.f.type !== 'callback') return this.expression({ kind: 'constant', value: 0n }, wanted);
        this.localGet(0);
        return this.convert(this.module.width, wanted);
      case 'memory bytes':
        if (!this.module.hasMemory) return this.expression({ kind: 'constant', value: 0n }, wanted);
        this.memorySize();
        this.convert(this.module.width, 'i64');
        this.i64(16n);
        this.op('i64.shl');
        return this.convert('i64', wanted);
      case 'global': {
        const type = this.module.program.globals[e.index]?.type;
        if (type !== 'i32' && type !== 'i64') throw new ProgramError(this.where, `global ${e.index} is not an integer`);
        this.out.byte(OP.globalGet);
        this.out.u32(e.index);
        return this.convert(type, wanted);
      }
      case 'load':
        this.needMemory('load');
        this.expression(e.address, this.module.width);
        this.op(LOADS[e.bytes]);
        this.memarg(0);
        return this.convert('i64', wanted);
      case 'operation':
        this.expression(e.left, 'i64');
        this.expression(e.right, 'i64');
        this.op(`i64.${e.operator}`);
        return this.convert(COMPARISONS.has(e.operator) ? 'i32' : 'i64', wanted);
      case 'index of':
        return this.expression(
          { kind: 'constant', value: BigInt(tableIndexOf(this.module.program, e.function)) },
          wanted,
        );
    }
  }

  memorySize(): void {
    this.op('memory.size');
    this.out.byte(0);
  }

  statements(list: readonly Statement[], path: string): void {
    list.forEach((statement, position) => {
      const at = this.marking ? `${path}${position}` : '';
      if (this.marking) this.marks.push({ path: at, offset: this.out.length });
      this.statement(statement, at);
    });
  }

  addresses(...list: readonly Expression[]): void {
    for (const e of list) this.expression(e, this.module.width);
  }

  tableIndices(...list: readonly Expression[]): void {
    for (const e of list) this.expression(e, 'i32');
  }

  private statement(s: Statement, path: string): void {
    switch (s.kind) {
      case 'system call':
        return this.systemCall(s);
      case 'set':
        this.expression(s.value, 'i64');
        return this.localSet(this.variable(s.variable));
      case 'log':
        this.expression(s.value, 'i64');
        return this.log();
      case 'log memory':
        return this.logMemory(s.address, s.size);
      case 'set global':
        return this.setGlobal(s.index, s.value);
      case 'if':
        return this.ifElse(s, path);
      case 'repeat':
        return this.repeat(s.times, s.body, path);
      case 'call':
        return this.callEntry(s.function);
      case 'call indirect':
        this.needTable('call indirect');
        this.tableIndices(s.index);
        return this.callIndirect();
      case 'return':
        this.fillResults();
        return this.op('return');
      case 'trap':
        return lowerTrap(this, s.means);
      case 'code':
        return this.codeWithResults(s.code, s.results);
      case 'store':
      case 'memory.grow':
      case 'memory.fill':
      case 'memory.copy':
      case 'memory.init':
      case 'data.drop':
        return lowerMemoryStatement(this, s);
      case 'elem.drop':
      case 'table.set':
      case 'table.grow':
      case 'table.init':
      case 'table.copy':
      case 'table.fill':
        return lowerTableStatement(this, s);
    }
  }

  segment(list: 'data' | 'elements', index: number): void {
    if (index >= this.module.program[list].length)
      throw new ProgramError(this.where, `there is no ${list} segment ${index}`);
  }

  callFunction(index: number): void {
    this.out.byte(OP.call);
    this.out.u32(index);
  }

  private callEntry(name: string): void {
    const callee = this.module.program.functions.find((f) => f.name === name);
    if (callee?.type !== 'entry') throw new ProgramError(this.where, `${name} is not a function () -> ()`);
    this.callFunction(this.module.functionIndex(name, this.where));
  }

  callIndirect(): void {
    this.op('call_indirect');
    this.out.u32(this.module.entryTypeIndex);
    this.out.byte(0);
  }

  private systemCall(s: StatementOf<'system call'>): void {
    const type = calledFunction(s.name, this.module.width, this.where);
    if (s.args.length !== type.params.length) {
      throw new ProgramError(this.where, `ic0.${s.name} takes ${type.params.length} arguments, not ${s.args.length}`);
    }
    s.args.forEach((arg, i) => this.expression(arg, type.params[i] === 'i64' ? 'i64' : 'i32'));
    this.callFunction(this.module.importIndex(s.name, this.where));
    const [result] = type.results;
    if (result === 'i32' || result === 'i64') this.takeResult(result, s.into, s.log);
  }

  /** Takes an integer from the stack into a variable, into the log, or away. */
  takeResult(type: Integer, into: number | undefined, log: boolean | undefined): void {
    const logged = log === true && this.module.program.log !== undefined;
    if (!logged && into === undefined) return this.out.byte(OP.drop);
    this.convert(type, 'i64');
    if (into !== undefined) {
      const local = this.variable(into);
      this.localSet(local);
      if (!logged) return;
      this.localGet(local);
    }
    this.log();
  }

  /** Takes an i64 from the stack into the log, or away where the program keeps none. */
  private log(): void {
    if (this.module.program.log === undefined) this.out.byte(OP.drop);
    else this.callFunction(this.module.helperIndex('log'));
  }

  private logMemory(address: Expression, size: Expression): void {
    if (this.module.program.log === undefined) return;
    this.expression(address, 'i64');
    this.expression(size, 'i64');
    this.callFunction(this.module.helperIndex('log memory'));
  }

  private setGlobal(index: number, value: Expression): void {
    const type = this.module.program.globals[index]?.type;
    if (type === undefined) throw new ProgramError(this.where, `there is no global ${index}`);
    this.expression(value, type === 'i32' || type === 'f32' ? 'i32' : 'i64');
    switch (type) {
      case 'i32':
      case 'i64':
        break;
      case 'f32':
        this.op('f32.reinterpret_i32');
        break;
      case 'f64':
        this.op('f64.reinterpret_i64');
        break;
      case 'v128':
        this.op('i64x2.splat');
        break;
      case 'funcref':
      case 'externref':
        throw new ProgramError(this.where, `global ${index} is a reference`);
    }
    this.out.byte(OP.globalSet);
    this.out.u32(index);
  }

  private ifElse(s: StatementOf<'if'>, path: string): void {
    this.expression(s.condition, 'i64');
    this.i64(0n);
    this.op('i64.ne');
    this.op('if');
    this.out.byte(NO_BLOCK_TYPE);
    this.statements(s.then, `${path}.then.`);
    if (s.else.length > 0) {
      this.op('else');
      this.statements(s.else, `${path}.else.`);
    }
    this.out.byte(OP.end);
  }

  private repeat(times: Expression, body: readonly Statement[], path: string): void {
    const counter = this.temporary('i64');
    this.expression(times, 'i64');
    this.localSet(counter);
    this.op('block');
    this.out.byte(NO_BLOCK_TYPE);
    this.op('loop');
    this.out.byte(NO_BLOCK_TYPE);
    this.localGet(counter);
    this.op('i64.eqz');
    this.op('br_if');
    this.out.u32(1);
    this.statements(body, `${path}.body.`);
    this.localGet(counter);
    this.i64(1n);
    this.op('i64.sub');
    this.localSet(counter);
    this.op('br');
    this.out.u32(0);
    this.out.byte(OP.end);
    this.out.byte(OP.end);
  }

  private codeWithResults(code: Code, results: readonly ValueType[]): void {
    lowerCode(this, code);
    const temporaries = results.map((type) => this.temporary(type));
    for (const local of [...temporaries].reverse()) this.localSet(local);
    if (this.module.program.log === undefined) return;
    results.forEach((type, i) => this.logLocal(type, temporaries[i] ?? 0));
  }

  private logLocal(type: ValueType, local: number): void {
    this.localGet(local);
    switch (type) {
      case 'i32':
        this.out.byte(OP.extend);
        return this.log();
      case 'i64':
        return this.log();
      case 'f32':
        this.op('i32.reinterpret_f32');
        this.out.byte(OP.extend);
        return this.log();
      case 'f64':
        this.op('i64.reinterpret_f64');
        return this.log();
      case 'v128':
        this.op('i64x2.extract_lane');
        this.out.byte(0);
        this.log();
        this.localGet(local);
        this.op('i64x2.extract_lane');
        this.out.byte(1);
        return this.log();
      case 'funcref':
      case 'externref':
        this.op('ref.is_null');
        this.out.byte(OP.extend);
        return this.log();
    }
  }
}

interface LocalRun {
  count: number;
  readonly type: ValueType;
}

/** Declarations of locals, equal neighbours together. */
function localRuns(types: readonly ValueType[]): readonly LocalRun[] {
  const runs: LocalRun[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ count: 1, type });
  }
  return runs;
}

/** Bytes that writeLocals writes. */
function localsLength(runs: readonly LocalRun[]): number {
  return runs.reduce((sum, { count }) => sum + lengthOfU32(count) + 1, lengthOfU32(runs.length));
}

function writeLocals(out: Bytes, runs: readonly LocalRun[]): void {
  out.u32(runs.length);
  for (const { count, type } of runs) {
    out.u32(count);
    out.byte(VALUE_TYPE_CODES[type]);
  }
}
