// spec-shaped: ic0.msg_caller_info_signer_copy — canister-interface.md#method-arguments

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Copies a part of the canister that signed for the caller. */
export function msgCallerInfoSignerCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  copyToCanister(es, dst, offset, size, es.params.callerInfoSigner);
}
