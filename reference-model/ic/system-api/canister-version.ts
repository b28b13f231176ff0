// spec-shaped: ic0.canister_version — canister-interface.md#system-api-canister-version

import type { Execution } from '../execution.js';

/** The canister version before this execution changes it; that of the new code in an installation. */
export function canisterVersion(es: Execution): bigint {
  // result
  return es.env.version;
}
