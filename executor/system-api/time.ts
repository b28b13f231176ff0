// spec-shaped: ic0.time — canister-interface.md#system-api-time
import type { Execution } from '../execution.js';

/** Nanoseconds since 1970-01-01; constant within an execution. */
export function time(execution: Execution): bigint {
  return execution.subnet.time;
}
