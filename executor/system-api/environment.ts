// plumbing: how environment variables are found — canister-interface.md#environment-variables
import type { Execution } from '../execution.js';
import type { Blob, EnvironmentVariable } from '../state.js';
import { systemCallTrap } from '../trap.js';
import { copyIn, utf8, type Address } from './blobs.js';

/** @throws CanisterTrap when the index is out of bounds */
export function variableAt({ canister }: Execution, index: Address): EnvironmentVariable {
  return canister.settings.environmentVariables[index] ?? systemCallTrap('no environment variable at the index');
}

/** The variable of that name, or undefined. @throws CanisterTrap when the name is too long, out of bounds or not UTF-8 */
export function variableNamed(execution: Execution, src: Address, size: Address): EnvironmentVariable | undefined {
  if (size > execution.profile.limits.environmentVariableNameBytes) systemCallTrap('the name is too long');
  const name = utf8(copyIn(execution, src, size));
  if (name === undefined) systemCallTrap('the name is not valid UTF-8');
  return execution.canister.settings.environmentVariables.find((variable) => variable.name === name);
}

/** The value of that name. @throws CanisterTrap when there is none */
export function valueNamed(execution: Execution, src: Address, size: Address): Blob {
  return variableNamed(execution, src, size)?.value ?? systemCallTrap('no environment variable of the name');
}
