// spec-shaped: ic0.msg_caller_copy — canister-interface.md#method-arguments
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the caller's principal into the memory. */
export function msgCallerCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, execution.caller);
}
