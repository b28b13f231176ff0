// spec-shaped: ic0.msg_cycles_accept — canister-interface.md#system-api-cycles
import type { Execution } from '../execution.js';
import { acceptCycles } from './cycles.js';

/** Moves cycles from the call to the balance. @returns how many */
export function msgCyclesAccept(execution: Execution, most: bigint): bigint {
  return acceptCycles(execution, most);
}
