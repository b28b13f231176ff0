// spec-shaped: ic0.env_var_count — canister-interface.md#environment-variables

import type { Execution } from '../execution.js';

/** How many environment variables the canister has. */
export function envVarCount(es: Execution): bigint {
  // result
  return BigInt(es.canister.settings.environmentVariables.length);
}
