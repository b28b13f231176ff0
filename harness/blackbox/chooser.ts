// plumbing: decides in one run of the model what the specification leaves open, and remembers what there was to decide
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Choice, Settings } from '../../spec/vocabulary/scenario.js';
import { discardPendingCall } from '../../reference-model/ic/execution.js';
import { rejected } from '../../reference-model/ic/management/outcome.js';
import type { Canister } from '../../reference-model/ic/state.js';
import type { Assembly } from '../../reference-model/index.js';
import { choiceByPolicy, describeChoice, sameChoice } from '../scheduler/choices.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';
import { ROOMS, sensitive, USUAL, type Liberties, type Limiting, type Way } from './liberties.js';
import type { Reading } from './ambiguities.js';
import { handlerNamed, type Handler, type Handlers } from './handlers.js';
import type { BoxTier } from './play.js';
import { Decisions, Random } from './random.js';

/** Something that was decided in a run. Runs of one play that have decided alike so far come to it under the same name. */
export interface Decision {
  readonly name: string;
  /** Or WHOLE_RUN. */
  readonly stroke: number;
  /** The options, in words. The first is what the way itself would have taken. */
  readonly options: readonly string[];
  readonly taken: string;
  /** How many executions had come to their end before it. */
  readonly ran: number;
}

/** The stroke of what is decided for the whole run, before the first. */
const WHOLE_RUN = -1;

/** In the names of decisions between the number of the stroke and theirs in it. Decisions for the whole run have names of their own. */
const IN_STROKE = '.';

/** Whether the decision of a name is taken for the whole run. */
export const isForRun = (name: string): boolean => !name.includes(IN_STROKE);

/** Limits of a target that are decided for the whole run, by the names of their decisions. */
type LimitName = 'room' | 'optional' | 'much stable memory';

/** How long a pause may be, in choices: nothing happens in it, everything, or a little. */
const PAUSES: readonly number[] = [0, Infinity, 1, 2, 3, 4, 5, 6, 8];

/** Lengths that one decision of the script can give to all pauses from here on. */
const EXTREME_PAUSES: readonly number[] = [0, Infinity];

type Pause = readonly [choices: number, always?: 'from here on'];

/**
 * Takes the decisions of one run. What a way decides at a stroke is drawn from the way and the stroke only, so that a script changes nothing
 * before its decisions.
 */
export class Chooser {
  readonly decisions: Decision[] = [];
  /** The canisters of the executions that came to their end, in order. */
  readonly ran: Principal[] = [];
  readonly #liberties: Liberties;
  readonly #randoms = new Map<string, Random>();
  readonly #once = new Map<string, Decisions>();
  /** Whether readings are taken, as far as it has been asked. */
  readonly #readings = new Map<Reading, boolean>();
  /** Responses that could be delivered before the script chose what happens; undefined: the last choice was not the script’s. */
  #delivered: ReadonlySet<number> | undefined;
  /** Tasks that wait until the next message is executed, by decision of the script. */
  readonly #waiting = new Set<string>();
  /** What fails, or does not, for the rest of the stroke, by decision of the script. */
  readonly #failing = new Map<string, boolean>();
  /** The length of all pauses, by decision of the script; undefined: each is decided. */
  #pausing: number | undefined;
  #stroke = WHOLE_RUN;
  #inStroke = 0;

  /**
   * @param tier whoever follows the profile has its limits and readings, and nothing fails for him that need not
   * @param toScenarioId the canister that has an id in this run, as the scenario names it
   */
  constructor(
    private readonly way: Way,
    private readonly tier: BoxTier = 'spec',
    private readonly toScenarioId: (canister: Principal) => Principal = (canister) => canister,
  ) {
    this.#liberties = way.liberties;
  }

  /** Another stimulus is submitted. */
  nextStroke(): void {
    this.#stroke += 1;
    this.#inStroke = 0;
    this.#delivered = undefined;
    this.#failing.clear();
    this.#randoms.clear();
    this.#once.clear();
  }

  /** One of several options; which, the script says, or the way: the first. */
  #decide<T>(name: string, stroke: number, values: readonly [T, ...T[]], inWords: (value: T) => string): T {
    const options = values.map(inWords);
    const at = Math.max(0, options.indexOf(this.way.script?.get(name) ?? ''));
    this.decisions.push({ name, stroke, options, taken: options[at] ?? '', ran: this.ran.length });
    return values[at] ?? values[0];
  }

  /** One of several options, for the whole run. The first is what the way says. */
  #decideForRun<T>(name: LimitName | Reading, options: readonly [T, ...T[]]): T {
    return this.#decide(name, WHOLE_RUN, options, String);
  }

  #decideNow<T>(options: readonly [T, ...T[]], inWords: (value: T) => string): T {
    return this.#decide(`${this.#stroke}${IN_STROKE}${this.#inStroke++}`, this.#stroke, options, inWords);
  }

  /** What is refused, and how much room there is, where that matters to the modules. To be asked once, at the beginning. */
  limits(modules: readonly Uint8Array[]): Limiting {
    if (this.tier === 'profile') return { optional: false, muchStable: false };
    const own = this.#liberties;
    const { growth, stable, optional } = sensitive(modules);
    const room = growth
      ? this.#decideForRun('room', [own.room, ...ROOMS.filter((other) => other !== own.room)])
      : undefined;
    return {
      optional: optional ? this.#decideForRun('optional', [own.optional, !own.optional]) : false,
      muchStable: stable ? this.#decideForRun('much stable memory', [own.muchStable, !own.muchStable]) : false,
      ...(room !== undefined && { room }),
    };
  }

  /** Whether a reading of an ambiguous clause is taken instead of the model's own: decided for the whole run when it first matters. */
  takesReading(reading: Reading): boolean {
    if (this.tier === 'profile') return false;
    let isTaken = this.#readings.get(reading);
    if (isTaken === undefined) {
      const own = new Random(`reading ${reading} ${this.way.name}`).chance(this.#liberties.readings);
      isTaken = this.#decideForRun(reading, [own, !own]);
      this.#readings.set(reading, isTaken);
    }
    return isTaken;
  }

  /** Whether something fails that may fail: this once, or for the rest of the stroke. */
  fails(what: 'failingCalls' | 'failingGrowth' | 'failingMemory' | 'failingSettings'): boolean {
    if (this.tier === 'profile') return false;
    const { [what]: often } = this.#liberties;
    const own = this.#failing.get(what) ?? (often > 0 && this.#random(what).chance(often));
    const once = this.#decideNow([[own], [!own], [!own, 'from here on']] as const, (option) => option.join(' '));
    const [fails, forAll] = once;
    if (forAll !== undefined) this.#failing.set(what, fails);
    return fails;
  }

  /** Whether a call that expires now, before it has run, is executed all the same. */
  executesExpired(): boolean {
    const { expires } = this.#liberties;
    const own = expires > 0 && expires < 1 && this.#random('expires').chance(0.5);
    return this.#decideNow([own, !own], (executes) => (executes ? 'executed late' : 'never executed'));
  }

  /** Whether time goes on when nothing else is left to do, so that a timer that is due soon may run before the next stroke. */
  timeGoesOn(): boolean {
    const { tasks } = this.#liberties;
    const own = tasks < 1 && this.#random('tasks').chance(0.5);
    return this.#decideNow([own, !own], (goesOn) => (goesOn ? 'time goes on' : 'time stands still'));
  }

  /**
   * How much happens before the next stimulus comes, where it does not wait until nothing more happens.
   * @param hint the number of choices that the target was asked to take
   * @returns the number of choices
   */
  pauseLength(hint: number): number {
    const own = this.#pausing ?? hint;
    const others = PAUSES.filter((other) => other !== own).map((other) => [other] as const);
    const forAll = EXTREME_PAUSES.filter((other) => other !== own).map((other) => [other, 'from here on'] as const);
    const options: readonly [Pause, ...Pause[]] = [[own], ...others, ...forAll];
    const [taken, always] = this.#decideNow(options, (option) => `${option.join(' ')} choices before the next`);
    if (always !== undefined) this.#pausing = taken;
    return taken;
  }

  /** The next stimulus comes when nothing more happens: what was decided for all pauses ends. */
  endPauses(): void {
    this.#pausing = undefined;
  }

  #random(liberty: keyof Liberties): Random {
    let random = this.#randoms.get(liberty);
    if (random === undefined) {
      random = new Random(`${liberty} ${this.way.name} ${this.#stroke}`);
      this.#randoms.set(liberty, random);
    }
    return random;
  }

  /** Whether the way takes a liberty; decided once for each thing that it is about. */
  #takesLiberty(liberty: 'rejects' | 'expires' | 'tasks', what: string): boolean {
    let decisions = this.#once.get(liberty);
    if (decisions === undefined) this.#once.set(liberty, (decisions = new Decisions(this.#random(liberty))));
    return decisions.once(what, this.#liberties[liberty]);
  }

  /**
   * What happens next; undefined: nothing.
   * @param isInterCanister whether a message is a call between canisters
   */
  next(enabled: readonly Choice[], isInterCanister: (message: number) => boolean): Choice | undefined {
    const own = this.#newResponse(enabled) ?? this.#own(this.#without(enabled), isInterCanister);
    this.#delivered = undefined;
    const others = alternatives(enabled, own, isInterCanister);
    if (others.length === 0) return own;
    const [choice, when] = this.#decideNow([[own], ...others.flatMap(atOnceOrLater)], (option) =>
      inWords(option, this.toScenarioId),
    );
    if (choice !== own && when === undefined)
      this.#delivered = new Set(enabled.flatMap((one) => (one.kind === 'deliver' ? [one.message] : [])));
    if (when === WAITING && own !== undefined && isTask(own)) this.#waiting.add(taskName(own));
    return choice;
  }

  /** Without the tasks that wait. */
  #without(enabled: readonly Choice[]): readonly Choice[] {
    if (this.#waiting.size === 0) return enabled;
    if (enabled.some(isMessage)) this.#waiting.clear();
    return enabled.filter((choice) => !isTask(choice) || !this.#waiting.has(taskName(choice)));
  }

  /** A response that the script’s last choice has made is delivered at once, so that one replaced decision shows in the log of the caller. */
  #newResponse(enabled: readonly Choice[]): Choice | undefined {
    const before = this.#delivered;
    return before && enabled.find((choice) => choice.kind === 'deliver' && !before.has(choice.message));
  }

  /** What the way does. */
  #own(enabled: readonly Choice[], isInterCanister: (message: number) => boolean): Choice | undefined {
    const liberties = this.#liberties;
    if (liberties === USUAL) return choiceByPolicy(DEFAULT_POLICY, enabled);
    const { order } = liberties;
    for (const choice of enabled) {
      switch (choice.kind) {
        case 'reject':
          if (isInterCanister(choice.message) && this.#takesLiberty('rejects', `${choice.message}`))
            return rejecting(choice);
          break;
        case 'expire-message':
          if (this.#takesLiberty('expires', `message ${choice.message}`)) return choice;
          break;
        case 'expire-context':
          if (this.#takesLiberty('expires', `context ${choice.context}`)) return choice;
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
      enabled.find((choice) => isTask(choice) && this.#takesLiberty('tasks', `${choice.kind} ${choice.canister}`));
    // System tasks wait until nothing else is left to do, but where another order is taken.
    const before = order === 'tasks first' || (order === 'any' && this.#random('order').chance(0.5));
    const first = before ? task() : undefined;
    return first ?? this.#message(enabled, order) ?? task();
  }

  #message(enabled: readonly Choice[], order: Liberties['order']): Choice | undefined {
    const messages = enabled.filter(isMessage);
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

/** A choice; by decision of the script the response that it makes is delivered at once, or later, when the way delivers it. */
type Option = readonly [choice: Choice | undefined, when?: 'later' | typeof WAITING];

/** A task that is due need not run in this stroke, nor in those after it: none of them may show that it has not. */
const WAITING = 'until a message is executed';

function atOnceOrLater(choice: Choice | undefined): readonly Option[] {
  if (choice === undefined) return [[choice], [choice, WAITING]];
  const makesResponse = !isTask(choice) && choice.kind !== 'deliver';
  return makesResponse ? [[choice], [choice, 'later']] : [[choice]];
}

function inWords([choice, when]: Option, toScenarioId: (canister: Principal) => Principal): string {
  if (choice === undefined) return when === undefined ? 'rest' : `rest ${when}`;
  const words = describeChoice('canister' in choice ? { ...choice, canister: toScenarioId(choice.canister) } : choice);
  return when === undefined ? words : `${words}, its response ${when}`;
}

type Task = Extract<Choice, { readonly kind: 'global-timer' | 'low-wasm-memory' }>;

const isTask = (choice: Choice): choice is Task => choice.kind === 'global-timer' || choice.kind === 'low-wasm-memory';
const taskName = ({ kind, canister }: Task) => `${kind} ${canister}`;
const isMessage = ({ kind }: Choice) => kind === 'execute' || kind === 'deliver';

/** Codes with which a system rejects of its own accord. */
const OWN_CODES = [REJECT_CODES.SYS_TRANSIENT, REJECT_CODES.SYS_FATAL];

const rejecting = (choice: Extract<Choice, { readonly kind: 'reject' }>): Choice => ({
  ...choice,
  code: REJECT_CODES.SYS_TRANSIENT,
});

/** Everything that may happen instead. Heartbeats are none of it (observable.ts takes them out), nor version bumps (open-values.ts draws versions). */
function alternatives(
  enabled: readonly Choice[],
  own: Choice | undefined,
  isInterCanister: (message: number) => boolean,
): readonly (Choice | undefined)[] {
  const others = enabled.flatMap((choice): readonly Choice[] => {
    switch (choice.kind) {
      case 'reject':
        return isInterCanister(choice.message) ? OWN_CODES.map((code) => ({ ...choice, code })) : [];
      case 'heartbeat':
      case 'bump-version':
        return [];
      case 'execute':
      case 'deliver':
      case 'expire-message':
      case 'expire-context':
      case 'global-timer':
      case 'low-wasm-memory':
        return [choice];
    }
  });
  const different = others.filter((choice) => own === undefined || !sameChoice(choice, own));
  // A task may wait; a message runs before a subnet comes to rest.
  return own !== undefined && isTask(own) && !enabled.some(isMessage) ? [...different, undefined] : different;
}

/**
 * Wraps what may be refused of settings: an allocation that is raised, environment variables.
 * @param isSetup whether the case is being set up: without its setup there is no case (target-run.ts)
 */
export function failingSettings(
  management: Assembly['management'],
  chooser: Chooser,
  isSetup: () => boolean,
): Assembly['management'] {
  const fails = (settings: Settings, now?: Canister['settings']) =>
    !isSetup() && mayBeRefused(settings, now) && chooser.fails('failingSettings');
  return {
    ...management,
    createCanister: (w, request) =>
      fails(request.settings) ? rejected(w, 'invalid-settings') : management.createCanister(w, request),
    updateSettings: (w, request) =>
      fails(request.settings, w.draft.canisters.get(request.canister)?.settings)
        ? rejected(w, 'invalid-settings')
        : management.updateSettings(w, request),
  };
}

/** Whether there may be no room for settings. @param now the settings before; those of a canister that is made ask for nothing */
export function mayBeRefused(settings: Settings, now?: Canister['settings']): boolean {
  const { computeAllocation = 0n, memoryAllocation = 0n, environmentVariables = [] } = settings;
  const { computeAllocation: compute = 0n, memoryAllocation: memory = 0n } = now ?? {};
  return computeAllocation > compute || memoryAllocation > memory || environmentVariables.length > 0;
}

const NO_PAGES = -1n;

/** Wraps the functions of the System API that may fail at any time. */
export function failingCalls(handlers: Handlers, chooser: Chooser): Handlers {
  const original = (name: string): Handler => handlerNamed(handlers, name);
  const grow =
    (name: string): Handler =>
    (es, ...args) =>
      chooser.fails('failingGrowth') ? NO_PAGES : original(name)(es, ...args);
  return {
    ...handlers,
    call_perform: (es) => {
      if (es.pendingCall === undefined || !chooser.fails('failingCalls')) return original('call_perform')(es);
      discardPendingCall(es);
      return 2n;
    },
    stable_grow: grow('stable_grow'),
    stable64_grow: grow('stable64_grow'),
  };
}
