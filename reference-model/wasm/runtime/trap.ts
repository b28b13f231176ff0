// plumbing: traps as exceptions inside the interpreter, and the outcome of an invocation — WebAssembly "Execution: Results"

import type { TrapKind } from '../../../spec/vocabulary/trap.js';

/**
 * Aborts an execution. Host functions throw it, too. `detail` helps people and is never compared. Traps are everyday
 * outcomes of canisters, so they carry no stack trace of the interpreter: taking one costs more than most executions.
 */
export class WasmTrap extends Error {
  override readonly name = 'WasmTrap';
  readonly trap: TrapKind;
  readonly detail: string | undefined;

  constructor(trap: TrapKind, detail?: string) {
    const depth = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(detail === undefined ? trap : `${trap}: ${detail}`);
    Error.stackTraceLimit = depth;
    this.trap = trap;
    this.detail = detail;
  }
}

/** A range outside a memory or a table, asked for by the host. The host decides which trap that is. */
export class OutOfBounds extends RangeError {
  override readonly name = 'OutOfBounds';
}

/** How an invocation ended. Results are raw bits (see runtime/slots.ts). */
export type Outcome =
  | { readonly kind: 'returned'; readonly results: bigint[] }
  | { readonly kind: 'trapped'; readonly trap: TrapKind; readonly detail?: string };
