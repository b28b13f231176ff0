// plumbing: what all management stimuli on an existing canister begin with
import { hex, type Principal } from '../../spec/vocabulary/brands.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import { rejection, type Machine } from '../machine.js';
import type { Canister } from '../state.js';

/** The outcome of a refused management call. */
export function refused(machine: Machine, cause: RejectCause): StimulusOutcome {
  return { kind: 'responded', response: rejection(machine, cause) };
}

/** The outcome of a management call that succeeded: an empty reply. */
export const REPLIED: StimulusOutcome = { kind: 'responded', response: { kind: 'reply', data: hex('') } };

/** Carries out a management call of a controller. */
export function asController(
  machine: Machine,
  { canister: id, sender }: { readonly canister: Principal; readonly sender: Principal },
  carryOut: (canister: Canister) => StimulusOutcome,
): StimulusOutcome {
  const canister = machine.subnet.canisters.get(id);
  if (canister === undefined) return refused(machine, 'no-such-canister');
  if (!machine.assembly.isController(canister, sender)) return refused(machine, 'not-a-controller');
  machine.log.touched.add(canister);
  return carryOut(canister);
}
