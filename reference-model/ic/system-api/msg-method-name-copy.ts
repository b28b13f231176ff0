// spec-shaped: ic0.msg_method_name_copy — canister-interface.md#system-api-inspect-message

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';

/** Copies a part of the name of the method that the ingress message calls. */
export function msgMethodNameCopy(es: Execution, dst: bigint, offset: bigint, size: bigint): void {
  // arguments, effect
  copyToCanister(es, dst, offset, size, es.params.methodName);
}
