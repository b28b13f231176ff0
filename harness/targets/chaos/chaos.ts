// plumbing: the target `chaos` — it conforms, and uses every freedom that the specification leaves, so that judgement of black boxes can be tried
import { sha256 } from '@noble/hashes/sha2.js';
import { profileNamed } from '../../../spec/profiles/profiles.js';
import { hexOf, type Hex, type Nanoseconds, type Principal } from '../../../spec/vocabulary/brands.js';
import { Crash, HostLimit, type Engine } from '../../../spec/vocabulary/engine.js';
import type { TransitionRecord } from '../../../spec/vocabulary/record.js';
import type { Choice, Stimulus } from '../../../spec/vocabulary/scenario.js';
import { makeExecutor } from '../../../executor/index.js';
import { parseModule } from '../../../reference-model/index.js';
import { ENTRY_POINTS, type EntryPoint } from '../../../spec/vocabulary/entry-point.js';
import { certificateOf, queryTree } from '../../certificate.js';
import type { BoxTier } from '../../blackbox/play.js';
import { Decisions, Random } from '../../blackbox/random.js';
import { STIMULUS_KINDS, type Answer, type CanisterStatus, type Capabilities } from '../../protocol/messages.js';
import { DEFAULT_POLICY } from '../../scheduler/policy.js';
import { statusOf } from '../../status.js';
import type { Ended, SubnetOptions } from '../../target.js';
import type { Answerer, Question } from '../stdio/channel.js';
import { chaosAssembly, wordedBy, type Inside } from './assembly.js';
import { faithful, idOf, importsOf, profileFor, temperament, type Temperament } from './temperament.js';

/** What can be asked of a replica behind its interface: no time, no transform functions on their own. */
const STIMULI = STIMULUS_KINDS.filter((kind) => kind !== 'advance-time' && kind !== 'transform');

/**
 * A chaos as a black box in this process. The same seed and the same modules give the same behaviour.
 * @param seed any text
 * @param tier `profile`: it follows the profile in all that the profile says, and is chaotic in the rest
 */
export function chaos(
  seed: string,
  tier: BoxTier = 'spec',
): { readonly target: Answerer; readonly capabilities: Capabilities } {
  const imports = importsOf(new Random(`${seed} imports`));
  const capabilities: Capabilities = {
    records: false,
    balances: false,
    time: false,
    reorders: true,
    widths: ['i32', 'i64'],
    stimuli: STIMULI,
    entryPoints: Object.keys(ENTRY_POINTS) as EntryPoint[],
    settlesPartly: true,
    ...(imports !== undefined && { imports }),
  };
  return { target: new Chaos(seed, tier), capabilities };
}

class Chaos implements Answerer {
  #subnet: Subnet | undefined;

  constructor(
    private readonly seed: string,
    private readonly tier: BoxTier,
  ) {}

  ask(question: Question): Answer {
    try {
      return this.#answer(question);
    } catch (error) {
      const context = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { seq: 0, is: 'errored', kind: error instanceof HostLimit ? 'host-limit' : 'crash', context };
    }
  }

  #answer(question: Question): Answer {
    const subnet = this.#subnet;
    if (question.do === 'begin') {
      subnet?.dispose();
      this.#subnet = new Subnet(this.seed, this.tier, question);
      return { seq: 0, is: 'begun' };
    }
    if (subnet === undefined) throw new Crash('no case has begun');
    switch (question.do) {
      case 'submit':
        return { seq: 0, is: 'submitted', ...subnet.submit(question.stimulus) };
      case 'settle':
        return { seq: 0, is: 'settled', ended: subnet.settle(question.atMost) };
      case 'status':
        return { seq: 0, is: 'status', status: subnet.status(question.canister) };
      case 'hello':
      case 'take':
      case 'digest':
        return { seq: 0, is: 'skipped', reason: 'chaos shows replies, rejects and status only' };
    }
  }
}

/** One case. */
class Subnet {
  readonly #random: Random;
  readonly #temper: Temperament;
  readonly #engine: Engine;
  readonly #inside: Inside = { machine: undefined };
  readonly #canisters = new Set<Principal>();
  readonly #interCanister = new Set<number>();
  readonly #decisions: Decisions;
  readonly #profile;
  #ended: Ended[] = [];
  #made = 0;
  #step = 0;

  constructor(seed: string, tier: BoxTier, { profile: name, time, modules }: SubnetOptions) {
    const profile = profileNamed(name);
    if (profile === undefined) throw new Crash(`there is no profile ${name}`);
    // Ids differ from seed to seed only: modules that know them must find them when they come again.
    const ids = temperament(new Random(seed)).firstCanister;
    this.#random = new Random(`${seed} ${sizesOf(modules)}`);
    this.#decisions = new Decisions(this.#random);
    const temper = temperament(this.#random);
    this.#temper = { ...(tier === 'profile' ? faithful(temper) : temper), firstCanister: ids };
    const pages = modules.map((bytes) => pagesOf(bytes, name)).reduce((a, b) => (a > b ? a : b), 0n);
    this.#profile = profileFor(profile, this.#temper, this.#random, pages);
    const assembly = chaosAssembly(this.#temper, this.#profile, this.#random, this.#inside);
    this.#engine = makeExecutor(assembly)({
      profile: this.#profile,
      time: (time + this.#temper.clock) as typeof time,
      modules,
      trace: false,
    });
  }

  submit(stimulus: Stimulus) {
    this.#step += 1;
    this.#passes(this.#temper.pause);
    const { outcome, transition } = this.#engine.submit(this.#certified(stimulus));
    this.#note(transition);
    const worded =
      outcome.kind === 'responded'
        ? { ...outcome, response: wordedBy(this.#temper, this.#profile, outcome.response) }
        : outcome;
    const made =
      stimulus.kind === 'create' && outcome.kind === 'done' ? { canister: idOf(this.#temper, this.#made++) } : {};
    return { outcome: worded, ...made };
  }

  /** Time passes. @param most in nanoseconds */
  #passes(most: bigint): void {
    if (most === 0n) return;
    const by = this.#random.bits(40) % most;
    this.#note(this.#engine.submit({ kind: 'advance-time', by: by as Nanoseconds }).transition);
  }

  #certified(stimulus: Stimulus): Stimulus {
    const { certificates } = this.#temper;
    if (certificates === 'opaque' || stimulus.kind !== 'query' || stimulus.certificate !== undefined) return stimulus;
    const digest = this.#engine.digest(stimulus.canister);
    if (digest === undefined) return stimulus;
    const { certifiedData } = digest;
    const tree = queryTree(stimulus.canister, certifiedData, this.#random.bits(64) as Nanoseconds);
    const hash = () => sha256(new TextEncoder().encode(String(this.#random.bits(64))));
    return { ...stimulus, certificate: certificateOf(certificates === 'plain' ? tree : [1, [4, hash()], tree]) };
  }

  /** @param atMost a hint, which it does not take */
  settle(atMost?: number): readonly Ended[] {
    const most =
      atMost === undefined || this.#random.chance(0.2)
        ? DEFAULT_POLICY.transitionsPerStep
        : this.#random.pick([0, 1, 2, 3, atMost, atMost + 1, 2 * atMost]);
    for (let taken = 0; taken < most; taken++) {
      const choice = this.#next(this.#engine.enabled());
      if (choice === undefined) break;
      this.#note(this.#engine.take(choice));
      this.#passes(this.#temper.lapse);
    }
    const ended = this.#ended;
    this.#ended = [];
    return ended.map(({ request, response }) => ({
      request,
      response: wordedBy(this.#temper, this.#profile, response),
    }));
  }

  status(canister: Principal): CanisterStatus {
    return statusOf(this.#engine.digest(canister));
  }

  dispose(): void {
    this.#engine.dispose();
  }

  #note(transition: TransitionRecord): void {
    this.#ended.push(...transition.ended);
    for (const { canister } of transition.after) this.#canisters.add(canister);
    for (const message of transition.messages) {
      if (message.kind === 'call' && this.#canisters.has(message.caller)) this.#interCanister.add(message.id);
    }
  }

  /** What happens next, in whatever order. */
  #next(enabled: readonly Choice[]): Choice | undefined {
    const { rejectsCalls, rejectsIngress, expires, heartbeats, timers, versionBumps } = this.#temper;
    const able: Choice[] = [];
    for (const choice of enabled) {
      switch (choice.kind) {
        case 'reject': {
          const often = this.#interCanister.has(choice.message) ? rejectsCalls : rejectsIngress;
          if (this.#decisions.once(`reject ${choice.message}`, often))
            return { ...choice, code: this.#random.pick([1, 2]) };
          break;
        }
        case 'expire-message':
          if (this.#decisions.once(`expire ${choice.message}`, expires)) return choice;
          break;
        case 'expire-context':
          if (this.#decisions.once(`expire context ${choice.context}`, expires)) return choice;
          break;
        case 'heartbeat':
          if (this.#decisions.once(`heartbeat ${choice.canister} ${this.#step}`, heartbeats)) able.push(choice);
          break;
        case 'global-timer':
        case 'low-wasm-memory':
          if (this.#decisions.once(`${choice.kind} ${choice.canister} ${this.#step}`, timers)) able.push(choice);
          break;
        case 'bump-version':
          if (this.#decisions.once(`bump ${choice.canister} ${this.#step}`, versionBumps)) return choice;
          break;
        case 'execute':
          if (!this.#waits(choice.message)) able.push(choice);
          break;
        case 'deliver':
          able.push(choice);
          break;
      }
    }
    const [first, ...rest] = able;
    if (first === undefined) return undefined;
    const taken = this.#random.pick([first, ...rest]);
    // A system task that came up and was not taken now may come up again.
    for (const choice of able)
      if (choice !== taken && 'canister' in choice)
        this.#decisions.forget(`${choice.kind} ${choice.canister} ${this.#step}`);
    return taken;
  }

  /** Whether a call waits until its callee can pay. */
  #waits(id: number): boolean {
    const machine = this.#inside.machine;
    const message = machine?.subnet.messages.get(id as never);
    if (!this.#temper.readings.poorWait || machine === undefined || message?.kind !== 'call') return false;
    const callee = machine.subnet.canisters.get(message.callee);
    if (callee?.instance === undefined || callee.status !== 'running') return false;
    const liquid = machine.fees.liquid(callee);
    return liquid >= 0n && liquid < machine.fees.maxMessage(callee.instance.width);
  }
}

/** What tells cases apart, whatever ids their modules know. */
function sizesOf(modules: readonly Uint8Array[]): Hex {
  return hexOf(sha256(new TextEncoder().encode(modules.map(({ length }) => length).join())));
}

function pagesOf(bytes: Uint8Array, profile: string): bigint {
  const known = profileNamed(profile);
  const module = known && parseModule(known, bytes);
  return module === undefined || 'invalid' in module ? 0n : (module.wasm.memories[0]?.limits.min ?? 0n);
}
