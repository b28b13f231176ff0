// plumbing: a small subnet for tests: canisters in WAT, and what happens to them
import wabtInit from 'wabt';
import { conformance } from '../../spec/profiles/profiles.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { cycles, hex, nanoseconds, type Hex, type Principal } from '../../spec/vocabulary/brands.js';
import type { Engine } from '../../spec/vocabulary/engine.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { CanisterDigest, ExecutionRecord, Response, StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { InstallMode, Settings, Stimulus } from '../../spec/vocabulary/scenario.js';
import { makeExecutor, standardAssembly, type Assembly } from '../index.js';

const wabt = await wabtInit();

/** The binary of a module in the text format. */
export function wat(text: string): Uint8Array {
  const module = wabt.parseWat('test.wat', text, { memory64: true });
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** What one call came to. */
interface Outcome {
  readonly executions: readonly ExecutionRecord[];
  readonly response: Response | undefined;
  readonly refused: string | undefined;
}

interface WorldOptions {
  readonly assembly?: Assembly;
  readonly profile?: Profile;
  readonly balance?: bigint;
  readonly settings?: Settings;
}

/** One engine with one canister for each module, installed by user 0. */
export class World {
  readonly engine: Engine;
  readonly user = userId(0);

  constructor(modules: readonly (string | Uint8Array)[], options: WorldOptions = {}) {
    const factory = makeExecutor(options.assembly ?? standardAssembly);
    this.engine = factory({
      profile: options.profile ?? conformance,
      time: nanoseconds(1_000_000_000n),
      modules: modules.map((module) => (typeof module === 'string' ? wat(module) : module)),
      trace: true,
    });
    modules.forEach((_, index) => {
      this.submit({
        kind: 'create',
        sender: this.user,
        cycles: cycles(options.balance ?? 10n ** 15n),
        reservedCycles: cycles(0n),
        settings: options.settings ?? {},
      });
      this.install(index, index);
    });
  }

  /** The outcome of a stimulus, with the executions that it caused at once. */
  submit(stimulus: Stimulus): { outcome: StimulusOutcome; executions: readonly ExecutionRecord[] } {
    const { outcome, transition } = this.engine.submit(stimulus);
    return { outcome, executions: transition.executions };
  }

  install(canister: number, module: number, mode: InstallMode = 'install', more: object = {}): Outcome {
    const { outcome, executions } = this.submit({
      kind: 'install', canister: canisterId(canister), sender: this.user, mode, module, arg: hex(''), ...more,
    }); // prettier-ignore
    return { executions, response: outcome.kind === 'responded' ? outcome.response : undefined, refused: undefined };
  }

  /** Calls a method as user 0 and lets everything run, the oldest message first. */
  call(method: string, canister = 0, arg: Hex = hex('')): Outcome {
    const { outcome, executions } = this.submit({
      kind: 'ingress', canister: canisterId(canister), method, arg, sender: this.user,
    }); // prettier-ignore
    if (outcome.kind !== 'accepted') {
      return { executions, response: undefined, refused: outcome.kind === 'refused' ? outcome.failure : outcome.kind };
    }
    const all = [...executions];
    let response: Response | undefined;
    for (;;) {
      const next = this.engine
        .enabled()
        .filter((choice) => choice.kind === 'execute' || choice.kind === 'deliver')
        .sort((a, b) => a.message - b.message)[0];
      if (next === undefined) break;
      const transition = this.engine.take(next);
      all.push(...transition.executions);
      for (const end of transition.ended) if (end.request === outcome.request) response = end.response;
    }
    return { executions: all, response, refused: undefined };
  }

  query(method: string, canister = 0, arg: Hex = hex('')): Outcome {
    const { outcome, executions } = this.submit({
      kind: 'query', canister: canisterId(canister), method, arg, sender: this.user,
    }); // prettier-ignore
    return { executions, response: outcome.kind === 'responded' ? outcome.response : undefined, refused: undefined };
  }

  digest(canister = 0): CanisterDigest {
    const digest = this.engine.digest(canisterId(canister));
    if (digest === undefined) throw new Error(`there is no canister ${canister}`);
    return digest;
  }

  id(canister: number): Principal {
    return canisterId(canister);
  }
}

/** The data of a reply. */
export function data(outcome: Outcome): string {
  if (outcome.response?.kind !== 'reply')
    throw new Error(`no reply: ${JSON.stringify(outcome.response ?? outcome.refused)}`);
  return outcome.response.data;
}
