// spec-shaped: ic0.env_var_name_copy — canister-interface.md#environment-variables

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';
import { environmentVariableAt } from './support/environment-variables.js';

/** Copies a part of the name of an environment variable. */
export function envVarNameCopy(es: Execution, index: bigint, dst: bigint, offset: bigint, size: bigint): void {
  // arguments
  const variable = environmentVariableAt(es, index);
  // effect
  copyToCanister(es, dst, offset, size, variable.nameBytes);
}
