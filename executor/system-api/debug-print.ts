// spec-shaped: ic0.debug_print — canister-interface.md#debugging-aids
import type { Execution } from '../execution.js';
import type { Address } from './blobs.js';
import { appendLog, logData } from './logging.js';

/** Appends to the canister log. Never traps. */
export function debugPrint(execution: Execution, src: Address, size: Address): void {
  appendLog(execution.canister, logData(execution, src, size), execution.profile.limits);
}
