// spec-shaped: ic0.canister_self_size — canister-interface.md#system-api-canister-self
import type { Execution } from '../execution.js';

/** The size of the canister's id, in bytes. */
export function canisterSelfSize(execution: Execution): number {
  return execution.canister.idBytes.length;
}
