// spec-shaped: vector instructions without memory — WebAssembly "Execution: Vector Instructions"

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { SlotStack } from '../runtime/slots.js';

/** `d` is the place of the result; `a`, `b` and `c` of the operands; `lane` is the immediate. */
export type VectorHandler = (stack: SlotStack, d: number, a: number, b: number, c: number, lane: number) => void;

const ALL: readonly (readonly [Mnemonic, VectorHandler])[] = [];

/** Handlers by their number in the code. */
export const VECTOR_HANDLERS: readonly VectorHandler[] = ALL.map(([, handler]) => handler);

/** The number of an instruction's handler. */
export const VECTOR_HANDLER_NUMBERS: ReadonlyMap<string, number> = new Map(
  ALL.map(([mnemonic], number) => [mnemonic, number]),
);
