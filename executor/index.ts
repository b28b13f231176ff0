// plumbing: the executor as an engine — V8 runs the canister, changes are made in place and undone
import { Crash, type Engine, type EngineFactory, type EngineOptions } from '../spec/vocabulary/engine.js';
import type { Principal } from '../spec/vocabulary/brands.js';
import type { Profile } from '../spec/profiles/profile.js';
import type { CanisterDigest, CyclesLedger, StimulusOutcome, TransitionRecord } from '../spec/vocabulary/record.js';
import type { Choice, Stimulus } from '../spec/vocabulary/scenario.js';
import { standardAssembly, type Assembly } from './assembly.js';
import { Fees } from './cycles.js';
import { digestOfCanister, ledgerOf } from './digest.js';
import { enabled, isEnabled } from './enabled.js';
import { ModuleCache } from './instrument/compile.js';
import { newLog, type Machine, type TransitionLog } from './machine.js';
import { newSubnet, type Canister } from './state.js';

export { standardAssembly, type Assembly };

/** The canisters that a transition may have changed and that still exist. */
function digestsOf({ subnet }: Machine, { touched }: TransitionLog): CanisterDigest[] {
  const there: Canister[] = [];
  for (const canister of touched) if (subnet.canisters.get(canister.id) === canister) there.push(canister);
  if (there.length > 1) there.sort((a, b) => (a.id < b.id ? -1 : 1));
  return there.map(digestOfCanister);
}

/** Who keeps no trace compares nothing: states are digested when somebody asks, as long as they are still there. */
class UntracedTransition implements TransitionRecord {
  readonly cause: Stimulus | Choice;
  readonly executions: TransitionRecord['executions'];
  readonly messages: TransitionRecord['messages'];
  readonly ended: TransitionRecord['ended'];
  readonly #machine: Machine;
  readonly #log: TransitionLog;
  #after: readonly CanisterDigest[] | undefined;

  constructor(machine: Machine, cause: Stimulus | Choice, log: TransitionLog) {
    this.cause = cause;
    this.executions = log.executions;
    this.messages = log.messages;
    this.ended = log.ended;
    this.#machine = machine;
    this.#log = log;
  }

  /** @throws Crash after the next transition */
  get after(): readonly CanisterDigest[] {
    if (this.#after === undefined && this.#machine.log !== this.#log) {
      throw new Crash('the state after a transition is gone: without a trace, ask before the next one');
    }
    return (this.#after ??= digestsOf(this.#machine, this.#log));
  }
}

class Executor implements Engine {
  private readonly machine: Machine;

  constructor(options: EngineOptions, assembly: Assembly, modules: ModuleCache) {
    const fees = new Fees(options.profile, assembly.charges);
    this.machine = { options, assembly, fees, modules, subnet: newSubnet(options.time), log: newLog() };
  }

  /** Runs a transition with the bookkeeping that follows it. */
  private transition(cause: Stimulus | Choice, carryOut: () => void): TransitionRecord {
    const { machine } = this;
    const log = newLog();
    machine.log = log;
    carryOut();
    const { starvation, removal, stopped, outOfCycles } = machine.assembly.bookkeeping;
    for (let changed = true; changed;) {
      changed = starvation(machine);
      changed = removal(machine) || changed;
      changed = stopped(machine) || changed;
      changed = outOfCycles(machine) || changed;
    }
    if (!machine.options.trace) return new UntracedTransition(machine, cause, log);
    return {
      cause,
      executions: log.executions,
      messages: log.messages,
      ended: log.ended,
      after: digestsOf(machine, log),
    };
  }

  submit(stimulus: Stimulus): { outcome: StimulusOutcome; transition: TransitionRecord } {
    let outcome: StimulusOutcome | undefined;
    const carryOut = this.machine.assembly.stimuli[stimulus.kind] as (
      machine: Machine,
      stimulus: Stimulus,
    ) => StimulusOutcome;
    const transition = this.transition(stimulus, () => {
      outcome = carryOut(this.machine, stimulus);
    });
    if (outcome === undefined) throw new Crash(`no outcome of ${stimulus.kind}`);
    return { outcome, transition };
  }

  enabled(): readonly Choice[] {
    return enabled(this.machine);
  }

  take(choice: Choice): TransitionRecord {
    if (!isEnabled(this.machine, choice)) throw new Crash(`not enabled: ${choice.kind}`);
    const carryOut = this.machine.assembly.choices[choice.kind] as (machine: Machine, choice: Choice) => void;
    return this.transition(choice, () => {
      carryOut(this.machine, choice);
    });
  }

  digest(id: Principal): CanisterDigest | undefined {
    const canister = this.machine.subnet.canisters.get(id);
    return canister && digestOfCanister(canister);
  }

  ledger(): CyclesLedger {
    return ledgerOf(this.machine.subnet);
  }

  dispose(): void {
    for (const canister of this.machine.subnet.canisters.values()) {
      canister.instance?.memory?.release?.();
      canister.instance = undefined;
    }
    this.machine.subnet.canisters.clear();
    this.machine.subnet.messages.clear();
    this.machine.subnet.contexts.clear();
    this.machine.subnet.calls.clear();
  }
}

/** Compiled modules by what decides how they are compiled: engines that agree about that share them. */
const moduleCaches = new WeakMap<Assembly['instrumentation'], WeakMap<Profile, ModuleCache>>();

function moduleCache({ instrumentation }: Assembly, profile: Profile): ModuleCache {
  let byProfile = moduleCaches.get(instrumentation);
  if (byProfile === undefined) moduleCaches.set(instrumentation, (byProfile = new WeakMap()));
  let modules = byProfile.get(profile);
  if (modules === undefined) byProfile.set(profile, (modules = new ModuleCache({ profile, passes: instrumentation })));
  return modules;
}

/** The executor with other parts than the standard ones. */
export function makeExecutor(assembly: Assembly): EngineFactory {
  return (options) => new Executor(options, assembly, moduleCache(assembly, options.profile));
}

/** The optimised implementation. */
export const executor: EngineFactory = makeExecutor(standardAssembly);
