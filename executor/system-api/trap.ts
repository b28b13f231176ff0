// spec-shaped: ic0.trap — canister-interface.md#debugging-aids
import type { Execution } from '../execution.js';
import { CanisterTrap } from '../trap.js';
import { utf8Lossy, type Address } from './blobs.js';
import { appendLog, logData } from './logging.js';

/** Appends to the canister log and traps. */
export function trapCall(execution: Execution, src: Address, size: Address): never {
  const data = logData(execution, src, size);
  appendLog(execution.canister, data, execution.profile.limits);
  throw new CanisterTrap('explicit', utf8Lossy(data));
}
