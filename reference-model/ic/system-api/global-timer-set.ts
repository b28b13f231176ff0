// spec-shaped: ic0.global_timer_set — canister-interface.md#global-timer

import type { Execution } from '../execution.js';

/** Sets the global timer, 0 deactivates it; the previous value. */
export function globalTimerSet(es: Execution, timestamp: bigint): bigint {
  // effect
  const previous = es.newGlobalTimer ?? es.env.globalTimer;
  es.newGlobalTimer = timestamp;
  // result
  return previous;
}
