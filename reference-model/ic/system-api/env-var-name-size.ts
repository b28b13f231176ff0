// spec-shaped: ic0.env_var_name_size — canister-interface.md#environment-variables

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';
import { environmentVariableAt } from './support/environment-variables.js';

/** Size of the name of an environment variable. */
export function envVarNameSize(es: Execution, index: bigint): bigint {
  // arguments
  const variable = environmentVariableAt(es, index);
  // result
  return sizeOf(variable.nameBytes);
}
