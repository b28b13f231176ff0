// spec-shaped: ic0.msg_reject_msg_size — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';

/** The size of the reject message, in bytes. */
export function msgRejectMsgSize(execution: Execution): number {
  return execution.rejectMessage.length;
}
