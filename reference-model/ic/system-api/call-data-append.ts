// spec-shaped: ic0.call_data_append — canister-interface.md#system-api-call

import { copyFromCanister } from '../blobs.js';
import { trap, type Execution } from '../execution.js';
import { pendingCall } from './support/calls.js';

/** Appends to the argument of the call under construction. */
export function callDataAppend(es: Execution, src: bigint, size: bigint): void {
  // context
  const call = pendingCall(es);
  // arguments
  const data = copyFromCanister(es, src, size);
  const limit = es.profile.limits.callBytes;
  if (call.arg.length + data.length > limit) trap(`the argument is larger than ${limit} bytes`);
  // effect
  call.arg.append(data);
}
