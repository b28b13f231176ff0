// spec-shaped: ic0.canister_self_copy — canister-interface.md#system-api-canister-self
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';

/** Copies a part of the canister's id into the memory. */
export function canisterSelfCopy(execution: Execution, dst: Address, offset: Address, size: Address): void {
  copyOut(execution, dst, offset, size, execution.canister.idBytes);
}
