// plumbing: a program under construction
import { hexOf, type Hex, type PointerWidth } from '../../spec/vocabulary/brands.js';
import type {
  Expression,
  Oddity,
  Program,
  ProgramFunction,
  ProgramGlobal,
  Statement,
} from '../../spec/vocabulary/program.js';
import type { FuncType, ValueType } from '../../spec/wasm/types.js';
import { utf8 } from './bytes.js';
import { constant } from './expressions.js';

/** How generated programs lay out their first page of memory. */
export const LAYOUT = {
  /** Where system calls write their results to. */
  scratch: 0x100,
  scratchBytes: 0x700,
  /** State of the canister that methods change and other methods read. */
  cells: 0x800,
  cellBytes: 0x400,
  /** One cell apart: which of several bodies an entry point without arguments runs. */
  selector: 0xff0,
  constants: 0x1000,
  constantsEnd: 0x8000,
  log: { at: 0x8000, bytes: 0x4000 },
} as const;

/** A range of constant bytes in memory. */
interface Blob {
  readonly address: Expression;
  readonly size: Expression;
  readonly length: number;
}

const EMPTY: Blob = { address: constant(0), size: constant(0), length: 0 };

/** Collects the parts of a program. Names of functions are made unique. */
export class ProgramBuilder {
  private readonly functions: ProgramFunction[] = [];
  private readonly exports: { name: string; function: string }[] = [];
  private readonly entries: (string | null)[] = [];
  private readonly constants: Uint8Array[] = [];
  private readonly known = new Map<Hex, Blob>();
  private readonly passive: Hex[] = [];
  private readonly active: { at: bigint; bytes: Hex }[] = [];
  private used = 0;
  private readonly taken = new Set<string>();
  private start: string | undefined;
  readonly globals: ProgramGlobal[] = [];
  readonly elements: (readonly (string | null)[])[] = [];
  readonly customSections: { name: string; content: Hex }[] = [];
  readonly oddities: Oddity[] = [];
  tableSize: number | undefined;
  /** How large the table can become; no maximum is declared otherwise. A table that starts larger has its own size. */
  tableMax: number | undefined;

  constructor(
    readonly width: PointerWidth,
    /** Absent: the canister declares no memory; it has no constants and no log then. */
    readonly memory: { readonly min: bigint; readonly max?: bigint } | undefined,
  ) {}

  /** Whether the first page is there, with room for constants and the log. */
  get hasRoom(): boolean {
    return this.memory !== undefined && this.memory.min > 0n;
  }

  get hasTable(): boolean {
    return this.tableSize !== undefined || this.entries.length > 0;
  }

  /** Bytes that stand in memory from the start; without memory the empty blob. */
  blob(bytes: Uint8Array): Blob {
    if (!this.hasRoom || bytes.length === 0) return EMPTY;
    const key = hexOf(bytes);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const at = LAYOUT.constants + this.used;
    if (at + bytes.length > LAYOUT.constantsEnd) return EMPTY;
    const blob = { address: constant(at), size: constant(bytes.length), length: bytes.length };
    this.constants.push(bytes);
    this.used += bytes.length;
    this.known.set(key, blob);
    return blob;
  }

  text(value: string): Blob {
    return this.blob(utf8(value));
  }

  /** Whether the text stands in memory from the start, for code that gives its address. */
  names(text: string): boolean {
    return this.known.has(hexOf(utf8(text)));
  }

  /** An active data segment beside that of the constants. */
  activeData(at: bigint, bytes: Uint8Array): void {
    this.active.push({ at, bytes: hexOf(bytes) });
  }

  /** How many passive data segments there are; they have the first indices. */
  get passiveCount(): number {
    return this.passive.length;
  }

  /** A passive data segment; gives its index. */
  passiveData(bytes: Uint8Array): number {
    return this.passive.push(hexOf(bytes)) - 1;
  }

  entry(hint: string, body: readonly Statement[], locals: readonly ValueType[] = []): string {
    return this.add(hint, 'entry', body, locals);
  }

  /** A function of any type; it returns zeroes. */
  typed(hint: string, type: FuncType): string {
    return this.add(hint, type, [], []);
  }

  exported(exportName: string, body: readonly Statement[], locals: readonly ValueType[] = []): string {
    const name = this.entry(exportName, body, locals);
    this.exports.push({ name: exportName, function: name });
    return name;
  }

  has(exportName: string): boolean {
    return this.exports.some(({ name }) => name === exportName);
  }

  alsoExport(exportName: string, name: string): void {
    this.exports.push({ name: exportName, function: name });
  }

  startFunction(body: readonly Statement[], locals: readonly ValueType[] = []): void {
    this.start = this.entry('start', body, locals);
  }

  /** A callback in the table; gives its name. */
  callback(hint: string, body: readonly Statement[], locals: readonly ValueType[] = []): string {
    const name = this.add(hint, 'callback', body, locals);
    this.entries.push(name);
    return name;
  }

  /** An entry of the table: a function's name, or null. Gives its index. */
  tableEntry(entry: string | null): number {
    return this.entries.push(entry) - 1;
  }

  private add(
    hint: string,
    type: ProgramFunction['type'],
    body: readonly Statement[],
    locals: readonly ValueType[],
  ): string {
    const short = hint.startsWith('canister_') ? hint.slice('canister_'.length) : hint;
    const unique = short.length <= 40 && !this.taken.has(short);
    const name = unique ? short : `${short.slice(0, 40)} #${this.functions.length}`;
    this.taken.add(name);
    this.functions.push({ name, type, locals, body });
    return name;
  }

  build(): Program {
    const data = this.passive.map((bytes) => ({ bytes }) as { at?: bigint; bytes: Hex });
    if (this.used > 0) data.push({ at: BigInt(LAYOUT.constants), bytes: hexOf(joined(this.constants, this.used)) });
    data.push(...this.active);
    const size = Math.max(this.tableSize ?? 0, this.entries.length);
    const max = this.tableMax === undefined ? {} : { max: Math.max(this.tableMax, size) };
    return {
      format: 'program@1',
      width: this.memory === undefined ? 'i32' : this.width,
      ...(this.memory === undefined ? {} : { memory: this.memory }),
      globals: this.globals,
      ...(size > 0 ? { table: { size, ...max, entries: this.entries } } : {}),
      functions: this.functions,
      ...(this.start === undefined ? {} : { start: this.start }),
      exports: this.exports,
      data,
      elements: this.elements,
      customSections: this.customSections,
      ...(this.hasRoom ? { log: LAYOUT.log } : {}),
      oddities: this.oddities,
    };
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
