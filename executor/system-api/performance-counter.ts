// spec-shaped: ic0.performance_counter — canister-interface.md#system-api-performance-counter
import type { Execution } from '../execution.js';
import { systemCallTrap } from '../trap.js';

/** Instructions so far: 0 of this execution, 1 of the call context. */
export function performanceCounter(execution: Execution, type: number): bigint {
  const used = execution.limit - execution.instance.remaining();
  const instructions = BigInt(Math.min(used, execution.limit));
  switch (type) {
    case 0:
      return instructions;
    case 1:
      return execution.earlier + instructions;
    default:
      return systemCallTrap('there is no such performance counter');
  }
}
