// spec-shaped: ic0.env_var_value_copy — canister-interface.md#environment-variables
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';
import { valueNamed } from './environment.js';

/** Copies a part of the value of the variable of a name into the memory. */
export function envVarValueCopy(
  execution: Execution,
  nameSrc: Address,
  nameSize: Address,
  dst: Address,
  offset: Address,
  size: Address,
): void {
  copyOut(execution, dst, offset, size, valueNamed(execution, nameSrc, nameSize));
}
