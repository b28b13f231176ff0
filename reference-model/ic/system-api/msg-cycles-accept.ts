// spec-shaped: ic0.msg_cycles_accept — canister-interface.md#system-api-cycles

import type { Execution } from '../execution.js';
import { acceptCycles } from './support/accept-cycles.js';

/** Moves cycles from the call to the balance, as many as possible up to `maxAmount`. */
export function msgCyclesAccept(es: Execution, maxAmount: bigint): bigint {
  // effect, result
  return acceptCycles(es, maxAmount);
}
