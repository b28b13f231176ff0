// spec-shaped: ic0.msg_caller_info_signer_size — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';

/** The size of the principal of the canister that signed for the caller, in bytes. */
export function msgCallerInfoSignerSize(execution: Execution): number {
  return execution.info.signer.length;
}
