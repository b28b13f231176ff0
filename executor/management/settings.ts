// spec-shaped: canister settings and what is valid in them — abstract-behavior.md#ic-management-canister-changing-settings
import type { Profile } from '../../spec/profiles/profile.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { MAX_CYCLES, type Principal } from '../../spec/vocabulary/brands.js';
import type { Settings } from '../../spec/vocabulary/scenario.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { memorySizes } from '../cycles.js';
import type { Machine } from '../machine.js';
import type { Canister, CanisterSettings, EnvironmentVariable } from '../state.js';

/** Largest number of bytes or seconds, and largest limit and threshold of the Wasm memory in bytes — management-canister.md#ic-create_canister */
const MAX_NAT64 = (1n << 64n) - 1n;
const MAX_WASM_MEMORY_SETTING = 1n << 48n;

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

/**
 * Why settings cannot be those of a canister as it is.
 * @param canister with its settings already changed
 * @param old the settings before; those of a canister that is being made ask for no allocation
 */
export function refusalOf(
  { fees }: Machine,
  canister: Canister,
  old: Pick<CanisterSettings, 'computeAllocation' | 'memoryAllocation'>,
): RejectCause | undefined {
  const { settings, reserved } = canister;
  const used = memorySizes(canister).wasmPages * BigInt(WASM_PAGE_BYTES);
  if (settings.wasmMemoryLimit > 0n && used > settings.wasmMemoryLimit) return 'invalid-settings';
  if (reserved > settings.reservedCyclesLimit) return 'invalid-settings';

  // A larger allocation must leave the canister unfrozen.
  const larger = settings.computeAllocation > old.computeAllocation || settings.memoryAllocation > old.memoryAllocation;
  return larger && fees.liquid(canister) < 0n ? 'frozen' : undefined;
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
  if (settings.controllers.length > profile.limits.controllers) return undefined;
  const ranges: readonly (readonly [value: bigint, most: bigint])[] = [
    [settings.computeAllocation, 100n],
    [settings.memoryAllocation, MAX_NAT64],
    [settings.freezingThreshold, MAX_NAT64],
    [settings.reservedCyclesLimit, MAX_CYCLES],
    [settings.minimumIncomingCanisterCallCycles, MAX_CYCLES],
    [settings.wasmMemoryLimit, MAX_WASM_MEMORY_SETTING],
    [settings.wasmMemoryThreshold, MAX_WASM_MEMORY_SETTING],
  ];
  return ranges.every(([value, most]) => value >= 0n && value <= most) ? settings : undefined;
}
