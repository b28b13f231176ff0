// spec-shaped: ic0.global_timer_set — canister-interface.md#global-timer
import type { Execution } from '../execution.js';

/** Sets the global timer; 0 deactivates it. @returns the value before */
export function globalTimerSet(execution: Execution, timestamp: bigint): bigint {
  const previous = execution.canister.globalTimer;
  execution.canister.globalTimer = timestamp;
  return previous;
}
