// spec-shaped: ic0.env_var_name_size — canister-interface.md#environment-variables
import type { Execution } from '../execution.js';
import type { Address } from './blobs.js';
import { variableAt } from './environment.js';

/** The size of the name of the variable at an index, in bytes. */
export function envVarNameSize(execution: Execution, index: Address): number {
  return variableAt(execution, index).nameBytes.length;
}
