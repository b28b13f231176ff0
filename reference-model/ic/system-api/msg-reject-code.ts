// spec-shaped: ic0.msg_reject_code — canister-interface.md#method-arguments

import type { Execution } from '../execution.js';

/** The reject code, or 0 when there is no reject. */
export function msgRejectCode(es: Execution): bigint {
  // result
  return BigInt(es.params.rejectCode);
}
