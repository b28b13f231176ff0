// spec-shaped: ic0.msg_caller_size — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';

/** The size of the caller's principal, in bytes. */
export function msgCallerSize(execution: Execution): number {
  return execution.caller.length;
}
