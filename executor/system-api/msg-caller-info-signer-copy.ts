// spec-shaped: ic0.msg_caller_info_signer_copy — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the principal of the canister that signed for the caller into the memory. */
export function msgCallerInfoSignerCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, execution.info.signer);
}
