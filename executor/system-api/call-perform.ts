// spec-shaped: ic0.call_perform — canister-interface.md#system-api-call
import type { Execution } from '../execution.js';
import { discardPendingCall, pendingCall } from './calls.js';

const COULD_NOT_BE_PERFORMED = 2;

/** Concludes the call under construction. @returns 0, or 2 when it cannot be performed */
export function callPerform(execution: Execution): number {
  const pending = pendingCall(execution);
  const { canister, evaluation, fees, profile } = execution;
  const performed = (execution.performed ??= new Map());
  const { callee } = pending;

  // Calls under way to the callee: performed in this execution, or earlier and not answered yet.
  const before = (evaluation ?? canister.outstanding).get(callee) ?? 0;
  const underWay = before + (performed.get(callee) ?? 0);

  // No message is sent for the call of a composite query: its bytes cost nothing. What is set aside is back when the execution ends.
  const cost = evaluation === undefined ? fees.call(pending.methodBytes + pending.argBytes) : 0n;
  const setAside = fees.maxResponse(execution.instance.width);
  const affordable = fees.liquid(canister) >= cost + setAside;

  if (underWay >= profile.limits.queueCapacity || !affordable) {
    discardPendingCall(execution);
    return COULD_NOT_BE_PERFORMED;
  }
  canister.balance -= cost + setAside;
  performed.set(callee, (performed.get(callee) ?? 0) + 1);
  // Field by field: what is added behind a spread gives each object a hidden class of its own.
  execution.calls.push({
    callee,
    method: pending.method,
    methodBytes: pending.methodBytes,
    onReply: pending.onReply,
    onReject: pending.onReject,
    onCleanup: pending.onCleanup,
    arg: pending.arg,
    argBytes: pending.argBytes,
    cycles: pending.cycles,
    timeoutSeconds: pending.timeoutSeconds,
    cost,
    setAside,
  });
  execution.pending = undefined;
  return 0;
}
