// spec-shaped: ic0.call_with_best_effort_response — canister-interface.md#system-api-call

import { min } from '../blobs.js';
import { trap, type Execution } from '../execution.js';
import { pendingCall } from './support/calls.js';

/** Turns the call under construction into a bounded-wait call. */
export function callWithBestEffortResponse(es: Execution, timeoutSeconds: bigint): void {
  // context
  const call = pendingCall(es);
  if (call.timeoutSeconds !== undefined) trap('the call has a timeout already');
  // effect
  call.timeoutSeconds = min(timeoutSeconds, es.profile.limits.callTimeoutSeconds);
}
