// spec-shaped: when a call may be responded to — canister-interface.md#responding

import { trap, type Execution } from '../../execution.js';

/** Traps when there is no call, or it has been responded to by this execution or an earlier one. */
export function mayRespond(es: Execution): void {
  if (!es.needsToRespond || es.response !== undefined) trap('there is no call that needs a response');
}
