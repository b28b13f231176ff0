// spec-shaped: ic0.env_var_value_size — canister-interface.md#environment-variables
import type { Execution } from '../execution.js';
import type { Address } from './blobs.js';
import { valueNamed } from './environment.js';

/** The size of the value of the variable of a name, in bytes. */
export function envVarValueSize(execution: Execution, nameSrc: Address, nameSize: Address): number {
  return valueNamed(execution, nameSrc, nameSize).length;
}
