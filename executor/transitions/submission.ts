// spec-shaped: ingress messages are inspected and accepted — abstract-behavior.md#api-request-submission
import { blobOf, principalBytes } from '../blob.js';
import type { StimulusOutcome, SubmissionFailure } from '../../spec/vocabulary/record.js';
import type { SenderInfo, Stimulus } from '../../spec/vocabulary/scenario.js';
import { NO_INFO } from '../execution.js';
import type { CanisterInstance } from '../instance.js';
import { nextMessage, nextRequest, type Machine } from '../machine.js';
import { charge, type CallerInfo, type Canister } from '../state.js';
import { executeMessage } from './message-execution.js';

type Ingress = Extract<Stimulus, { kind: 'ingress' }>;

/** What the canister is told of the sender. */
export function callerInfo(info: SenderInfo | undefined): CallerInfo {
  return info === undefined ? NO_INFO : { data: blobOf(info.data), signer: principalBytes(info.signer) };
}

/** Whether the canister takes the message: without canister_inspect_message it does. */
function inspect(machine: Machine, canister: Canister, instance: CanisterInstance, stimulus: Ingress): boolean {
  const index = instance.compiled.canister.system.get('canister_inspect_message');
  if (index === undefined) return true;
  const { profile } = machine.options;
  const { execution, trap } = executeMessage(machine, {
    input: {
      entryPoint: 'canister_inspect_message',
      canister,
      instance,
      caller: principalBytes(stimulus.sender),
      info: callerInfo(stimulus.senderInfo),
      arg: blobOf(stimulus.arg),
      method: stimulus.method,
      limit: profile.limits.inspectInstructions,
    },
    run: (running) => instance.run(index, running),
    keep: 'nothing',
  });
  return trap === undefined && execution.messageAccepted;
}

/** Submits an ingress message; what is refused costs nothing. */
export function ingress(machine: Machine, stimulus: Ingress): StimulusOutcome {
  const { subnet, fees } = machine;
  const refused = (failure: SubmissionFailure): StimulusOutcome => ({ kind: 'refused', failure });

  // The checks in the order of CHARGING.md, 3.
  const canister = subnet.canisters.get(stimulus.canister);
  if (canister === undefined) return refused('no-such-canister');
  const fee = fees.ingress(Buffer.byteLength(stimulus.method) + stimulus.arg.length / 2);
  if (fees.liquid(canister) < fee) return refused('frozen');
  const { instance } = canister;
  if (instance === undefined) return refused('empty-canister');
  if (canister.status !== 'running') return refused('not-running');
  if (!inspect(machine, canister, instance, stimulus)) return refused('not-accepted');

  charge(subnet, canister, fee);
  machine.log.touched.add(canister);
  return takeIn(machine, canister, stimulus);
}

/** The message is in the system. */
export function takeIn(machine: Machine, canister: Canister, stimulus: Ingress): StimulusOutcome {
  const { subnet } = machine;
  const request = nextRequest(machine);
  const id = nextMessage(machine);
  const { sender, method } = stimulus;
  subnet.messages.set(id, {
    kind: 'call',
    id,
    origin: { kind: 'user', request, sender, info: callerInfo(stimulus.senderInfo) },
    caller: sender,
    callee: canister.id,
    method,
    arg: blobOf(stimulus.arg),
    cycles: 0n,
  });
  machine.log.messages.push({ kind: 'call', id, caller: sender, callee: canister.id, method });
  return { kind: 'accepted', request };
}
