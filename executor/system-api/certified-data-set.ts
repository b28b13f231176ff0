// spec-shaped: ic0.certified_data_set — canister-interface.md#system-api-certified-data
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';
import { copyIn, type Address } from './blobs.js';

/** Sets the certified data. */
export function certifiedDataSet(execution: Execution, src: Address, size: Address): void {
  const data = copyIn(execution, src, size);
  if (data.length > execution.profile.limits.certifiedDataBytes) systemCallTrap('the certified data are too large');
  execution.canister.certifiedData = data;
}
