// spec-shaped: ic0.msg_reject_msg_size — canister-interface.md#method-arguments

import { NO_REJECT } from '../../../spec/reject-codes.js';
import { sizeOf } from '../blobs.js';
import { trap, type Execution } from '../execution.js';

/** Size of the reject message. */
export function msgRejectMsgSize(es: Execution): bigint {
  // context
  if (es.params.rejectCode === NO_REJECT) trap('there is no reject message');
  // result
  return sizeOf(es.params.rejectMessage);
}
