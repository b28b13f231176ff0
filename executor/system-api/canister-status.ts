// spec-shaped: ic0.canister_status — canister-interface.md#system-api-canister-status
import type { Execution } from '../execution.js';

/** 1 running, 2 stopping, 3 stopped. */
export function canisterStatus(execution: Execution): number {
  return { running: 1, stopping: 2, stopped: 3 }[execution.canister.status];
}
