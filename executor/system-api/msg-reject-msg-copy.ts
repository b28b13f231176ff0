// spec-shaped: ic0.msg_reject_msg_copy — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the reject message into the memory. */
export function msgRejectMsgCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, execution.rejectMessage);
}
