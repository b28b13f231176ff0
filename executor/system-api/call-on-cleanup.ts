// spec-shaped: ic0.call_on_cleanup — canister-interface.md#system-api-call
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';
import { pendingCall } from './calls.js';

/** Names the function that runs when a callback of the call traps. */
export function callOnCleanup(execution: Execution, fun: bigint, env: bigint): void {
  const pending = pendingCall(execution);
  if (pending.onCleanup !== undefined) systemCallTrap('the call has a cleanup callback already');
  pending.onCleanup = { fun, env };
}
