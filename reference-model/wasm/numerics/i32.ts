// spec-shaped: 32-bit integer operations that can trap — WebAssembly "Numerics: Integer Operations"

import { WasmTrap } from '../runtime/trap.js';

const MIN_I32 = -0x80000000;

/** @throws WasmTrap 'integer-divide-by-zero', 'integer-overflow' */
export function divideSigned(x: number, y: number): number {
  if (y === 0) throw new WasmTrap('integer-divide-by-zero');
  if (x === MIN_I32 && y === -1) throw new WasmTrap('integer-overflow');
  return (x / y) | 0;
}

/** @throws WasmTrap 'integer-divide-by-zero' */
export function divideUnsigned(x: number, y: number): number {
  if (y === 0) throw new WasmTrap('integer-divide-by-zero');
  return ((x >>> 0) / (y >>> 0)) | 0;
}

/** @throws WasmTrap 'integer-divide-by-zero' */
export function remainderSigned(x: number, y: number): number {
  if (y === 0) throw new WasmTrap('integer-divide-by-zero');
  return (x % y) | 0;
}

/** @throws WasmTrap 'integer-divide-by-zero' */
export function remainderUnsigned(x: number, y: number): number {
  if (y === 0) throw new WasmTrap('integer-divide-by-zero');
  return ((x >>> 0) % (y >>> 0)) | 0;
}
