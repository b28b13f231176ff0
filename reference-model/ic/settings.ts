// spec-shaped: canister settings: their defaults, and which values are valid — management-canister.md#ic-create_canister, #ic-update_settings

import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { Settings } from '../../spec/vocabulary/scenario.js';
import type { CanisterSettings, EnvironmentVariable } from './state.js';
import { compareBytes, decodeText, encodeText } from './text.js';

const MAX_COMPUTE_ALLOCATION = 100n;
/** Of wasm_memory_limit and wasm_memory_threshold, in bytes. */
const MAX_WASM_MEMORY = 1n << 48n;
const TWO_TO_64 = 1n << 64n;
const TWO_TO_128 = 1n << 128n;
const DEFAULT_RESERVED_CYCLES_LIMIT = 5_000_000_000_000n;

/** The settings of a new canister whose creator says nothing about them. */
export function defaultSettings(profile: Profile, creator: Principal): CanisterSettings {
  return {
    controllers: [creator],
    computeAllocation: 0n,
    memoryAllocation: 0n,
    freezingThreshold: profile.freezingThreshold,
    reservedCyclesLimit: DEFAULT_RESERVED_CYCLES_LIMIT,
    minimumIncomingCanisterCallCycles: 0n,
    wasmMemoryLimit: 0n,
    wasmMemoryThreshold: 0n,
    environmentVariables: [],
  };
}

/** The settings with the changes; undefined when a change is not valid. A field that is left out keeps its value. */
export function changedSettings(
  profile: Profile,
  old: CanisterSettings,
  changes: Settings,
): CanisterSettings | undefined {
  const { environmentVariables, ...rest } = changes;
  const variables =
    environmentVariables === undefined ? old.environmentVariables : validVariables(profile, environmentVariables);
  if (variables === undefined) return undefined;
  const settings = { ...old, ...rest, environmentVariables: variables };
  return areValid(profile, settings) ? settings : undefined;
}

function areValid({ limits }: Profile, settings: CanisterSettings): boolean {
  const within = (value: bigint, end: bigint) => value >= 0n && value < end;
  return (
    settings.controllers.length <= limits.controllers &&
    within(settings.computeAllocation, MAX_COMPUTE_ALLOCATION + 1n) &&
    within(settings.memoryAllocation, TWO_TO_64) &&
    within(settings.freezingThreshold, TWO_TO_64) &&
    within(settings.reservedCyclesLimit, TWO_TO_128) &&
    within(settings.minimumIncomingCanisterCallCycles, TWO_TO_128) &&
    within(settings.wasmMemoryLimit, MAX_WASM_MEMORY + 1n) &&
    within(settings.wasmMemoryThreshold, MAX_WASM_MEMORY + 1n)
  );
}

type Variables = NonNullable<Settings['environmentVariables']>;

/** The variables in the order of their names; undefined when there are too many, one is too long, or a name occurs twice. */
function validVariables({ limits }: Profile, variables: Variables): readonly EnvironmentVariable[] | undefined {
  const sorted = variables
    .map(({ name, value }) => ({ name, nameBytes: encodeText(name), valueBytes: encodeText(value) }))
    .sort((a, b) => compareBytes(a.nameBytes, b.nameBytes))
    // as UTF-8 has it: a lone surrogate became U+FFFD
    .map((variable) => ({ ...variable, name: decodeText(variable.nameBytes) ?? variable.name }));
  const valid =
    sorted.length <= limits.environmentVariables &&
    sorted.every(
      ({ nameBytes, valueBytes }) =>
        nameBytes.length <= limits.environmentVariableNameBytes &&
        valueBytes.length <= limits.environmentVariableValueBytes,
    ) &&
    sorted.every(({ name }, i) => name !== sorted[i + 1]?.name);
  return valid ? sorted : undefined;
}
