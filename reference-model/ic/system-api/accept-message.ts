// spec-shaped: ic0.accept_message — canister-interface.md#system-api-inspect-message

import { trap, type Execution } from '../execution.js';

/** Accepts the ingress message. */
export function acceptMessage(es: Execution): void {
  // context
  if (es.messageAccepted) trap('the message is accepted already');
  // effect
  es.messageAccepted = true;
}
