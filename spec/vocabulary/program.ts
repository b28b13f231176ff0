// plumbing: the typed intermediate form that generated modules are compiled from; generators/canister owns its meaning
import type { FuncType, ValueType } from '../wasm/types.js';
import type { Mnemonic } from '../wasm/instructions.js';
import type { Hex, PointerWidth } from './brands.js';
import type { TrapKind } from './trap.js';

/**
 * A canister module before it is compiled. Functions are known by name, so that one can be dropped without renumbering;
 * imports are not listed: a compiled module imports exactly the System API functions that its code calls, and those that its
 * exports, table and segments name as `ic0.<name>`.
 */
export interface Program {
  readonly format: 'program@1';
  /** Width of the memory's addresses and of `I`; `i32` where there is no memory. Tables are always 32-bit. */
  readonly width: PointerWidth;
  readonly memory?: { readonly min: bigint; readonly max?: bigint };
  /** All mutable; referred to by index. */
  readonly globals: readonly ProgramGlobal[];
  readonly table?: ProgramTable;
  readonly functions: readonly ProgramFunction[];
  /** Name of the (start) function. */
  readonly start?: string;
  /** Several exports may name one function; the export name is any text. */
  readonly exports: readonly { readonly name: string; readonly function: string }[];
  /** Referred to by index. */
  readonly data: readonly ProgramData[];
  /** Passive element segments, referred to by index. */
  readonly elements: readonly (readonly (string | null)[])[];
  readonly customSections: readonly { readonly name: string; readonly content: Hex }[];
  /** Where the canister records what it sees. Absent: `log` statements and logged results are dropped. */
  readonly log?: LogRegion;
  /** What makes the module unusual, or breaks a module requirement. */
  readonly oddities: readonly Oddity[];
}

/**
 * `at`: address of the log: the bytes used so far as 8 bytes, then `bytes` bytes of room. What no longer fits is not recorded.
 * An entry is a value as 8 bytes, or a copy of a range of memory.
 */
export interface LogRegion {
  readonly at: number;
  readonly bytes: number;
}

/** `init` is the value's bits, unsigned; 0 for references (null). */
export interface ProgramGlobal {
  readonly type: ValueType;
  readonly init: bigint;
}

/** A table of functions, filled by one active element segment at 0; null entries stay null. */
export interface ProgramTable {
  readonly size: number;
  readonly max?: number;
  readonly entries: readonly (string | null)[];
}

/** A data segment: active at a constant address, or passive. */
export interface ProgramData {
  readonly at?: bigint;
  readonly bytes: Hex;
}

/**
 * `entry`: `() -> ()`, the type of entry points. `callback`: `(env : I) -> ()`. A type of its own otherwise.
 * Variables (`Expression` of kind `variable`) are 64-bit, start at 0 and need no declaration; `locals` are those of raw code.
 */
export interface ProgramFunction {
  readonly name: string;
  readonly type: 'entry' | 'callback' | FuncType;
  readonly locals: readonly ValueType[];
  readonly body: readonly Statement[];
}

/** Modules that stand apart from what the other fields can say. */
export type Oddity =
  /** One more import of a function, called or not; of any module, name and type. */
  | { readonly kind: 'import function'; readonly module: string; readonly name: string; readonly type: FuncType }
  | {
      readonly kind: 'import memory' | 'import table' | 'import global';
      readonly module: string;
      readonly name: string;
    }
  /** One more memory of one page. */
  | { readonly kind: 'second memory' }
  | { readonly kind: 'export memory' | 'export table' | 'export global'; readonly name: string }
  /** So many more functions, globals, or exported update methods (`p0`, `p1`, …), all empty. */
  | { readonly kind: 'more functions' | 'more globals' | 'more methods'; readonly count: number }
  /** A custom section with so many zero bytes. */
  | { readonly kind: 'section of zeroes'; readonly name: string; readonly length: number }
  /** Bytes after the last section, or the module cut short by so many bytes. */
  | { readonly kind: 'trailing bytes'; readonly bytes: Hex }
  | { readonly kind: 'truncated'; readonly by: number };

/** An integer; taken modulo 2^32 or 2^64 where it is used. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'variable'; readonly index: number }
  /** The callback's parameter; 0 in other functions. */
  | { readonly kind: 'env' }
  /** Size of the Wasm memory in bytes; 0 without memory. */
  | { readonly kind: 'memory bytes' }
  /** A global of type i32 or i64, zero-extended. */
  | { readonly kind: 'global'; readonly index: number }
  /** Zero-extended. */
  | { readonly kind: 'load'; readonly address: Expression; readonly bytes: 1 | 2 | 4 | 8 }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  /** The table index of a function; the size of the table where it has none. */
  | { readonly kind: 'index of'; readonly function: string };

/** 64-bit integer operators; comparisons give 0 or 1. */
export const OPERATORS = ['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_u', 'eq', 'ne', 'lt_u', 'gt_u'] as const;
/** A binary operator of expressions. */
export type Operator = (typeof OPERATORS)[number];

/** One statement of a program's function. */
export type Statement =
  /** `into` is a variable that takes the result; `log` records it. */
  | {
      readonly kind: 'system call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly into?: number;
      readonly log?: boolean;
    }
  | { readonly kind: 'set'; readonly variable: number; readonly value: Expression }
  | { readonly kind: 'log'; readonly value: Expression }
  | { readonly kind: 'log memory'; readonly address: Expression; readonly size: Expression }
  | { readonly kind: 'store'; readonly address: Expression; readonly value: Expression; readonly bytes: 1 | 2 | 4 | 8 }
  /** Any type but references: the value's bits; both halves of a v128 get the same. */
  | { readonly kind: 'set global'; readonly index: number; readonly value: Expression }
  | { readonly kind: 'memory.grow'; readonly pages: Expression; readonly into?: number; readonly log?: boolean }
  | { readonly kind: 'memory.fill'; readonly address: Expression; readonly byte: Expression; readonly size: Expression }
  | { readonly kind: 'memory.copy'; readonly to: Expression; readonly from: Expression; readonly size: Expression }
  | {
      readonly kind: 'memory.init';
      readonly segment: number;
      readonly to: Expression;
      readonly from: Expression;
      readonly size: Expression;
    }
  | { readonly kind: 'data.drop'; readonly segment: number }
  | { readonly kind: 'elem.drop'; readonly segment: number }
  /** Refused by profiles that are not open. `function` null: a null reference. */
  | { readonly kind: 'table.set'; readonly index: Expression; readonly function: string | null }
  | { readonly kind: 'table.grow'; readonly by: Expression; readonly function: string | null; readonly log?: boolean }
  | {
      readonly kind: 'table.init';
      readonly segment: number;
      readonly to: Expression;
      readonly from: Expression;
      readonly size: Expression;
    }
  | { readonly kind: 'table.copy'; readonly to: Expression; readonly from: Expression; readonly size: Expression }
  | {
      readonly kind: 'table.fill';
      readonly to: Expression;
      readonly function: string | null;
      readonly size: Expression;
    }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly else: readonly Statement[];
    }
  | { readonly kind: 'repeat'; readonly times: Expression; readonly body: readonly Statement[] }
  /** Calls a function of type `entry`. */
  | { readonly kind: 'call'; readonly function: string }
  /** Calls through the table as type `entry`. */
  | { readonly kind: 'call indirect'; readonly index: Expression }
  | { readonly kind: 'return' }
  | { readonly kind: 'trap'; readonly means: TrapMeans }
  /** Raw code that leaves `results` on the stack; they are logged, first one first (a v128 as two values, low half first). */
  | { readonly kind: 'code'; readonly code: Code; readonly results: readonly ValueType[] };

/** Flat WebAssembly code: blocks end with `end`. Index spaces: `locals` of the function, globals, one memory, one table. */
export type Code = readonly CodeInstruction[];
export type CodeInstruction = readonly [mnemonic: Mnemonic, ...immediates: CodeImmediate[]];

/**
 * By the immediate's kind in the instruction table. Constants: the bits, a bigint. memarg: two entries, alignment exponent and
 * offset (bigint). Function: its name, or `ic0.<name>` of a System API function. Type and block type: a FuncType. Labels: a list,
 * default last. Lanes: a list. Value types: a list of names. Memory, table: 0. Other indices: numbers.
 */
export type CodeImmediate = bigint | number | string | FuncType | readonly number[] | readonly ValueType[];

/** Ways to trap that need no context, each with the kind of trap that it is and what the program must have for it. */
export const TRAP_MEANS = {
  unreachable: { trap: 'unreachable' },
  'i32.div_s by zero': { trap: 'integer-divide-by-zero' },
  'i64.rem_u by zero': { trap: 'integer-divide-by-zero' },
  'i32.div_s overflow': { trap: 'integer-overflow' },
  'i64.div_s overflow': { trap: 'integer-overflow' },
  'i32.trunc_f64_s of NaN': { trap: 'float-to-integer' },
  'i64.trunc_f32_u of 2^64': { trap: 'float-to-integer' },
  'load beyond the end': { trap: 'memory-out-of-bounds', needs: 'memory' },
  'store beyond the end': { trap: 'memory-out-of-bounds', needs: 'memory' },
  'v128.load beyond the end': { trap: 'memory-out-of-bounds', needs: 'memory' },
  'memory.fill beyond the end': { trap: 'memory-out-of-bounds', needs: 'memory' },
  'memory.copy beyond the end': { trap: 'memory-out-of-bounds', needs: 'memory' },
  'memory.init of a dropped segment': { trap: 'memory-out-of-bounds', needs: 'memory' },
  'table.get beyond the end': { trap: 'table-out-of-bounds', needs: 'table' },
  'call_indirect beyond the end': { trap: 'indirect-call', needs: 'table' },
  'call_indirect of null': { trap: 'indirect-call', needs: 'table' },
  'call_indirect of another type': { trap: 'indirect-call', needs: 'table' },
  recursion: { trap: 'stack-budget' },
  'endless loop': { trap: 'instruction-limit' },
  'endless memory.fill': { trap: 'instruction-limit', needs: 'memory' },
} as const satisfies Record<string, { readonly trap: TrapKind; readonly needs?: 'memory' | 'table' }>;

export type TrapMeans = keyof typeof TRAP_MEANS;
