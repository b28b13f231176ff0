// spec-shaped: canister settings and what is valid in them — abstract-behavior.md#ic-management-canister-changing-settings
import type { Profile } from '../../spec/profiles/profile.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Settings } from '../../spec/vocabulary/scenario.js';
import type { CanisterSettings, EnvironmentVariable } from '../state.js';

const MOST = 1n << 64n;

/** The settings of a canister whose settings do not say. */
export function defaultSettings(profile: Profile, controller: Principal): CanisterSettings {
  return {
    controllers: [controller],
    computeAllocation: 0n,
    memoryAllocation: 0n,
    freezingThreshold: profile.freezingThreshold,
    reservedCyclesLimit: 5_000_000_000_000n,
    minimumIncomingCanisterCallCycles: 0n,
    wasmMemoryLimit: 0n,
    wasmMemoryThreshold: 0n,
    environmentVariables: [],
  };
}

function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

function environment(
  profile: Profile,
  given: NonNullable<Settings['environmentVariables']>,
): EnvironmentVariable[] | undefined {
  const { environmentVariables, environmentVariableNameBytes, environmentVariableValueBytes } = profile.limits;
  if (given.length > environmentVariables) return undefined;
  const variables = given.map(({ name, value }) => ({ name, nameBytes: Buffer.from(name), value: Buffer.from(value) }));
  const valid = given.every(({ name, value }, i) => {
    const variable = variables[i] as EnvironmentVariable;
    return (
      isWellFormed(name) &&
      isWellFormed(value) &&
      variable.nameBytes.length <= environmentVariableNameBytes &&
      variable.value.length <= environmentVariableValueBytes
    );
  });
  if (!valid || new Set(given.map(({ name }) => name)).size !== given.length) return undefined;
  return variables.sort((a, b) => Buffer.compare(a.nameBytes, b.nameBytes));
}

/** The settings after a change, or undefined where it is not valid. */
export function changedSettings(
  profile: Profile,
  old: CanisterSettings,
  change: Settings,
): CanisterSettings | undefined {
  const environmentVariables =
    change.environmentVariables === undefined
      ? old.environmentVariables
      : environment(profile, change.environmentVariables);
  if (environmentVariables === undefined) return undefined;
  const settings: CanisterSettings = {
    controllers: change.controllers ?? old.controllers,
    computeAllocation: change.computeAllocation ?? old.computeAllocation,
    memoryAllocation: change.memoryAllocation ?? old.memoryAllocation,
    freezingThreshold: change.freezingThreshold ?? old.freezingThreshold,
    reservedCyclesLimit: change.reservedCyclesLimit ?? old.reservedCyclesLimit,
    minimumIncomingCanisterCallCycles:
      change.minimumIncomingCanisterCallCycles ?? old.minimumIncomingCanisterCallCycles,
    wasmMemoryLimit: change.wasmMemoryLimit ?? old.wasmMemoryLimit,
    wasmMemoryThreshold: change.wasmMemoryThreshold ?? old.wasmMemoryThreshold,
    environmentVariables,
  };
  const { memoryAllocation, freezingThreshold, wasmMemoryLimit, wasmMemoryThreshold, computeAllocation } = settings;
  if (settings.controllers.length > profile.limits.controllers) return undefined;
  if (computeAllocation < 0n || computeAllocation > 100n) return undefined;
  const natural = [memoryAllocation, freezingThreshold, wasmMemoryLimit, wasmMemoryThreshold];
  if (natural.some((value) => value < 0n || value >= MOST)) return undefined;
  return settings;
}
