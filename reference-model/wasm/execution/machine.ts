// spec-shaped: the instructions that the run loop leaves to handlers: bulk memory, tables, references, saturating truncation — WebAssembly "Execution: Instructions"

import { Crash } from '../../../spec/vocabulary/engine.js';
import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { AddressType } from '../../../spec/wasm/types.js';
import * as conversions from '../numerics/conversions.js';
import type { Instance } from '../runtime/instance.js';
import type { Meter } from '../runtime/meter.js';
import type { SlotStack } from '../runtime/slots.js';
import { WasmTrap } from '../runtime/trap.js';
import { MEMORY_VECTOR_HANDLERS } from './vector-memory.js';

/** What a handler works on. Operands in code: the result's place if there is one, the operands' places, the immediates. */
export class Machine {
  instance: Instance | undefined;
  private code: Int32Array = new Int32Array(0);
  private first = 0;
  private fp = 0;

  constructor(
    readonly stack: SlotStack,
    readonly meter: Meter,
  ) {}

  /** Moves to an instruction whose operands start at a word of the code. */
  at(instance: Instance, code: Int32Array, first: number, fp: number): this {
    this.instance = instance;
    this.code = code;
    this.first = first;
    this.fp = fp;
    return this;
  }

  get here(): Instance {
    if (this.instance === undefined) throw new Crash('no instruction is under way');
    return this.instance;
  }

  /** The place that operand `k` names. */
  place(k: number): number {
    return this.fp + this.word(k);
  }

  /** Immediate `k`. */
  word(k: number): number {
    return this.code[this.first + k] as number;
  }

  u32(k: number): number {
    return (this.stack.I[this.place(k)] as number) >>> 0;
  }

  /**
   * An operand of the given address type, as a double: exact below 2^53, larger than everything that exists above.
   */
  address(k: number, type: AddressType): number {
    const low = this.u32(k);
    return type === 'i32' ? low : ((this.stack.I[this.place(k) + 1] as number) >>> 0) * 4294967296 + low;
  }

  /** Writes an address, or -1. */
  setAddress(k: number, value: number): void {
    const at = this.place(k);
    this.stack.I[at] = value;
    this.stack.I[at + 1] = value < 0 ? -1 : 0;
  }

  private f32(k: number): number {
    return this.stack.F32[this.place(k)] as number;
  }

  private f64(k: number): number {
    return this.stack.F64[this.place(k) >> 1] as number;
  }

  /** Either float type's operand. */
  float(k: number, type: 'f32' | 'f64'): number {
    return type === 'f32' ? this.f32(k) : this.f64(k);
  }
}

export type Handler = (m: Machine) => void;

const toI32 = (type: 'f32' | 'f64', convert: (x: number) => number): Handler => {
  return (m) => {
    m.stack.I[m.place(0)] = convert(m.float(1, type));
  };
};

const toI64 = (type: 'f32' | 'f64', convert: (x: number) => bigint): Handler => {
  return (m) => {
    m.stack.B[m.place(0) >> 1] = convert(m.float(1, type));
  };
};

/** The smaller of the address types of two tables or memories: the type of a size that fits both. */
const smaller = (one: AddressType, other: AddressType): AddressType =>
  one === 'i64' && other === 'i64' ? 'i64' : 'i32';

const SCALAR_HANDLERS: Partial<Record<Mnemonic, Handler>> = {
  // Numeric Instructions: saturating truncation
  'i32.trunc_sat_f32_s': toI32('f32', conversions.saturateToI32),
  'i32.trunc_sat_f32_u': toI32('f32', conversions.saturateToU32),
  'i32.trunc_sat_f64_s': toI32('f64', conversions.saturateToI32),
  'i32.trunc_sat_f64_u': toI32('f64', conversions.saturateToU32),
  'i64.trunc_sat_f32_s': toI64('f32', conversions.saturateToI64),
  'i64.trunc_sat_f32_u': toI64('f32', conversions.saturateToU64),
  'i64.trunc_sat_f64_s': toI64('f64', conversions.saturateToI64),
  'i64.trunc_sat_f64_u': toI64('f64', conversions.saturateToU64),

  // Reference Instructions: a reference is 1 + the function's address
  'ref.func': (m) => {
    m.stack.I[m.place(0)] = m.here.functionAt(m.word(1)).address + 1;
  },

  // Memory Instructions: the size is charged first, then the bounds are checked.
  'memory.fill': (m) => {
    const memory = m.here.memoryZero;
    const type = memory.type.limits.addressType;
    const size = m.address(2, type);
    m.meter.chargeUnits(size);
    memory.fill(m.address(0, type), m.u32(1) & 0xff, size);
  },
  'memory.copy': (m) => {
    const memory = m.here.memoryZero;
    const type = memory.type.limits.addressType;
    const size = m.address(2, type);
    m.meter.chargeUnits(size);
    memory.copy(m.address(0, type), m.address(1, type), size);
  },
  'memory.init': (m) => {
    const memory = m.here.memoryZero;
    const size = m.u32(2);
    m.meter.chargeUnits(size);
    const bytes = m.here.dataBytes(m.word(3));
    const from = m.u32(1);
    if (from + size > bytes.length) throw new WasmTrap('memory-out-of-bounds');
    memory.store(m.address(0, memory.type.limits.addressType), bytes.subarray(from, from + size));
  },
  'data.drop': (m) => {
    m.here.dropData(m.word(0));
  },

  // Table Instructions: the same
  'table.get': (m) => {
    const table = m.here.tableAt(m.word(2));
    m.stack.I[m.place(0)] = table.load(m.address(1, table.type.limits.addressType));
  },
  'table.set': (m) => {
    const table = m.here.tableAt(m.word(2));
    table.store(m.address(0, table.type.limits.addressType), m.stack.I[m.place(1)] as number);
  },
  'table.size': (m) => {
    m.setAddress(0, m.here.tableAt(m.word(1)).length);
  },
  'table.grow': (m) => {
    const table = m.here.tableAt(m.word(3));
    const delta = m.address(2, table.type.limits.addressType);
    m.setAddress(0, table.grow(delta, m.stack.I[m.place(1)] as number));
  },
  'table.fill': (m) => {
    const table = m.here.tableAt(m.word(3));
    const type = table.type.limits.addressType;
    const size = m.address(2, type);
    m.meter.chargeUnits(size);
    table.fill(m.address(0, type), m.stack.I[m.place(1)] as number, size);
  },
  'table.copy': (m) => {
    const to = m.here.tableAt(m.word(3));
    const from = m.here.tableAt(m.word(4));
    const [toType, fromType] = [to.type.limits.addressType, from.type.limits.addressType];
    const size = m.address(2, smaller(toType, fromType));
    m.meter.chargeUnits(size);
    to.copy(m.address(0, toType), from, m.address(1, fromType), size);
  },
  'table.init': (m) => {
    const table = m.here.tableAt(m.word(4));
    const size = m.u32(2);
    m.meter.chargeUnits(size);
    table.init(m.address(0, table.type.limits.addressType), m.here.elementReferences(m.word(3)), m.u32(1), size);
  },
  'elem.drop': (m) => {
    m.here.dropElements(m.word(0));
  },
};

const ALL: readonly (readonly [string, Handler])[] = [
  ...Object.entries(SCALAR_HANDLERS),
  ...Object.entries(MEMORY_VECTOR_HANDLERS),
];

/** Handlers by their number in the code. */
export const HANDLERS: readonly Handler[] = ALL.map(([, handler]) => handler);

/** The number of an instruction's handler. */
export const HANDLER_NUMBERS: ReadonlyMap<string, number> = new Map(
  ALL.map(([mnemonic], number) => [mnemonic, number]),
);
