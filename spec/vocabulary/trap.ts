// table: the kinds of trap that engines tell apart

/**
 * Why an execution was aborted. V8 does not tell an undefined element, a null element and a signature mismatch apart,
 * nor a NaN and a range error in a conversion, so neither does this table.
 */
export const TRAP_KINDS = [
  'unreachable',
  'integer-divide-by-zero',
  'integer-overflow',
  'float-to-integer',
  'memory-out-of-bounds',
  'table-out-of-bounds',
  'indirect-call',
  'stack-budget',
  'instruction-limit',
  /** A System API function used where the import table does not list it. */
  'system-call-unavailable',
  /** A System API function that traps for any other reason of its own. */
  'system-call',
  /** `ic0.trap`. */
  'explicit',
  /** The table has no function of type `(env : I) -> ()` at a callback's index. */
  'callback',
  /** After the execution the liquid balance would be negative (abstract-behavior.md#rule-message-execution). */
  'insufficient-cycles',
  /** After an update the Wasm memory is larger than `wasm_memory_limit`. */
  'wasm-memory-limit',
] as const;

export type TrapKind = (typeof TRAP_KINDS)[number];
