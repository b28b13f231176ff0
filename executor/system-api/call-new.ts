// spec-shaped: ic0.call_new — canister-interface.md#system-api-call
import type { Execution } from '../execution.js';
import { LIMITS } from '../../spec/limits.js';
import { hexOf, principal } from '../../spec/vocabulary/brands.js';
import { systemCallTrap } from '../trap.js';
import { copyIn, utf8Lossy, type Address } from './blobs.js';
import { discardPendingCall } from './calls.js';

/** Begins assembling a call; one that is under construction is discarded. */
export function callNew(
  execution: Execution,
  calleeSrc: Address,
  calleeSize: Address,
  nameSrc: Address,
  nameSize: Address,
  replyFun: bigint,
  replyEnv: bigint,
  rejectFun: bigint,
  rejectEnv: bigint,
): void {
  discardPendingCall(execution);
  const callee = copyIn(execution, calleeSrc, calleeSize);
  if (callee.length > LIMITS.principalBytes.value) systemCallTrap('the callee is not a principal');
  const name = copyIn(execution, nameSrc, nameSize);
  if (name.length > execution.profile.limits.methodNameBytes) systemCallTrap('the method name is too long');
  execution.pending = {
    callee: principal(hexOf(callee)),
    method: utf8Lossy(name),
    methodBytes: name.length,
    onReply: { fun: replyFun, env: replyEnv },
    onReject: { fun: rejectFun, env: rejectEnv },
    onCleanup: undefined,
    arg: [],
    argBytes: 0,
    cycles: 0n,
    timeoutSeconds: undefined,
  };
}
