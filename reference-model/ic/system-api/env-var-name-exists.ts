// spec-shaped: ic0.env_var_name_exists — canister-interface.md#environment-variables

import type { Execution } from '../execution.js';
import { findEnvironmentVariable } from './support/environment-variables.js';

/** 1 when there is an environment variable of that name, else 0. */
export function envVarNameExists(es: Execution, nameSrc: bigint, nameSize: bigint): bigint {
  // arguments
  const variable = findEnvironmentVariable(es, nameSrc, nameSize);
  // result
  return variable === undefined ? 0n : 1n;
}
