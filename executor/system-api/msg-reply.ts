// spec-shaped: ic0.msg_reply — canister-interface.md#responding
import type { Execution } from '../execution.js';
import { checkMayRespond } from './responding.js';

/** Replies with the assembled data. */
export function msgReply(execution: Execution): void {
  checkMayRespond(execution);
  execution.response = { kind: 'reply', data: Buffer.concat(execution.replyParts) };
}
