// spec-shaped: ic0.env_var_value_copy — canister-interface.md#environment-variables

import { copyToCanister } from '../blobs.js';
import type { Execution } from '../execution.js';
import { environmentVariableNamed } from './support/environment-variables.js';

/** Copies a part of the value of an environment variable. */
export function envVarValueCopy(
  es: Execution,
  nameSrc: bigint,
  nameSize: bigint,
  dst: bigint,
  offset: bigint,
  size: bigint,
): void {
  // arguments
  const variable = environmentVariableNamed(es, nameSrc, nameSize);
  // effect
  copyToCanister(es, dst, offset, size, variable.valueBytes);
}
