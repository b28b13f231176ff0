// spec-shaped: ic0.msg_arg_data_copy — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the argument; in a reply callback that is the reply into the memory. */
export function msgArgDataCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, execution.arg);
}
