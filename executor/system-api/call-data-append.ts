// spec-shaped: ic0.call_data_append — canister-interface.md#system-api-call
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';
import { copyIn, type Address } from './blobs.js';
import { pendingCall } from './calls.js';

/** Appends to the argument of the call under construction. */
export function callDataAppend(execution: Execution, src: Address, size: Address): void {
  const pending = pendingCall(execution);
  const data = copyIn(execution, src, size);
  if (pending.argBytes + data.length > execution.profile.limits.callBytes) systemCallTrap('the argument is too large');
  pending.arg.push(data);
  pending.argBytes += data.length;
}
