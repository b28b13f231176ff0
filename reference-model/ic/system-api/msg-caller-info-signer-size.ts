// spec-shaped: ic0.msg_caller_info_signer_size — canister-interface.md#method-arguments

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Size of the canister that signed for the caller. */
export function msgCallerInfoSignerSize(es: Execution): bigint {
  // result
  return sizeOf(es.params.callerInfoSigner);
}
