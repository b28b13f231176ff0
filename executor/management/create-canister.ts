// spec-shaped: a canister is made — abstract-behavior.md#ic-management-canister-canister-creation-with-cycles
import { principalBytes } from '../blob.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Machine } from '../machine.js';
import { changedSettings, defaultSettings, refusalOf } from './settings.js';
import { refused } from './access.js';

/** Makes an empty, running canister with the next id, or rejects settings that are not valid. */
export function create(machine: Machine, stimulus: Extract<Stimulus, { kind: 'create' }>): StimulusOutcome {
  const { subnet, options, assembly } = machine;
  const defaults = defaultSettings(options.profile, stimulus.sender);
  const settings = changedSettings(options.profile, defaults, stimulus.settings);
  if (settings === undefined) return refused(machine, 'invalid-settings');
  const id = canisterId(subnet.created);
  const canister = {
    id,
    idBytes: principalBytes(id),
    status: 'running' as const,
    version: 0n,
    balance: stimulus.cycles as bigint,
    reserved: stimulus.reservedCycles as bigint,
    settings,
    instance: undefined,
    stable: assembly.newStableMemory(),
    certifiedData: new Uint8Array(0),
    globalTimer: 0n,
    log: [],
    hook: 'condition-not-satisfied' as const,
    stopping: [],
    contexts: new Map(),
    outstanding: new Map(),
    drained: false,
  };
  const cause = refusalOf(machine, canister, defaults);
  if (cause !== undefined) return refused(machine, cause);
  subnet.created++;
  subnet.canisters.set(id, canister);
  subnet.totals.putIn += canister.balance + canister.reserved;
  machine.log.touched.add(canister);
  return { kind: 'done' };
}
