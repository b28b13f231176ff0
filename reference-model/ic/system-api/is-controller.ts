// spec-shaped: ic0.is_controller — canister-interface.md#system-api-controller-check

import { copyFromCanister } from '../blobs.js';
import { trap, type Execution } from '../execution.js';
import { principalOf } from '../text.js';
import { MAX_PRINCIPAL_BYTES } from './support/calls.js';

/** 1 when the principal is a controller of the canister, else 0. */
export function isController(es: Execution, src: bigint, size: bigint): bigint {
  // arguments
  const bytes = copyFromCanister(es, src, size);
  if (bytes.length > MAX_PRINCIPAL_BYTES) trap(`a principal has at most ${MAX_PRINCIPAL_BYTES} bytes`);
  // result
  return es.canister.settings.controllers.includes(principalOf(bytes)) ? 1n : 0n;
}
