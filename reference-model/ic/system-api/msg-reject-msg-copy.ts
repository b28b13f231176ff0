// spec-shaped: ic0.msg_reject_msg_copy — canister-interface.md#method-arguments

import { NO_REJECT } from '../../../spec/reject-codes.js';
import { copyToCanister } from '../blobs.js';
import { trap, type Execution } from '../execution.js';

/** Copies a part of the reject message. */
export function msgRejectMsgCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // context
  if (es.params.rejectCode === NO_REJECT) trap('there is no reject message');
  // arguments, effect
  copyToCanister(es, dst, offset, size, es.params.rejectMessage);
}
