// spec-shaped: ic0.msg_caller_info_data_copy — canister-interface.md#method-arguments

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Copies a part of what the caller's canister signature says about the caller. */
export function msgCallerInfoDataCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  copyToCanister(es, dst, offset, size, es.params.callerInfoData);
}
