// spec-shaped: uninstall, start, stop, delete — abstract-behavior.md#rule-uninstall, "Stopping", "Starting a canister", "Canister deletion"
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { nextRequest, rejection, type Machine } from '../machine.js';
import { empty } from '../transitions/bookkeeping.js';
import { asController, refused, REPLIED } from './access.js';

type Of<K extends Stimulus['kind']> = Extract<Stimulus, { kind: K }>;

/** Takes code and state away, and rejects what its open call contexts have not answered; for controllers. */
export function uninstall(machine: Machine, stimulus: Of<'uninstall'>): StimulusOutcome {
  return asController(machine, stimulus, (canister) => {
    empty(machine, canister, 'uninstalled');
    return REPLIED;
  });
}

/** Pending stop requests are rejected. */
export function start(machine: Machine, stimulus: Of<'start'>): StimulusOutcome {
  return asController(machine, stimulus, (canister) => {
    for (const request of canister.stopping)
      machine.log.ended.push({ request, response: rejection(machine, 'not-running') });
    canister.stopping = [];
    canister.status = 'running';
    canister.version += 1n;
    return REPLIED;
  });
}

/** The request ends when the canister is stopped: see the bookkeeping. */
export function stop(machine: Machine, stimulus: Of<'stop'>): StimulusOutcome {
  return asController(machine, stimulus, (canister) => {
    const request = nextRequest(machine);
    canister.version += 1n;
    if (canister.status === 'stopped') {
      const { response } = REPLIED as Extract<StimulusOutcome, { kind: 'responded' }>;
      machine.log.ended.push({ request, response });
    } else {
      canister.status = 'stopping';
      canister.stopping.push(request);
    }
    return { kind: 'accepted', request };
  });
}

/** The cycles are lost. */
export function deleteCanister(machine: Machine, stimulus: Of<'delete'>): StimulusOutcome {
  return asController(machine, stimulus, (canister) => {
    if (canister.status !== 'stopped') return refused(machine, 'not-stopped');
    machine.subnet.totals.lost += canister.balance + canister.reserved;
    machine.subnet.canisters.delete(canister.id);
    return REPLIED;
  });
}
