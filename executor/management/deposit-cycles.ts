// spec-shaped: cycles are added from outside — abstract-behavior.md#ic-management-canister-top-up-canister
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Machine } from '../machine.js';
import { credit } from '../state.js';
import { refused } from './access.js';

/** By anyone, to any canister that exists. */
export function deposit(machine: Machine, stimulus: Extract<Stimulus, { kind: 'deposit' }>): StimulusOutcome {
  const canister = machine.subnet.canisters.get(stimulus.canister);
  if (canister === undefined) return refused(machine, 'no-such-canister');
  machine.subnet.totals.putIn += stimulus.cycles;
  credit(machine.subnet, canister, stimulus.cycles);
  machine.log.touched.add(canister);
  return { kind: 'done' };
}
