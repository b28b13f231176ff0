// spec-shaped: ic0.call_new — canister-interface.md#system-api-call

import { copyFromCanister } from '../blobs.js';
import { ByteBuffer, discardPendingCall, trap, type Execution } from '../execution.js';
import { decodeTextLossily, principalOf } from '../text.js';
import { MAX_PRINCIPAL_BYTES } from './support/calls.js';

/** Begins a call, and gives up one that was under construction. */
export function callNew(
  es: Execution,
  calleeSrc: bigint,
  calleeSize: bigint,
  nameSrc: bigint,
  nameSize: bigint,
  replyFun: bigint,
  replyEnv: bigint,
  rejectFun: bigint,
  rejectEnv: bigint,
): void {
  // context
  discardPendingCall(es);
  // arguments
  const callee = copyFromCanister(es, calleeSrc, calleeSize);
  if (callee.length > MAX_PRINCIPAL_BYTES) trap(`a principal has at most ${MAX_PRINCIPAL_BYTES} bytes`);
  const name = copyFromCanister(es, nameSrc, nameSize);
  const limit = es.profile.limits.methodNameBytes;
  if (name.length > limit) trap(`the method name is longer than ${limit} bytes`);
  // effect
  es.pendingCall = {
    callee: principalOf(callee),
    methodName: decodeTextLossily(name),
    methodNameBytes: name.length,
    arg: new ByteBuffer(),
    transferredCycles: 0n,
    callback: { onReply: { fun: replyFun, env: replyEnv }, onReject: { fun: rejectFun, env: rejectEnv } },
    timeoutSeconds: undefined,
    setAside: 0n,
    fee: 0n,
  };
}
