// spec-shaped: cycles come in from outside — abstract-behavior.md, "IC Management Canister: Top up canister"

import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import type { World } from '../world.js';
import { rejected } from './outcome.js';

/** Adds cycles to a balance; anyone may. */
export function depositCycles(w: World, request: Extract<Stimulus, { kind: 'deposit' }>): StimulusOutcome {
  const canister = w.draft.canisters.get(request.canister);
  if (canister === undefined) return rejected(w, 'no-such-canister');
  w.draft.book('putIn', request.cycles);
  w.draft.put({ ...canister, balance: w.draft.add(canister.balance, request.cycles) });
  return { kind: 'done' };
}
