// spec-shaped: ic0.msg_arg_data_size — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';

/** The size of the argument; in a reply callback that is the reply, in bytes. */
export function msgArgDataSize(execution: Execution): number {
  return execution.arg.length;
}
