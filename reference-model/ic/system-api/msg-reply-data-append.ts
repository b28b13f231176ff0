// spec-shaped: ic0.msg_reply_data_append — canister-interface.md#responding

import { copyFromCanister } from '../blobs.js';
import { trap, type Execution } from '../execution.js';
import { mayRespond } from './support/responding.js';

/** Appends to the reply under construction. */
export function msgReplyDataAppend(es: Execution, src: bigint, size: bigint): void {
  // context
  mayRespond(es);
  // arguments
  const data = copyFromCanister(es, src, size);
  if (es.replyData.length + data.length > es.replyBytes) trap(`the reply is larger than ${es.replyBytes} bytes`);
  // effect
  es.replyData.append(data);
}
