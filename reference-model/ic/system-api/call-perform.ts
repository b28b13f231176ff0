// spec-shaped: ic0.call_perform — canister-interface.md#system-api-call

import { callFee, maxCyclesPerResponse } from '../charging.js';
import { discardPendingCall, spendableBalance, type Execution } from '../execution.js';
import { CALL_NOT_PERFORMED, CALL_PERFORMED, pendingCall } from './support/calls.js';

/** Concludes the call under construction. 0: it is made when this execution returns; 2: it is not made. */
export function callPerform(es: Execution): bigint {
  // context
  const call = pendingCall(es);
  // effect: every call sets aside what its response may cost; a composite query's call is no message, so that no fee comes on top
  const composite = es.context === 'CQ' || es.context === 'CRy' || es.context === 'CRt';
  const fee = composite ? 0n : callFee(es.profile, BigInt(call.methodNameBytes), BigInt(call.arg.length));
  const setAside = maxCyclesPerResponse(es.profile, es.width);
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
