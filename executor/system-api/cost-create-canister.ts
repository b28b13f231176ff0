// spec-shaped: ic0.cost_create_canister — canister-interface.md#system-api-cycle-cost
import type { Execution } from '../execution.js';
import { copyCycles, type Address } from './blobs.js';

/** The cost of creating a canister. */
export function costCreateCanister(execution: Execution, dst: Address): void {
  copyCycles(execution, dst, execution.profile.fees.createCanister);
}
