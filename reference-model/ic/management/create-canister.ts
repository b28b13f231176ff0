// spec-shaped: a canister is created — abstract-behavior.md, "IC Management Canister: Canister creation"

import type { StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { canisterId } from '../../../spec/vocabulary/ids.js';
import { liquidBalance, resourcesWith } from '../charging.js';
import { changedSettings, defaultSettings } from '../settings.js';
import type { World } from '../world.js';
import { rejected } from './outcome.js';

/** Makes an empty, running canister of version 0; its creator controls it unless the settings say otherwise. */
export function createCanister(w: World, request: Extract<Stimulus, { kind: 'create' }>): StimulusOutcome {
  const settings = changedSettings(w.profile, defaultSettings(w.profile, request.sender), request.settings);
  if (settings === undefined) return rejected(w, 'invalid-settings');
  if (request.reservedCycles > settings.reservedCyclesLimit) return rejected(w, 'invalid-settings');

  // what it allocates must not freeze it
  const allocates = settings.computeAllocation > 0n || settings.memoryAllocation > 0n;
  const liquid = liquidBalance(w.profile, request.cycles, request.reservedCycles, resourcesWith(settings, undefined));
  if (allocates && liquid < 0n) return rejected(w, 'frozen');

  const id = canisterId(w.draft.nextCanisterNumber());
  w.draft.book('putIn', request.cycles + request.reservedCycles);
  w.draft.put({
    id,
    status: { kind: 'running' },
    version: 0n,
    balance: request.cycles,
    reservedBalance: request.reservedCycles,
    settings,
    code: undefined,
    certifiedData: new Uint8Array(),
    globalTimer: 0n,
    log: [],
    lowMemoryHook: 'condition-not-satisfied',
  });
  return { kind: 'done' };
}
