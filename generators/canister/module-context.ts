// plumbing: the index spaces of a module under construction — types, imports, functions
import { existsFor, signatureFor, SYSTEM_API, systemApiFunction } from '../../spec/system-api.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Code, Program, ProgramFunction, Statement } from '../../spec/vocabulary/program.js';
import type { FuncType } from '../../spec/wasm/types.js';
import { ProgramError } from './errors.js';

const CALLBACK_TYPES: Readonly<Record<PointerWidth, FuncType>> = {
  i32: { params: ['i32'], results: [] },
  i64: { params: ['i64'], results: [] },
};
const ENTRY_TYPE: FuncType = { params: [], results: [] };

/** Functions that the compiler adds behind the program's own. */
export type Helper = 'log' | 'log memory' | 'recursion';

const HELPER_TYPES: Readonly<Record<Helper, FuncType>> = {
  log: { params: ['i64'], results: [] },
  'log memory': { params: ['i64', 'i64'], results: [] },
  recursion: ENTRY_TYPE,
};

/** Name prefix of System API functions among function immediates. */
const SYSTEM_API_PREFIX = 'ic0.';

interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly type: FuncType;
}

/** What the code of functions needs to know of the module around it. */
export class ModuleContext {
  readonly width: PointerWidth;
  readonly hasMemory: boolean;
  readonly types: FuncType[] = [];
  readonly imports: ModuleImport[] = [];
  readonly helpers: Helper[] = [];
  /** Functions that `ref.func` names and that must be declared in an element segment. */
  readonly referenced = new Set<number>();
  needsEmptySegment = false;
  private readonly typeIndices = new Map<string, number>();
  private readonly typeObjects = new Map<FuncType, number>();
  private readonly importIndices = new Map<string, number>();
  private readonly functionIndices = new Map<string, number>();

  constructor(readonly program: Program) {
    const imported = program.oddities.some((oddity) => oddity.kind === 'import memory');
    this.hasMemory = program.memory !== undefined || imported;
    this.width = program.memory === undefined ? 'i32' : program.width;
    this.collectImports();
    program.functions.forEach((f, position) => {
      if (this.functionIndices.has(f.name)) throw new ProgramError(`function ${f.name}`, 'is defined twice');
      this.functionIndices.set(f.name, this.imports.length + position);
    });
  }

  typeOf(f: ProgramFunction): FuncType {
    if (f.type === 'entry') return ENTRY_TYPE;
    if (f.type === 'callback') return CALLBACK_TYPES[this.width];
    return f.type;
  }

  helperType(helper: Helper): FuncType {
    return HELPER_TYPES[helper];
  }

  typeIndex(type: FuncType): number {
    const known = this.typeObjects.get(type);
    if (known !== undefined) return known;
    const key = `${type.params.join()}>${type.results.join()}`;
    let index = this.typeIndices.get(key);
    if (index === undefined) {
      index = this.types.length;
      this.types.push(type);
      this.typeIndices.set(key, index);
    }
    this.typeObjects.set(type, index);
    return index;
  }

  get entryTypeIndex(): number {
    return this.typeIndex(ENTRY_TYPE);
  }

  /** Index of a System API function that the code calls, by its name without prefix. */
  importIndex(name: string, where: string): number {
    const index = this.importIndices.get(name);
    if (index === undefined) throw new ProgramError(where, `there is no function ic0.${name}`);
    return index;
  }

  /** @throws ProgramError where the program has no such function */
  functionIndex(name: string, where: string): number {
    const index = name.startsWith(SYSTEM_API_PREFIX)
      ? this.importIndices.get(name.slice(SYSTEM_API_PREFIX.length))
      : this.functionIndices.get(name);
    if (index === undefined) throw new ProgramError(where, `there is no function ${name}`);
    return index;
  }

  isEntryType(name: string): boolean {
    return this.program.functions.some((f) => f.name === name && f.type === 'entry');
  }

  /**
   * A data segment from which nothing can be copied: an active one (dropped once it was applied), or an empty passive one
   * that the compiler adds.
   */
  droppedDataSegment(): number {
    const active = this.program.data.findIndex((segment) => segment.at !== undefined);
    if (active >= 0) return active;
    this.needsEmptySegment = true;
    return this.program.data.length;
  }

  helperIndex(helper: Helper): number {
    let position = this.helpers.indexOf(helper);
    if (position < 0) position = this.helpers.push(helper) - 1;
    return this.imports.length + this.program.functions.length + position;
  }

  /** Imports exactly what the code calls and what the module names, in the order in which it is first named, then the odd ones. */
  private collectImports(): void {
    for (const f of this.program.functions) this.collectStatements(f.body, f.name);
    const { exports, table, elements } = this.program;
    for (const name of [...exports.map((e) => e.function), ...(table?.entries ?? []), ...elements.flat()]) {
      if (name?.startsWith(SYSTEM_API_PREFIX) !== true) continue;
      this.importSystemCall(name.slice(SYSTEM_API_PREFIX.length), name);
    }
    for (const oddity of this.program.oddities) {
      if (oddity.kind === 'import function') {
        this.imports.push({ module: oddity.module, name: oddity.name, type: oddity.type });
      }
    }
  }

  private collectStatements(statements: readonly Statement[], where: string): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'system call':
          this.importSystemCall(statement.name, where);
          break;
        case 'if':
          this.collectStatements(statement.then, where);
          this.collectStatements(statement.else, where);
          break;
        case 'repeat':
          this.collectStatements(statement.body, where);
          break;
        case 'code':
          this.collectCode(statement.code, where);
          break;
        default:
          break;
      }
    }
  }

  private collectCode(code: Code, where: string): void {
    for (const [mnemonic, callee] of code) {
      if (mnemonic === 'call' && typeof callee === 'string' && callee.startsWith(SYSTEM_API_PREFIX)) {
        this.importSystemCall(callee.slice(SYSTEM_API_PREFIX.length), where);
      }
    }
  }

  private importSystemCall(name: string, where: string): void {
    if (this.importIndices.has(name)) return;
    const f = systemApiFunction(name);
    if (f === undefined) throw new ProgramError(where, `there is no System API function ic0.${name}`);
    // One that does not exist for wasm64 is imported with its 32-bit type: a module that must be refused.
    const type = calledFunction(name, existsFor(f, this.width) ? this.width : 'i32', where);
    this.importIndices.set(name, this.imports.push({ module: 'ic0', name, type }) - 1);
  }
}

/** The System API function, or an error that says where it was named. */
export function calledFunction(name: string, width: PointerWidth, where: string): FuncType {
  const type = SIGNATURES[width].get(name);
  if (type === undefined) throw new ProgramError(where, `there is no System API function ic0.${name}`);
  return type;
}

const signatures = (width: PointerWidth): ReadonlyMap<string, FuncType> =>
  new Map(SYSTEM_API.map((f) => [f.name, signatureFor(f, width)]));
const SIGNATURES: Readonly<Record<PointerWidth, ReadonlyMap<string, FuncType>>> = {
  i32: signatures('i32'),
  i64: signatures('i64'),
};

/** Position of the function's first entry in the table, or the table's size. */
export function tableIndexOf(program: Program, name: string): number {
  const index = program.table?.entries.indexOf(name) ?? -1;
  return index >= 0 ? index : (program.table?.size ?? 0);
}
