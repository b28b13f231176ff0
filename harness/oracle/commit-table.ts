// table: what an execution may leave behind, by entry point — canister-interface.md#entry-points, abstract-behavior.md#rule-message-execution
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { CanisterDigest } from '../../spec/vocabulary/record.js';

/** The parts of a canister's state that executions write, by their name in a CanisterDigest. */
export const STATE_FIELDS = [
  'wasmMemory', 'wasmPages', 'globals', 'tables', 'droppedSegments', 'stableMemory', 'stablePages', 'certifiedData', 'globalTimer',
] as const satisfies readonly (keyof CanisterDigest)[]; // prettier-ignore
export type StateField = (typeof STATE_FIELDS)[number];

const ALL: readonly StateField[] = STATE_FIELDS;

/**
 * What an execution that returned commits. An install is one unit: what is listed for its executions may change when the
 * whole succeeds. Nothing is committed by an execution that trapped, nor by one that is not listed here as writing.
 */
export const COMMITTED_ON_RETURN: Readonly<Record<EntryPoint, readonly StateField[]>> = {
  start: ALL,
  canister_init: ALL,
  canister_post_upgrade: ALL,
  canister_pre_upgrade: ALL,
  canister_update: ALL,
  'canister_query replicated': [],
  canister_query: [],
  'canister_query below': [],
  'canister_query transform': [],
  canister_composite_query: [],
  'canister_composite_query below': [],
  'reply callback': ALL,
  'reject callback': ALL,
  'composite reply callback': [],
  'composite reject callback': [],
  'cleanup callback after reply': ALL,
  'cleanup callback after reject': ALL,
  'composite cleanup callback after reply': [],
  'composite cleanup callback after reject': [],
  canister_inspect_message: [],
  canister_heartbeat: ALL,
  canister_global_timer: ALL,
  canister_on_low_wasm_memory: ALL,
};

/** The System API functions without which a field cannot change in an execution; fields of the Wasm state change by plain code. */
export const WRITERS: Readonly<
  Record<'stableMemory' | 'stablePages' | 'certifiedData' | 'globalTimer', readonly string[]>
> = {
  stableMemory: ['stable_write', 'stable64_write'],
  stablePages: ['stable_grow', 'stable64_grow'],
  certifiedData: ['certified_data_set'],
  globalTimer: ['global_timer_set'],
};

/** Entry points of executions outside replicated execution: they leave no trace at all. */
export const NON_REPLICATED: ReadonlySet<EntryPoint> = new Set<EntryPoint>([
  'canister_query',
  'canister_query below',
  'canister_query transform',
  'canister_composite_query',
  'canister_composite_query below',
  'composite reply callback',
  'composite reject callback',
  'composite cleanup callback after reply',
  'composite cleanup callback after reject',
  'canister_inspect_message',
]);
