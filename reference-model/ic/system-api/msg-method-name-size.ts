// spec-shaped: ic0.msg_method_name_size — canister-interface.md#system-api-inspect-message

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Size of the name of the method that the ingress message calls. */
export function msgMethodNameSize(es: Execution): bigint {
  // result
  return sizeOf(es.params.methodName);
}
