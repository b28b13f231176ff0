// spec-shaped: ic0.performance_counter — canister-interface.md#system-api-performance-counter

import { min } from '../blobs.js';
import { trap, type Execution } from '../execution.js';

/** 0: instructions of this execution; 1: of this call context. */
export function performanceCounter(es: Execution, counterType: bigint): bigint {
  // arguments
  if (counterType !== 0n && counterType !== 1n) trap(`there is no performance counter ${counterType}`);
  // result
  const used = min(es.instance.meter.used, es.instance.meter.limit);
  return counterType === 0n ? used : es.instructionsBefore + used;
}
