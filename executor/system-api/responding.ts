// plumbing: what msg_reply_data_append, msg_reply and msg_reject have in common — canister-interface.md#responding
import { ENTRY_POINTS } from '../../spec/vocabulary/entry-point.js';
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';

/** @throws CanisterTrap unless the call still needs to be responded to */
export function checkMayRespond(execution: Execution): void {
  if (!execution.mayRespond || execution.response !== undefined) {
    systemCallTrap('the call does not need to be responded to');
  }
}

const NON_REPLICATED = new Set(['NRQ', 'TQ', 'CQ', 'CRy', 'CRt']);

/** Most bytes of reply data. */
export function mostReplyBytes({ entryPoint, profile: { limits } }: Execution): number {
  return NON_REPLICATED.has(ENTRY_POINTS[entryPoint]) ? limits.queryReplyBytes : limits.replyBytes;
}
