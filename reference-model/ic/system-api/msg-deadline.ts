// spec-shaped: ic0.msg_deadline — canister-interface.md#method-arguments

import type { Execution } from '../execution.js';

/** The deadline after which the caller may stop waiting, or 0. */
export function msgDeadline(es: Execution): bigint {
  // result
  return es.params.deadline;
}
