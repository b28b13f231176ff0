// spec-shaped: ic0.in_replicated_execution — canister-interface.md#system-api-replicated-execution-check

import type { Execution } from '../execution.js';
import { REPLICATED } from './support/replicated.js';

/** 1 in replicated execution, else 0. */
export function inReplicatedExecution(es: Execution): bigint {
  // result
  return REPLICATED.has(es.context) ? 1n : 0n;
}
