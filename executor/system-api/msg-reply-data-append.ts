// spec-shaped: ic0.msg_reply_data_append — canister-interface.md#responding
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';
import { copyIn, type Address } from './blobs.js';
import { checkMayRespond, mostReplyBytes } from './responding.js';

/** Appends to the reply that is being assembled. */
export function msgReplyDataAppend(execution: Execution, src: Address, size: Address): void {
  // The call must still need a response; only then are the data looked at.
  checkMayRespond(execution);
  const data = copyIn(execution, src, size);
  if (execution.replyBytes + data.length > mostReplyBytes(execution)) systemCallTrap('the reply is too large');
  execution.replyParts.push(data);
  execution.replyBytes += data.length;
}
