// spec-shaped: ic0.debug_print — canister-interface.md#debugging-aids

import type { Execution } from '../execution.js';
import { appendToLog, printable } from './support/log.js';

/** Appends to the log of the canister. Never traps. */
export function debugPrint(es: Execution, src: bigint, size: bigint): void {
  // effect
  appendToLog(es, printable(es, src, size));
}
