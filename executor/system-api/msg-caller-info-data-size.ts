// spec-shaped: ic0.msg_caller_info_data_size — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';

/** The size of what the issuer of the canister signature says about the caller, in bytes. */
export function msgCallerInfoDataSize(execution: Execution): number {
  return execution.info.data.length;
}
