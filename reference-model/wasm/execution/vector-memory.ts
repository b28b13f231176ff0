// spec-shaped: loads and stores of vectors — WebAssembly "Execution: Vector Instructions"

import type { Mnemonic } from '../../../spec/wasm/instructions.js';
import type { Handler } from './machine.js';

/** The vector instructions that touch memory. */
export const MEMORY_VECTOR_HANDLERS: Partial<Record<Mnemonic, Handler>> = {};
