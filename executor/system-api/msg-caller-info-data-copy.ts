// spec-shaped: ic0.msg_caller_info_data_copy — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of what the issuer of the canister signature says about the caller into the memory. */
export function msgCallerInfoDataCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, execution.info.data);
}
