// spec-shaped: ic0.env_var_count — canister-interface.md#environment-variables
import type { Execution } from '../execution.js';

/** The number of environment variables. */
export function envVarCount(execution: Execution): number {
  return execution.canister.settings.environmentVariables.length;
}
