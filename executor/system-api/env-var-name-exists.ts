// spec-shaped: ic0.env_var_name_exists — canister-interface.md#environment-variables
import type { Execution } from '../execution.js';
import type { Address } from './blobs.js';
import { variableNamed } from './environment.js';

/** 1 where there is a variable of the name, else 0. */
export function envVarNameExists(execution: Execution, nameSrc: Address, nameSize: Address): number {
  return variableNamed(execution, nameSrc, nameSize) === undefined ? 0 : 1;
}
