// plumbing: the reference model as an engine: each transition is written to a draft and reported

import type { Engine, EngineFactory, EngineOptions } from '../../spec/vocabulary/engine.js';
import type { CanisterDigest, CyclesLedger, StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import { Crash, HostLimit } from '../../spec/vocabulary/engine.js';
import { standardAssembly, type Assembly } from './assembly.js';
import { enabledChoices, isEnabled } from './choices.js';
import { cyclesLedger, Digests } from './digests.js';
import { Draft } from './draft.js';
import { Machine } from './machine.js';
import { initialState, type CallContext, type SystemState } from './state.js';
import { rehearse } from '../wasm/index.js';
import { TransitionLog, type World } from './world.js';

/** A subnet that behaves as the specification has it. */
class ReferenceModel implements Engine {
  readonly #options: EngineOptions;
  readonly #assembly: Assembly;
  readonly #machine: Machine;
  readonly #digests = new Digests();
  #state: SystemState;
  #enabled: readonly Choice[] | undefined;

  constructor(options: EngineOptions, assembly: Assembly) {
    rehearse();
    this.#options = options;
    this.#assembly = assembly;
    this.#machine = new Machine(options.profile, assembly, options.trace);
    this.#state = initialState(options.time);
  }

  submit(stimulus: Stimulus): { outcome: StimulusOutcome; transition: TransitionRecord } {
    let outcome: StimulusOutcome | undefined;
    const transition = this.#transition(stimulus, targetOf(stimulus), (w) => {
      outcome = applyStimulus(w, stimulus);
    });
    if (outcome === undefined) throw new Crash('a stimulus without outcome');
    return { outcome, transition };
  }

  enabled(): readonly Choice[] {
    return (this.#enabled ??= enabledChoices(this.#options.profile, this.#state));
  }

  take(choice: Choice): TransitionRecord {
    if (!isEnabled(this.enabled(), choice)) throw new Crash(`not enabled: ${JSON.stringify(choice)}`);
    return this.#transition(choice, undefined, (w) => takeChoice(w, choice));
  }

  digest(id: Principal): CanisterDigest | undefined {
    const canister = this.#state.canisters.get(id);
    return canister && this.#digests.of(this.#state, canister);
  }

  ledger(): CyclesLedger {
    return cyclesLedger(this.#state);
  }

  dispose(): void {
    this.#state = initialState(this.#state.time);
  }

  /** Writes a new state, and what follows from it at once; the old state stays if anything throws. */
  #transition(cause: Stimulus | Choice, target: Principal | undefined, write: (w: World) => void): TransitionRecord {
    const { profile, modules } = this.#options;
    const before = this.#state;
    const draft = new Draft(before);
    const log = new TransitionLog();
    const w: World = { profile, modules, assembly: this.#assembly, machine: this.#machine, draft, log };
    withinHost(() => {
      write(w);
      w.assembly.transitions.settle(w);
    });
    const after = draft.finish();
    this.#state = after;
    this.#enabled = undefined;
    return {
      cause,
      executions: log.executions,
      messages: log.messages,
      ended: log.ended,
      after: [...after.canisters.values()]
        .filter(
          ({ id }) =>
            id === target || log.executions.some((one) => one.canister === id) || hasChanged(before, after, id),
        )
        .map((canister) => this.#digests.of(after, canister)),
    };
  }
}

/** What V8 says when it has no room for an array, or no stack. */
const HOST_LIMITS = /allocation failed|invalid (typed )?array length|invalid array buffer length|call stack size/i;

/** Tells a limit of the host from a fault of ours. @throws HostLimit */
function withinHost(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof RangeError && HOST_LIMITS.test(error.message)) throw new HostLimit(error.message);
    throw error;
  }
}

/** The canister that a stimulus is about. */
function targetOf(stimulus: Stimulus): Principal | undefined {
  return 'canister' in stimulus ? stimulus.canister : undefined;
}

function hasChanged(before: SystemState, after: SystemState, id: Principal): boolean {
  if (before.canisters.get(id) !== after.canisters.get(id)) return true;
  if (before.callContexts === after.callContexts) return false;
  const open = (contexts: Iterable<CallContext>) => [...contexts].filter(({ canister }) => canister === id).length;
  return open(before.callContexts.values()) !== open(after.callContexts.values());
}

function applyStimulus(w: World, stimulus: Stimulus): StimulusOutcome {
  const { transitions, management } = w.assembly;
  switch (stimulus.kind) {
    case 'ingress':
      return transitions.submitIngress(w, stimulus);
    case 'query':
      return transitions.evaluateQuery(w, stimulus);
    case 'transform':
      return transitions.evaluateTransform(w, stimulus);
    case 'create':
      return management.createCanister(w, stimulus);
    case 'install':
      return management.installCode(w, stimulus);
    case 'uninstall':
      return management.uninstallCode(w, stimulus);
    case 'start':
      return management.startCanister(w, stimulus);
    case 'stop':
      return management.stopCanister(w, stimulus);
    case 'delete':
      return management.deleteCanister(w, stimulus);
    case 'update-settings':
      return management.updateSettings(w, stimulus);
    case 'deposit':
      return management.depositCycles(w, stimulus);
    case 'advance-time':
      transitions.advanceTime(w, stimulus.by);
      return { kind: 'done' };
  }
}

function takeChoice(w: World, choice: Choice): void {
  const { transitions } = w.assembly;
  switch (choice.kind) {
    case 'execute':
      return transitions.executeCall(w, choice.message);
    case 'deliver':
      return transitions.deliverResponse(w, choice.message);
    case 'heartbeat':
      return transitions.executeSystemTask(w, choice.canister, 'canister_heartbeat');
    case 'global-timer':
      return transitions.executeSystemTask(w, choice.canister, 'canister_global_timer');
    case 'low-wasm-memory':
      return transitions.executeSystemTask(w, choice.canister, 'canister_on_low_wasm_memory');
    case 'reject':
      return transitions.rejectSpontaneously(w, choice.message, choice.code);
    case 'expire-message':
      return transitions.expireMessage(w, choice.message);
    case 'expire-context':
      return transitions.expireContext(w, choice.context);
    case 'bump-version':
      return transitions.bumpVersion(w, choice.canister);
  }
}

/** The reference model put together from other parts: for mutants, and for nothing else. */
export function makeReference(assembly: Assembly): EngineFactory {
  return (options) => new ReferenceModel(options, assembly);
}

/** The reference model. */
export const reference: EngineFactory = makeReference(standardAssembly);
