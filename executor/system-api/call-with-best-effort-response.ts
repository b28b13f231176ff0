// spec-shaped: ic0.call_with_best_effort_response — canister-interface.md#system-api-call
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';
import { pendingCall } from './calls.js';

/** Makes the call under construction a bounded-wait call. */
export function callWithBestEffortResponse(execution: Execution, timeoutSeconds: number): void {
  const pending = pendingCall(execution);
  if (pending.timeoutSeconds !== undefined) systemCallTrap('the call has a timeout already');
  pending.timeoutSeconds = timeoutSeconds;
}
