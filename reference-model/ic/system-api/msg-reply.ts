// spec-shaped: ic0.msg_reply — canister-interface.md#responding

import type { Execution } from '../execution.js';
import { mayRespond } from './support/responding.js';

/** Replies with the data that was appended. What is left of the cycles of the call goes back. */
export function msgReply(es: Execution): void {
  // context
  mayRespond(es);
  // effect
  es.response = { kind: 'reply', data: es.replyData.bytes() };
  es.cyclesRefunded = es.cyclesAvailable;
  es.cyclesAvailable = 0n;
}
