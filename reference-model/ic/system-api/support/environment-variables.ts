// spec-shaped: finding an environment variable — canister-interface.md#environment-variables

import { copyFromCanister } from '../../blobs.js';
import { trap, type Execution } from '../../execution.js';
import { decodeText } from '../../text.js';
import type { EnvironmentVariable } from '../../state.js';

/** The variable at an index in the order of names; traps when there are not so many. */
export function environmentVariableAt(es: Execution, index: bigint): EnvironmentVariable {
  const variables = es.canister.settings.environmentVariables;
  const variable = index < BigInt(variables.length) ? variables[Number(index)] : undefined;
  return variable ?? trap(`there is no environment variable ${index}`);
}

/** The variable whose name stands in memory, if there is one; traps when that is no name. */
export function findEnvironmentVariable(
  es: Execution,
  nameSrc: bigint,
  nameSize: bigint,
): EnvironmentVariable | undefined {
  const limit = es.profile.limits.environmentVariableNameBytes;
  if (nameSize > BigInt(limit)) trap(`the name is longer than ${limit} bytes`);
  const name = decodeText(copyFromCanister(es, nameSrc, nameSize));
  if (name === undefined) return trap('the name is not UTF-8');
  return es.canister.settings.environmentVariables.find((variable) => variable.name === name);
}

/** The variable whose name stands in memory; traps when there is none. */
export function environmentVariableNamed(es: Execution, nameSrc: bigint, nameSize: bigint): EnvironmentVariable {
  return findEnvironmentVariable(es, nameSrc, nameSize) ?? trap('there is no environment variable of that name');
}
