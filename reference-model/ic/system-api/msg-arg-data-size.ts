// spec-shaped: ic0.msg_arg_data_size — canister-interface.md#method-arguments

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Size of the argument: of the call, of the installation, or the reply. */
export function msgArgDataSize(es: Execution): bigint {
  // result
  return sizeOf(es.params.arg);
}
