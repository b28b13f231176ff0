// plumbing: traps as exceptions inside the interpreter, and the outcome of an invocation — WebAssembly "Execution: Results"

import type { TrapKind } from '../../../spec/vocabulary/trap.js';

/** Aborts an execution. Host functions throw it, too. `detail` helps people and is never compared. */
export class WasmTrap extends Error {
  override readonly name = 'WasmTrap';
  constructor(
    readonly trap: TrapKind,
    readonly detail?: string,
  ) {
    super(detail === undefined ? trap : `${trap}: ${detail}`);
  }
}

/** A range outside a memory or a table, asked for by the host. The host decides which trap that is. */
export class OutOfBounds extends RangeError {
  override readonly name = 'OutOfBounds';
}

/** How an invocation ended. Results are raw bits (see runtime/values.ts). */
export type Outcome =
  | { readonly kind: 'returned'; readonly results: bigint[] }
  | { readonly kind: 'trapped'; readonly trap: TrapKind; readonly detail?: string };
