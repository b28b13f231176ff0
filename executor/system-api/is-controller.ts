// spec-shaped: ic0.is_controller — canister-interface.md#system-api-controller-check
import type { Execution } from '../execution.js';
import { LIMITS } from '../../spec/limits.js';
import { hexOf, principal } from '../../spec/vocabulary/brands.js';
import { systemCallTrap } from '../trap.js';
import { copyIn, type Address } from './blobs.js';

/** 1 where the principal is a controller of the canister, else 0. */
export function isController(execution: Execution, src: Address, size: Address): number {
  const bytes = copyIn(execution, src, size);
  if (bytes.length > LIMITS.principalBytes.value) systemCallTrap('not a principal');
  return execution.canister.settings.controllers.includes(principal(hexOf(bytes))) ? 1 : 0;
}
