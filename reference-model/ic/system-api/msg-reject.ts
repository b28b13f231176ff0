// spec-shaped: ic0.msg_reject — canister-interface.md#responding

import { REJECT_CODES } from '../../../spec/reject-codes.js';
import { copyFromCanister } from '../blobs.js';
import { trap, type Execution } from '../execution.js';
import { decodeText } from '../text.js';
import { mayRespond } from './support/responding.js';

/** Rejects the call with CANISTER_REJECT. What is left of the cycles of the call goes back. */
export function msgReject(es: Execution, src: bigint, size: bigint): void {
  // context
  mayRespond(es);
  // arguments
  const bytes = copyFromCanister(es, src, size);
  const limit = es.profile.limits.replyBytes;
  if (bytes.length > limit) trap(`the reject message is larger than ${limit} bytes`);
  const message = decodeText(bytes);
  if (message === undefined) return trap('the reject message is not UTF-8');
  // effect
  es.response = { kind: 'reject', code: REJECT_CODES.CANISTER_REJECT, message };
  es.cyclesRefunded = es.cyclesAvailable;
  es.cyclesAvailable = 0n;
}
