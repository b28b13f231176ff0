// spec-shaped: ic0.msg_deadline — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';

/** When the caller stops waiting, in nanoseconds since 1970-01-01; 0 where it waits without bound. */
export function msgDeadline(execution: Execution): bigint {
  return execution.deadline;
}
