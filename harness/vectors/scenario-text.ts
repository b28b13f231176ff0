// plumbing: from the text of a vector to a scenario
import { cycles, nanoseconds, type PointerWidth } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type {
  CanisterSetup,
  ModuleIndex,
  Pick,
  Scenario,
  Settings,
  Stimulus,
  Step,
} from '../../spec/vocabulary/scenario.js';
import type { CanisterText, SettingsText, StepText, StimulusText, Vector } from './format.js';
import type { ModuleCompiler } from './module-text.js';
import { amount, blob, principalOf, VectorError } from './notation.js';

const DEFAULT_CYCLES = '10^13';
const DEFAULT_TIME = '10^18';

/** Reads the parts of a vector; numbers its modules in the order in which they are met. */
class Reader {
  readonly moduleNames: string[] = [];

  module(name: string): ModuleIndex {
    if (!this.moduleNames.includes(name)) this.moduleNames.push(name);
    return this.moduleNames.indexOf(name);
  }

  canister(text: CanisterText): CanisterSetup {
    return {
      ...(text.module !== undefined && { module: this.module(text.module) }),
      initArg: blob(text.arg ?? ''),
      cycles: cycles(amount(text.cycles ?? DEFAULT_CYCLES)),
      reservedCycles: cycles(amount(text.reservedCycles ?? '0')),
      settings: settings(text.settings ?? {}),
    };
  }

  stimulus(text: StimulusText): Stimulus {
    const canister = principalOf(text.canister ?? 'canister:0');
    const sender = principalOf(text.sender ?? 'user:0');
    const method = text.method ?? '';
    const arg = blob(text.arg ?? '');
    const senderInfo = text.senderInfo && {
      senderInfo: { data: blob(text.senderInfo.data), signer: principalOf(text.senderInfo.signer) },
    };
    switch (text.kind) {
      case 'ingress':
        return { kind: 'ingress', canister, method, arg, sender, ...senderInfo };
      case 'query':
        return {
          kind: 'query',
          canister,
          method,
          arg,
          sender,
          ...senderInfo,
          ...(text.certificate !== undefined && { certificate: blob(text.certificate) }),
        };
      case 'transform':
        return { kind: 'transform', canister, method, arg };
      case 'create':
        return {
          kind: 'create',
          sender,
          cycles: cycles(amount(text.cycles ?? DEFAULT_CYCLES)),
          reservedCycles: cycles(amount(text.reservedCycles ?? '0')),
          settings: settings(text.settings ?? {}),
        };
      case 'install':
        if (text.module === undefined) throw new VectorError('install without a module');
        return {
          kind: 'install',
          canister,
          sender,
          mode: text.mode ?? 'install',
          module: this.module(text.module),
          arg,
          ...(text.skipPreUpgrade !== undefined && { skipPreUpgrade: text.skipPreUpgrade }),
          ...(text.wasmMemoryPersistence !== undefined && { wasmMemoryPersistence: text.wasmMemoryPersistence }),
        };
      case 'uninstall':
      case 'start':
      case 'stop':
      case 'delete':
        return { kind: text.kind, canister, sender };
      case 'update-settings':
        return { kind: 'update-settings', canister, sender, settings: settings(text.settings ?? {}) };
      case 'deposit':
        return { kind: 'deposit', canister, sender, cycles: cycles(amount(text.cycles ?? '0')) };
      case 'advance-time':
        return { kind: 'advance-time', by: nanoseconds(amount(text.by ?? '0')) };
      default:
        throw new VectorError(`no such stimulus: ${text.kind}`);
    }
  }

  step({ stimulus, picks, hold }: StepText): Step {
    return {
      ...(stimulus && { stimulus: this.stimulus(stimulus) }),
      ...(picks && {
        picks: picks.map((pick): Pick =>
          typeof pick === 'string' ? { kind: pick, rank: 0 } : { ...pick, rank: pick.rank ?? 0 },
        ),
      }),
      ...(hold !== undefined && { hold }),
    };
  }
}

function settings(text: SettingsText): Settings {
  const numbers = [
    'computeAllocation',
    'memoryAllocation',
    'freezingThreshold',
    'wasmMemoryLimit',
    'wasmMemoryThreshold',
  ] as const;
  const amounts = ['reservedCyclesLimit', 'minimumIncomingCanisterCallCycles'] as const;
  const given = <Key extends string, Value>(
    keys: readonly Key[],
    read: (digits: string) => Value,
    from: Partial<Record<Key, string>>,
  ) => Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, read(from[key])]])));
  return {
    ...given(numbers, amount, text),
    ...given(amounts, (digits) => cycles(amount(digits)), text),
    ...(text.controllers && { controllers: text.controllers.map(principalOf) }),
    ...(text.environmentVariables && { environmentVariables: text.environmentVariables }),
  };
}

/**
 * The scenario that a vector describes.
 * @throws VectorError
 */
export function scenarioOf(vector: Vector, width: PointerWidth, compile: ModuleCompiler): Scenario {
  const reader = new Reader();
  const canisters = vector.canisters.map((canister) =>
    reader.canister(typeof canister === 'string' ? { module: canister } : canister),
  );
  const steps = vector.steps.map((step) => reader.step(step));
  return {
    profile: vector.profile ?? 'conformance',
    modules: reader.moduleNames.map((name) => ({ kind: 'wasm', bytes: compile(name, width), description: name })),
    setup: { time: nanoseconds(amount(vector.time ?? DEFAULT_TIME)), canisters },
    steps,
  };
}

/** The canister that a key of `state` or `balanceBy` means. */
export const canisterOf = (key: string) => canisterId(Number(key));
