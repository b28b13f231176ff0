// spec-shaped: ic0.msg_reject — canister-interface.md#responding
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';
import { copyIn, utf8, type Address } from './blobs.js';
import { checkMayRespond } from './responding.js';

/** Rejects the call; assembled reply data are dropped. */
export function msgReject(execution: Execution, src: Address, size: Address): void {
  checkMayRespond(execution);
  const data = copyIn(execution, src, size);
  if (data.length > execution.profile.limits.replyBytes) systemCallTrap('the reject message is too large');
  const message = utf8(data) ?? systemCallTrap('the reject message is not valid UTF-8');
  execution.response = { kind: 'reject', message };
}
