// spec-shaped: ic0.msg_arg_data_copy — canister-interface.md#method-arguments

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Copies a part of the argument: of the call, of the installation, or the reply. */
export function msgArgDataCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  copyToCanister(es, dst, offset, size, es.params.arg);
}
