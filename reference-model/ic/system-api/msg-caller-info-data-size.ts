// spec-shaped: ic0.msg_caller_info_data_size — canister-interface.md#method-arguments

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Size of what the caller's canister signature says about the caller. */
export function msgCallerInfoDataSize(es: Execution): bigint {
  // result
  return sizeOf(es.params.callerInfoData);
}
