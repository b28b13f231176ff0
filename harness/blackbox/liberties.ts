// table: what a conforming implementation may decide at each moment — orders, spontaneous rejects, expiries, failures, system tasks, readings
import type { Choice } from '../../spec/vocabulary/scenario.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { ModuleSource, Scenario } from '../../spec/vocabulary/scenario.js';
import { openWasm } from '../../spec/profiles/profiles.js';
import { parseModule } from '../../reference-model/index.js';
import { discardPendingCall } from '../../reference-model/ic/execution.js';
import { choiceByPolicy } from '../scheduler/choices.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';
import type { Handler } from './open-values.js';
import { Decisions, Random } from './random.js';

/** One way to decide. Probabilities from 0 to 1. */
export interface Liberties {
  /** Which message is next. */
  readonly order: 'oldest' | 'newest' | 'calls first' | 'responses first' | 'any';
  /** That a call between canisters is rejected before it has a call context. */
  readonly rejects: number;
  /** That a bounded-wait call expires when it may. */
  readonly expires: number;
  /** That call_perform fails. */
  readonly failingCalls: number;
  /** That the stable memory cannot grow. */
  readonly failingGrowth: number;
  /** Pages by which Wasm memories can grow beyond the largest minimum in the scenario; absent: as the profile says. */
  readonly room?: bigint;
  /** That a global timer or low-memory hook that may run does, when nothing else is left to do. */
  readonly tasks: number;
  /** Take other readings of ambiguous clauses. */
  readonly readings: boolean;
  /** The opposite of the profile as to what may be refused, or taken. */
  readonly optional: boolean;
}

const USUAL: Liberties = {
  order: 'oldest',
  rejects: 0,
  expires: 0,
  failingCalls: 0,
  failingGrowth: 0,
  tasks: 1,
  readings: false,
  optional: false,
};

/** Each liberty taken to its end. The first is the usual way. */
const EXTREMES: readonly Liberties[] = [
  USUAL,
  { ...USUAL, rejects: 1 },
  { ...USUAL, readings: true, optional: true },
  { ...USUAL, failingCalls: 1 },
  { ...USUAL, failingGrowth: 1, room: 0n },
  { ...USUAL, tasks: 0 },
  { ...USUAL, order: 'newest' },
  { ...USUAL, order: 'calls first' },
  { ...USUAL, expires: 1 },
];

/** One way to decide, by a name: what decides in it is drawn from the name. */
export interface Way {
  readonly name: string;
  readonly liberties: Liberties;
}

/** The usual way, then each liberty alone. */
export const WAYS: readonly Way[] = EXTREMES.map((liberties, n) => ({ name: `way ${n}`, liberties }));

/**
 * The n-th mixture of some of the liberties.
 * @param which numbers in WAYS; none: all of them
 */
export function mixture(which: readonly number[], n: number): Way {
  const name = `mixture ${which.join()} ${n}`;
  const random = new Random(name);
  const has = (k: number) => which.length === 0 || which.includes(k);
  const often = (k: number) => (has(k) ? random.pick([0.2, 0.5, 0.5, 0.8]) : 0);
  const room = random.pick([0n, 1n, 2n, 4n]);
  const orders = has(6) || has(7);
  const liberties: Liberties = {
    order: orders ? random.pick(['any', 'any', 'responses first', 'newest', 'calls first']) : 'oldest',
    rejects: often(1),
    expires: often(8),
    failingCalls: often(3),
    failingGrowth: often(4),
    ...(has(4) && random.chance(0.7) && { room }),
    tasks: has(5) ? random.pick([0.3, 0.5, 0.8]) : 1,
    readings: has(2),
    optional: has(2) && random.chance(0.5),
  };
  return { name, liberties };
}

/** The profile as far as liberties show in it. */
export function libertiesIn(profile: Profile, { room, optional }: Liberties, { modules }: Scenario): Profile {
  if (room === undefined && !optional) return profile;
  let { limits, refusedInstructions, enforcesOptionalModuleLimits } = profile;
  if (room !== undefined) {
    const most = largestMinimum(modules) + room;
    const capped = (limit: bigint) => (limit < most ? limit : most);
    limits = { ...limits, wasm32Pages: capped(limits.wasm32Pages), wasm64Pages: capped(limits.wasm64Pages) };
  }
  if (optional) {
    refusedInstructions = refusedInstructions.length > 0 ? [] : REFUSED_BY_REPLICAS;
    enforcesOptionalModuleLimits = !enforcesOptionalModuleLimits;
  }
  return { ...profile, limits, refusedInstructions, enforcesOptionalModuleLimits };
}

/** Pages of the largest memory that a module begins with. */
function largestMinimum(modules: Scenario['modules']): bigint {
  return modules.map(minimumOf).reduce((a, b) => (a > b ? a : b), 0n);
}

function minimumOf(source: ModuleSource): bigint {
  if (source.kind === 'program') return source.program.memory?.min ?? 0n;
  const module = parseModule(openWasm, source.bytes);
  return 'invalid' in module ? 0n : (module.wasm.memories[0]?.limits.min ?? 0n);
}

const REFUSED_BY_REPLICAS = ['table.grow', 'table.set', 'table.fill', 'table.copy', 'table.init'];

const NO_PAGES = -1n;

/** Wraps the functions of the System API that may fail at any time. */
export function failing(
  handlers: Readonly<Record<string, Handler>>,
  { failingCalls, failingGrowth }: Liberties,
  random: Random,
): Readonly<Record<string, Handler>> {
  if (failingCalls === 0 && failingGrowth === 0) return handlers;
  const value = (name: string): Handler => handlers[name] ?? missing(name);
  const grow =
    (name: string): Handler =>
    (es, ...args) =>
      random.chance(failingGrowth) ? NO_PAGES : value(name)(es, ...args);
  return {
    ...handlers,
    call_perform: (es) => {
      if (es.pendingCall === undefined || !random.chance(failingCalls)) return value('call_perform')(es);
      discardPendingCall(es);
      return random.pick([1n, 2n, 2n, 3n + random.bits(30)]);
    },
    stable_grow: grow('stable_grow'),
    stable64_grow: grow('stable64_grow'),
  };
}

function missing(name: string): never {
  throw new RangeError(`the model has no ${name}`);
}

/** Chooses what is next, in one run. */
export class Chooser {
  readonly #decisions: Decisions;
  readonly #random: Random;

  constructor(
    private readonly liberties: Liberties,
    seed: string,
  ) {
    this.#random = new Random(seed);
    this.#decisions = new Decisions(this.#random);
  }

  /** @param isInterCanister whether a message is a call between canisters */
  next(enabled: readonly Choice[], isInterCanister: (message: number) => boolean): Choice | undefined {
    if (this.liberties === USUAL) return choiceByPolicy(DEFAULT_POLICY, enabled);
    const { rejects, expires, tasks } = this.liberties;
    for (const choice of enabled) {
      switch (choice.kind) {
        case 'reject':
          if (isInterCanister(choice.message) && this.#decisions.once(`reject ${choice.message}`, rejects)) {
            return { ...choice, code: this.#random.pick([1, 2]) };
          }
          break;
        case 'expire-message':
          if (this.#decisions.once(`expire ${choice.message}`, expires)) return choice;
          break;
        case 'expire-context':
          if (this.#decisions.once(`expire context ${choice.context}`, expires)) return choice;
          break;
        case 'execute':
        case 'deliver':
        case 'global-timer':
        case 'low-wasm-memory':
        case 'heartbeat':
        case 'bump-version':
          break;
      }
    }
    const message = this.#message(enabled);
    if (message !== undefined) return message;
    return enabled.find(
      (choice) =>
        (choice.kind === 'low-wasm-memory' || choice.kind === 'global-timer') &&
        this.#decisions.once(`${choice.kind} ${choice.canister} ${this.#stroke}`, tasks),
    );
  }

  #stroke = 0;

  /** Another stimulus was submitted. */
  goOn(): void {
    this.#stroke += 1;
  }

  #message(enabled: readonly Choice[]): Choice | undefined {
    const messages = enabled.filter(({ kind }) => kind === 'execute' || kind === 'deliver');
    const [first] = messages;
    if (first === undefined) return undefined;
    switch (this.liberties.order) {
      case 'oldest':
        return choiceByPolicy(DEFAULT_POLICY, messages);
      case 'newest':
        return messages.at(-1);
      case 'calls first':
        return messages.find(({ kind }) => kind === 'execute') ?? first;
      case 'responses first':
        return messages.find(({ kind }) => kind === 'deliver') ?? first;
      case 'any':
        return this.#random.pick([first, ...messages.slice(1)]);
    }
  }
}
