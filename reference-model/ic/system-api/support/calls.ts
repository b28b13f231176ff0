// spec-shaped: the call under construction — canister-interface.md#system-api-call

import { LIMITS } from '../../../../spec/limits.js';
import { trap, type Execution, type MethodCall } from '../../execution.js';

/** What ic0.call_perform gives. */
export const CALL_PERFORMED = 0n;
export const CALL_NOT_PERFORMED = 2n;

/** Bytes of the longest principal. */
export const MAX_PRINCIPAL_BYTES = LIMITS.principalBytes.value;

/** The call under construction; traps when there is none. */
export function pendingCall(es: Execution): MethodCall {
  return es.pendingCall ?? trap('there is no call under construction');
}
