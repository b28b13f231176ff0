// spec-shaped: ic0.call_perform — canister-interface.md#system-api-call

import { callFee, maxCyclesPerResponse } from '../charging.js';
import { discardPendingCall, spendableBalance, type Execution } from '../execution.js';
import { CALL_NOT_PERFORMED, CALL_PERFORMED, pendingCall } from './support/calls.js';

/** Concludes the call under construction. 0: it is made when this execution returns; 2: it is not made. */
export function callPerform(es: Execution): bigint {
  // context
  const call = pendingCall(es);
  // effect: calls of composite queries cost nothing
  const replicated = es.context !== 'CQ' && es.context !== 'CRy' && es.context !== 'CRt';
  const fee = replicated ? callFee(es.profile, BigInt(call.methodNameBytes), BigInt(call.arg.length)) : 0n;
  const setAside = replicated ? maxCyclesPerResponse(es.profile, es.width) : 0n;
  const underWay = es.callsUnderWay(call.callee) + es.calls.filter((made) => made.callee === call.callee).length;
  if (spendableBalance(es) < fee + setAside || underWay >= es.profile.limits.queueCapacity) {
    discardPendingCall(es);
    return CALL_NOT_PERFORMED;
  }
  es.balance -= fee + setAside;
  call.fee = fee;
  call.setAside = setAside;
  es.calls.push(call);
  es.pendingCall = undefined;
  // result
  return CALL_PERFORMED;
}
