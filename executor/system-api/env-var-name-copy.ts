// spec-shaped: ic0.env_var_name_copy — canister-interface.md#environment-variables
import type { Execution } from '../execution.js';
import { copyOut, type Address } from './blobs.js';
import { variableAt } from './environment.js';

/** Copies a part of the name of the variable at an index into the memory. */
export function envVarNameCopy(
  execution: Execution,
  index: Address,
  dst: Address,
  offset: Address,
  size: Address,
): void {
  copyOut(execution, dst, offset, size, variableAt(execution, index).nameBytes);
}
