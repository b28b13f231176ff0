// spec-shaped: ic0.env_var_value_size — canister-interface.md#environment-variables

import { sizeOf } from '../blobs.js';
import type { Execution } from '../execution.js';
import { environmentVariableNamed } from './support/environment-variables.js';

/** Size of the value of an environment variable. */
export function envVarValueSize(es: Execution, nameSrc: bigint, nameSize: bigint): bigint {
  // arguments
  const variable = environmentVariableNamed(es, nameSrc, nameSize);
  // result
  return sizeOf(variable.valueBytes);
}
