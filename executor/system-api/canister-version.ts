// spec-shaped: ic0.canister_version — canister-interface.md#system-api-canister-version
import type { Execution } from '../execution.js';

/** The canister version, as it was when the execution began. */
export function canisterVersion(execution: Execution): bigint {
  return execution.version;
}
