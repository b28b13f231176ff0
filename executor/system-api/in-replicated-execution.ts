// spec-shaped: ic0.in_replicated_execution — canister-interface.md#system-api-replicated-execution-check
import { isReplicated, type Execution } from '../execution.js';

/** 1 in replicated executions, else 0. */
export function inReplicatedExecution(execution: Execution): number {
  return isReplicated(execution.entryPoint) ? 1 : 0;
}
