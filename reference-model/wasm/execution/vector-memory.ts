// spec-shaped: loads and stores of vectors, and i8x16.shuffle — WebAssembly "Execution: Vector Instructions"
//
// Operands in code: the result's place if there is one, the address's, the vector's, the offset, the lane.

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { SlotStack } from '../runtime/slots.js';
import { load as scalarLoad, outOfBounds, store as scalarStore } from './access.js';
import type { Handler, Machine } from './machine.js';
import { OP } from './opcodes.js';

/** A vector is two of them. */
const I64_LOAD = OP['i64.load'];
const I64_STORE = OP['i64.store'];

function effectiveAddress(m: Machine, address: number, offset: number): number {
  return m.address(address, m.here.memoryZero.type.limits.addressType) + (m.word(offset) >>> 0);
}

/** The bytes at the effective address. @throws WasmTrap 'memory-out-of-bounds' */
function loaded(m: Machine, address: number, offset: number, bytes: number): DataView {
  return m.here.memoryZero.load(effectiveAddress(m, address, offset), bytes);
}

/** @throws WasmTrap 'memory-out-of-bounds' */
function stored(m: Machine, address: number, offset: number, bytes: Uint8Array): void {
  m.here.memoryZero.store(effectiveAddress(m, address, offset), bytes);
}

/** Writes the words of a result. */
type Fill = (stack: SlotStack, d: number, view: DataView) => void;

const load = (bytes: number, fill: Fill): Handler => {
  return (m) => {
    fill(m.stack, m.place(0), loaded(m, 1, 2, bytes));
  };
};

/** load_lane: the vector with one lane replaced. */
const loadLane = (bytes: number): Handler => {
  return (m) => {
    const view = loaded(m, 1, 3, bytes);
    const { I, U8 } = m.stack;
    const [d, vector] = [m.place(0), m.place(2)];
    I.copyWithin(d, vector, vector + 4);
    U8.set(new Uint8Array(view.buffer, view.byteOffset, bytes), d * 4 + m.word(4) * bytes);
  };
};

const storeLane = (bytes: number): Handler => {
  return (m) => {
    const from = m.place(1) * 4 + m.word(3) * bytes;
    stored(m, 0, 2, m.stack.U8.slice(from, from + bytes));
  };
};

/** Bytes of memory in every lane. */
const splat = (bytes: number): Handler =>
  load(bytes, ({ U8 }, d, view) => {
    for (let k = 0; k < 16; k++) U8[d * 4 + k] = view.getUint8(k % bytes);
  });

/** Bytes of memory, then zeroes. */
const zero = (bytes: number): Handler =>
  load(bytes, ({ U8 }, d, view) => {
    for (let k = 0; k < 16; k++) U8[d * 4 + k] = k < bytes ? view.getUint8(k) : 0;
  });

/** The vector instructions that touch memory, and the one with sixteen immediates. */
export const MEMORY_VECTOR_HANDLERS: Partial<Record<Mnemonic, Handler>> = {
  'v128.load': (m) => {
    const memory = m.here.memoryZero;
    const ea = effectiveAddress(m, 1, 2);
    if (ea + 16 > memory.byteLength) throw outOfBounds();
    for (let half = 0; half < 2; half++) scalarLoad(memory, I64_LOAD, m.stack.I, m.place(0) + 2 * half, ea + 8 * half);
  },
  'v128.load8x8_s': load(8, ({ I16 }, d, view) => {
    for (let k = 0; k < 8; k++) I16[d * 2 + k] = view.getInt8(k);
  }),
  'v128.load8x8_u': load(8, ({ I16 }, d, view) => {
    for (let k = 0; k < 8; k++) I16[d * 2 + k] = view.getUint8(k);
  }),
  'v128.load16x4_s': load(8, ({ I }, d, view) => {
    for (let k = 0; k < 4; k++) I[d + k] = view.getInt16(2 * k, true);
  }),
  'v128.load16x4_u': load(8, ({ I }, d, view) => {
    for (let k = 0; k < 4; k++) I[d + k] = view.getUint16(2 * k, true);
  }),
  'v128.load32x2_s': load(8, ({ B }, d, view) => {
    for (let k = 0; k < 2; k++) B[(d >> 1) + k] = BigInt(view.getInt32(4 * k, true));
  }),
  'v128.load32x2_u': load(8, ({ B }, d, view) => {
    for (let k = 0; k < 2; k++) B[(d >> 1) + k] = BigInt(view.getUint32(4 * k, true));
  }),
  'v128.load8_splat': splat(1),
  'v128.load16_splat': splat(2),
  'v128.load32_splat': splat(4),
  'v128.load64_splat': splat(8),
  'v128.load32_zero': zero(4),
  'v128.load64_zero': zero(8),
  'v128.store': (m) => {
    const memory = m.here.memoryZero;
    const ea = effectiveAddress(m, 0, 2);
    if (ea + 16 > memory.byteLength) throw outOfBounds();
    for (let half = 0; half < 2; half++)
      scalarStore(memory, I64_STORE, m.stack.I, m.place(1) + 2 * half, ea + 8 * half);
  },
  'v128.load8_lane': loadLane(1),
  'v128.load16_lane': loadLane(2),
  'v128.load32_lane': loadLane(4),
  'v128.load64_lane': loadLane(8),
  'v128.store8_lane': storeLane(1),
  'v128.store16_lane': storeLane(2),
  'v128.store32_lane': storeLane(4),
  'v128.store64_lane': storeLane(8),

  'i8x16.shuffle': (m) => {
    const { U8 } = m.stack;
    const [d, a, b] = [m.place(0) * 4, m.place(1) * 4, m.place(2) * 4];
    // The result may be in the place of an operand.
    for (let k = 0; k < 16; k++) {
      OPERANDS[k] = U8[a + k] as number;
      OPERANDS[16 + k] = U8[b + k] as number;
    }
    for (let k = 0; k < 16; k++) U8[d + k] = OPERANDS[(m.word(3 + (k >> 2)) >>> (8 * (k & 3))) & 31] as number;
  },
};

/** The bytes of both operands of a shuffle. */
const OPERANDS = new Uint8Array(32);
