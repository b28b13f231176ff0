// spec-shaped: an ingress message is submitted — abstract-behavior.md#api-request-submission; CHARGING.md, section 3

import type { StimulusOutcome, SubmissionFailure } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { ingressFee, liquidBalanceOf } from '../charging.js';
import { executionRecord } from '../execution-record.js';
import { callerParams, codeOf, newExecution } from '../new-execution.js';
import type { Canister } from '../state.js';
import { encodeText, fromHex, textBytes } from '../text.js';
import type { World } from '../world.js';

type Ingress = Extract<Stimulus, { kind: 'ingress' }>;

/** Takes an ingress message in, or refuses it. */
export function submitIngress(w: World, request: Ingress): StimulusOutcome {
  const fee = ingressFee(w.profile, textBytes(request.method), fromHex(request.arg).length);
  const canister = w.draft.canisters.get(request.canister);
  const failure = submissionFailure(w, request, canister, fee);
  if (canister === undefined || failure !== undefined)
    return { kind: 'refused', failure: failure ?? 'no-such-canister' };

  // the canister pays for the message
  w.draft.put({ ...canister, balance: canister.balance - fee });
  w.draft.book('charged', fee);
  return takenIn(w, request);
}

/** The message is in the system. */
export function takenIn(w: World, request: Ingress): StimulusOutcome {
  const id = w.draft.nextMessageId();
  const requestId = w.draft.nextRequestId();
  const { canister, sender, senderInfo, method } = request;
  w.draft.putMessage({
    kind: 'call',
    id,
    origin: { kind: 'user', request: requestId, sender, ...(senderInfo === undefined ? {} : { senderInfo }) },
    caller: sender,
    callee: canister,
    methodName: method,
    arg: fromHex(request.arg),
    transferredCycles: 0n,
  });
  w.log.messages.push({ kind: 'call', id, caller: sender, callee: canister, method });
  return { kind: 'accepted', request: requestId };
}

function submissionFailure(
  w: World,
  request: Ingress,
  canister: Canister | undefined,
  fee: bigint,
): SubmissionFailure | undefined {
  if (canister === undefined) return 'no-such-canister';
  if (liquidBalanceOf(w.profile, canister) < fee) return 'frozen';
  if (canister.code === undefined) return 'empty-canister';
  if (canister.status.kind !== 'running') return 'not-running';
  if (!w.assembly.transitions.inspectMessage(w, request, canister)) return 'not-accepted';
  return undefined;
}

/** Runs canister_inspect_message if there is one; whether the message is accepted. Nothing that it does is kept. */
export function inspectMessage(w: World, request: Ingress, canister: Canister): boolean {
  const code = codeOf(canister);
  if (!code.module.exports.has('canister_inspect_message')) return true;
  const params = {
    ...callerParams(request.sender, request.senderInfo),
    arg: fromHex(request.arg),
    methodName: encodeText(request.method),
  };
  const execution = newExecution(w, { entryPoint: 'canister_inspect_message', canister, params });
  const target = { kind: 'export', name: 'canister_inspect_message' } as const;
  const run = w.machine.run(execution, code, target, w.profile.limits.inspectInstructions);
  w.log.executions.push(executionRecord(run, { method: request.method }));
  return run.outcome.kind === 'returned' && execution.messageAccepted;
}
