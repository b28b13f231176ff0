// table: what a conforming implementation may decide at each moment — orders, spontaneous rejects, expiries, failures, system tasks, readings
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { Choice } from '../../spec/vocabulary/scenario.js';
import type { Profile } from '../../spec/profiles/profile.js';
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
  readonly order: 'oldest' | 'newest' | 'calls first' | 'responses first' | 'tasks first' | 'any';
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
  /** That each of the other readings of ambiguous clauses is taken. */
  readonly readings: number;
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
  readings: 0,
  optional: false,
};

/** Each liberty taken to its end. The first is the usual way. */
const EXTREMES: readonly Liberties[] = [
  USUAL,
  { ...USUAL, rejects: 1 },
  { ...USUAL, readings: 1, optional: true },
  { ...USUAL, failingCalls: 1 },
  { ...USUAL, failingGrowth: 1 },
  { ...USUAL, tasks: 0 },
  { ...USUAL, order: 'newest' },
  { ...USUAL, order: 'calls first' },
  { ...USUAL, expires: 1 },
  { ...USUAL, room: 0n },
  { ...USUAL, order: 'tasks first' },
];

type Liberty = keyof Liberties;

/** One way to decide, by a name: what decides in it is drawn from the name. */
export interface Way {
  readonly name: string;
  readonly liberties: Liberties;
  /** What decides about a liberty is drawn from another name. */
  readonly drawn?: { readonly [liberty in Liberty]?: string };
  /** Strokes from and until which it is decided so; before and after it as in `base`. Absent: always. */
  readonly during?: readonly [from: number, until: number];
  readonly base?: Way;
}

/** The usual way, then each liberty alone. */
export const WAYS: readonly [Way, ...Way[]] = [
  { name: 'way 0', liberties: USUAL },
  ...EXTREMES.slice(1).map((liberties, n) => ({ name: `way ${n + 1}`, liberties })),
];

/** How it is decided at a stroke. */
export function wayAt({ during, base, ...way }: Way, stroke: number): Way {
  if (during === undefined || (stroke >= during[0] && stroke < during[1])) return way;
  return base === undefined ? WAYS[0] : wayAt(base, stroke);
}

/** The way that takes readings, or limits: those last, whenever they are met. */
export function lasting(way: Way): Way {
  const { readings, room, optional } = way.liberties;
  return readings > 0 || room !== undefined || optional || way.base === undefined ? way : lasting(way.base);
}

function drawnIn({ name, liberties, drawn }: Way): Way['drawn'] {
  return { ...Object.fromEntries(Object.keys(liberties).map((one) => [one, name])), ...drawn };
}

/** The way that also takes the liberties of another one for some strokes. */
export function taking(base: Way, { name, liberties }: Way, [from, until]: readonly [number, number]): Way {
  const before = wayAt(base, from);
  const taken = (Object.keys(liberties) as Liberty[]).filter((one) => liberties[one] !== USUAL[one]);
  const own = `${name} from ${from}`;
  return {
    name: `${base.name}, ${own} to ${until}`,
    liberties: { ...before.liberties, ...Object.fromEntries(taken.map((one) => [one, liberties[one]])) },
    // What was decided about the other liberties stays as it was.
    drawn: { ...drawnIn(before), ...Object.fromEntries(taken.map((one) => [one, own])) },
    during: [from, until],
    base,
  };
}

/** Mixtures of all liberties, and of each alone. */
const MIXTURES = 6;

/** A way in which every place is looked at, with the number in WAYS of the liberty that it takes to its end. */
export interface Look {
  readonly way: Way;
  readonly which?: number;
}

/**
 * The usual way, each liberty alone as far as the modules give room for it, and mixtures of all; then those in which each liberty is taken
 * now and then.
 */
export function looksAt(modules: readonly Uint8Array[]): {
  readonly first: readonly Look[];
  readonly further: readonly Look[];
} {
  const imports = new Set(modules.flatMap(importsOf));
  const possible = (n: number) => NEEDS[n]?.some((name) => imports.has(name)) ?? true;
  const alone = WAYS.map((way, which) => (which === 0 ? { way } : { way, which })).filter((_, n) => possible(n));
  const mixtures = Array.from({ length: MIXTURES }, (_, n) => ({ way: mixture([], n) }));
  const sometimes = Array.from({ length: MIXTURES }, (_, n) => alone.flatMap(({ which }) => (which === undefined ? [] : [{ way: mixture([which], n) }]))).flat(); // prettier-ignore
  return { first: [...alone, ...mixtures], further: sometimes };
}

const CALLS = ['call_perform'];
const GROWTH = ['stable_grow', 'stable64_grow'];

/** System API functions without which a liberty cannot be taken. Numbers are those in WAYS. */
const NEEDS: Readonly<Partial<Record<number, readonly string[]>>> = {
  1: CALLS,
  3: CALLS,
  4: GROWTH,
  6: CALLS,
  7: CALLS,
  8: CALLS,
};

function importsOf(bytes: Uint8Array): readonly string[] {
  const module = parseModule(openWasm, bytes);
  return 'invalid' in module ? [] : module.wasm.imports.map(({ name }) => name);
}

/**
 * The n-th mixture of some of the liberties.
 * @param which numbers in WAYS; none: all of them
 */
export function mixture(which: readonly number[], n: number): Way {
  const name = `mixture ${which.join()} ${n}`;
  const random = new Random(name);
  const has = (k: number) => which.length === 0 || which.includes(k);
  const often = (k: number) => (has(k) ? random.pick([0.2, 0.5, 0.5, 0.8]) : 0);
  const room = random.pick([0n, 0n, 1n, 2n, 4n]);
  const orders = [6, 7, 10].some(has);
  const liberties: Liberties = {
    order: orders ? random.pick(['any', 'any', 'responses first', 'newest', 'calls first', 'tasks first']) : 'oldest',
    rejects: often(1),
    expires: often(8),
    failingCalls: often(3),
    failingGrowth: often(4),
    ...(has(9) && random.chance(0.7) && { room }),
    tasks: has(5) ? random.pick([0, 0.3, 0.5, 0.8]) : 1,
    readings: has(2) ? 0.5 : 0,
    optional: has(2) && random.chance(0.5),
  };
  return { name, liberties };
}

/** The profile as far as liberties show in it. */
export function libertiesIn(profile: Profile, { room, optional }: Liberties, modules: readonly Uint8Array[]): Profile {
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

const largestMinima = new WeakMap<readonly Uint8Array[], bigint>();

/** Pages of the largest memory that a module begins with, of those that can be installed. */
function largestMinimum(modules: readonly Uint8Array[]): bigint {
  let largest = largestMinima.get(modules);
  if (largest === undefined) {
    largest = modules.map(minimumOf).reduce((a, b) => (a > b ? a : b), 0n);
    largestMinima.set(modules, largest);
  }
  return largest;
}

function minimumOf(bytes: Uint8Array): bigint {
  const module = parseModule(openWasm, bytes);
  return 'invalid' in module ? 0n : (module.wasm.memories[0]?.limits.min ?? 0n);
}

const REFUSED_BY_REPLICAS = ['table.grow', 'table.set', 'table.fill', 'table.copy', 'table.init'];

const NO_PAGES = -1n;

/** Wraps the functions of the System API that may fail at any time. @param chooser says how it is decided at the moment */
export function failing(
  handlers: Readonly<Record<string, Handler>>,
  chooser: Chooser,
): Readonly<Record<string, Handler>> {
  const value = (name: string): Handler => handlers[name] ?? missing(name);
  const grow =
    (name: string): Handler =>
    (es, ...args) =>
      chooser.chance('failingGrowth') ? NO_PAGES : value(name)(es, ...args);
  return {
    ...handlers,
    call_perform: (es) => {
      if (es.pendingCall === undefined || !chooser.chance('failingCalls')) return value('call_perform')(es);
      discardPendingCall(es);
      return 2n;
    },
    stable_grow: grow('stable_grow'),
    stable64_grow: grow('stable64_grow'),
  };
}

function missing(name: string): never {
  throw new RangeError(`the model has no ${name}`);
}

/** Decides, in one run. What is decided at a stroke depends on the way at that stroke only, so that ways that begin alike run alike. */
export class Chooser {
  #liberties = USUAL;
  #way: Way = WAYS[0];
  readonly #randoms = new Map<Liberty, Random>();
  readonly #decisions = new Map<Liberty, Decisions>();
  #stroke = -1;

  constructor(private readonly way: Way) {}

  /** Another stimulus is submitted. */
  goOn(): void {
    this.#stroke += 1;
    this.#way = wayAt(this.way, this.#stroke);
    this.#liberties = this.#way.liberties;
    this.#randoms.clear();
    this.#decisions.clear();
  }

  /** Whether something fails that may fail. */
  chance(what: 'failingCalls' | 'failingGrowth'): boolean {
    return this.#liberties[what] > 0 && this.#random(what).chance(this.#liberties[what]);
  }

  #random(liberty: Liberty): Random {
    let random = this.#randoms.get(liberty);
    if (random === undefined) {
      random = new Random(`${liberty} ${this.#way.drawn?.[liberty] ?? this.#way.name} ${this.#stroke}`);
      this.#randoms.set(liberty, random);
    }
    return random;
  }

  /** Whether a liberty is taken; decided once for each thing that it is about. */
  #takes(liberty: 'rejects' | 'expires' | 'tasks', what: string): boolean {
    let decisions = this.#decisions.get(liberty);
    if (decisions === undefined) this.#decisions.set(liberty, (decisions = new Decisions(this.#random(liberty))));
    return decisions.once(what, this.#liberties[liberty]);
  }

  /** @param isInterCanister whether a message is a call between canisters */
  next(enabled: readonly Choice[], isInterCanister: (message: number) => boolean): Choice | undefined {
    const liberties = this.#liberties;
    if (liberties === USUAL) return choiceByPolicy(DEFAULT_POLICY, enabled);
    const { order } = liberties;
    for (const choice of enabled) {
      switch (choice.kind) {
        case 'reject':
          if (isInterCanister(choice.message) && this.#takes('rejects', `${choice.message}`)) {
            return { ...choice, code: REJECT_CODES.SYS_TRANSIENT };
          }
          break;
        case 'expire-message':
          if (this.#takes('expires', `message ${choice.message}`)) return choice;
          break;
        case 'expire-context':
          if (this.#takes('expires', `context ${choice.context}`)) return choice;
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
    const task = () =>
      enabled.find(
        (choice) =>
          (choice.kind === 'low-wasm-memory' || choice.kind === 'global-timer') &&
          this.#takes('tasks', `${choice.kind} ${choice.canister}`),
      );
    // System tasks wait until nothing else is left to do, but where another order is taken.
    const before = order === 'tasks first' || (order === 'any' && this.#random('order').chance(0.5));
    const first = before ? task() : undefined;
    return first ?? this.#message(enabled, order) ?? task();
  }

  #message(enabled: readonly Choice[], order: Liberties['order']): Choice | undefined {
    const messages = enabled.filter(({ kind }) => kind === 'execute' || kind === 'deliver');
    const [first] = messages;
    if (first === undefined) return undefined;
    switch (order) {
      case 'oldest':
      case 'tasks first':
        return choiceByPolicy(DEFAULT_POLICY, messages);
      case 'newest':
        return messages.at(-1);
      case 'calls first':
        return messages.find(({ kind }) => kind === 'execute') ?? first;
      case 'responses first':
        return messages.find(({ kind }) => kind === 'deliver') ?? first;
      case 'any':
        return this.#random('order').pick([first, ...messages.slice(1)]);
    }
  }
}
