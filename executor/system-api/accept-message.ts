// spec-shaped: ic0.accept_message — canister-interface.md#system-api-inspect-message
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';

/** Accepts the inspected message. */
export function acceptMessage(execution: Execution): void {
  if (execution.messageAccepted) systemCallTrap('the message is accepted already');
  execution.messageAccepted = true;
}
