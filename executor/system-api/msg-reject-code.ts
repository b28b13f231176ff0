// spec-shaped: ic0.msg_reject_code — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';

/** The reject code of the response; 0 where it is a reply. */
export function msgRejectCode(execution: Execution): number {
  return execution.rejectCode;
}
