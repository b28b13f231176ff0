// spec-shaped: ic0.call_on_cleanup — canister-interface.md#system-api-call

import { trap, type Execution } from '../execution.js';
import { pendingCall } from './support/calls.js';

/** Sets what runs when a callback of the call under construction traps. */
export function callOnCleanup(es: Execution, fun: bigint, env: bigint): void {
  // context
  const call = pendingCall(es);
  if (call.callback.onCleanup !== undefined) trap('the call has a cleanup callback already');
  // effect
  call.callback = { ...call.callback, onCleanup: { fun, env } };
}
