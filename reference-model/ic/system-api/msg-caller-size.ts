// spec-shaped: ic0.msg_caller_size — canister-interface.md#method-arguments

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Size of the caller. */
export function msgCallerSize(es: Execution): bigint {
  // result
  return sizeOf(es.params.caller);
}
