// plumbing: the oracle at work in one run — laws and comparison, and the order of what they find
import { Crash, type Engine } from '../../spec/vocabulary/engine.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CanisterDigest, CyclesLedger, ExecutionRecord, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { TIERS, type ClauseId, type Tier } from '../../spec/vocabulary/verdict.js';
import type { DrivenTransition, EnabledDifference, Observer, RunEnd } from '../scheduler/drive.js';
import type { Failure, ObservedTransition } from '../types.js';
import { aspectsOf, memorySizes } from './aspects.js';
import { attribute } from './attribution.js';
import { enabledDivergence, firstDivergence, ledgerDivergence, phaseOf } from './differential.js';
import { DIGEST_FIELDS, type Aspect, type Divergence, type DivergenceKind } from './divergence.js';
import type { Judge, Violation } from './law.js';
import { LAWS } from './laws/index.js';
import { Tally } from './reached.js';
import { clausesShown } from './shown.js';
import { World } from './world.js';

export interface OracleOptions {
  readonly profile: Profile;
  /** Ceiling: assertions of a higher tier are not made. */
  readonly tier: Tier;
  /** Keep every transition. */
  readonly observe: boolean;
}

/** What was found in one transition, with its place, so that the first is the failure. */
interface Finding {
  readonly failure: Failure;
  readonly execution: number;
  readonly call: number;
}

const END = Number.MAX_SAFE_INTEGER;

/**
 * Judges a run of the engine under test while it is driven. The run ends at the first transition in which anything is found: what comes
 * after a divergence says nothing.
 */
export class Oracle implements Observer {
  readonly tally = new Tally();
  readonly observed: ObservedTransition[] = [];
  readonly #target: Engine;
  readonly #against: Engine | undefined;
  readonly #options: OracleOptions;
  readonly #world = new World();
  readonly #judges: readonly Judge[];
  readonly #findings: Finding[] = [];
  /** The last execution of each canister before the transition that is being judged. */
  readonly #last = new Map<Principal, ExecutionRecord>();
  #ledger: CyclesLedger;
  #place = { step: -1, transition: 0 };

  /** @param against the engine that the target is compared with; absent: laws only */
  constructor(target: Engine, against: Engine | undefined, options: OracleOptions) {
    this.#target = target;
    this.#against = options.tier === 'differential' ? against : undefined;
    this.#options = options;
    this.#ledger = target.ledger();
    this.#judges = LAWS.map((law) =>
      law.judge({
        check: (rule) => {
          this.tally.clause(rule);
        },
        violate: (violation) => {
          this.#violated(violation);
        },
      }),
    );
  }

  /** The failures, first one first; more than one where one transition broke more than one clause. */
  get failures(): readonly Failure[] {
    const order = [...this.#findings].sort((a, b) => a.execution - b.execution || a.call - b.call);
    const seen = new Set<string>();
    return order.map(({ failure }) => failure).filter(({ rule }) => !seen.has(rule) && seen.add(rule));
  }

  transition(transition: DrivenTransition): boolean {
    const { step, index, actual, expected, outcome } = transition;
    this.#place = { step, transition: index };
    if (this.#options.observe) {
      this.observed.push({ step, actual, ...(expected && { expected }), ...(outcome && { outcome }) });
    }
    this.tally.transition(actual, outcome?.actual);

    const ledger = this.#target.ledger();
    const record = this.#complete(actual);
    const observation = {
      record,
      world: this.#world,
      ledger: { before: this.#ledger, after: ledger },
      ...(outcome && { outcome: outcome.actual }),
    };
    for (const judge of this.#judges) judge.transition(observation);
    this.#compare({ ...transition, actual: record }, ledger);

    this.#world.apply(record, outcome?.actual);
    for (const execution of actual.executions) this.#last.set(execution.canister, execution);
    this.#ledger = ledger;
    return this.#findings.length === 0;
  }

  /** With the state of every canister that ran, listed or not: what an engine does not list it may have changed all the same. */
  #complete(record: TransitionRecord): TransitionRecord {
    const listed = new Set(record.after.map(({ canister }) => canister));
    const more: CanisterDigest[] = [];
    for (const { canister } of record.executions) {
      if (listed.has(canister)) continue;
      listed.add(canister);
      const digest = digestIn(this.#target, canister);
      if (digest !== undefined) more.push(digest);
    }
    return more.length === 0 ? record : { ...record, after: [...record.after, ...more] };
  }

  enabledDiffer(difference: EnabledDifference): boolean {
    if (this.#against === undefined) return true;
    this.#place = { step: difference.step, transition: Math.max(0, difference.index - 1) };
    this.#diverged(enabledDivergence(difference));
    return false;
  }

  /** To be called when the run is over and was not stopped. */
  end(end: RunEnd): void {
    for (const judge of this.#judges) judge.end?.(end, this.#world);
  }

  #compare(transition: DrivenTransition, ledger: CyclesLedger): void {
    const against = this.#against;
    const { expected } = transition;
    if (against === undefined || expected === undefined) return;
    const world = this.#world;
    const divergence =
      firstDivergence(transition, {
        world,
        profile: this.#options.profile,
        before: (canister) => this.#last.get(canister),
        ...(transition.outcome && { outcome: transition.outcome }),
        digests: {
          expected: (canister) => digestIn(against, canister),
          actual: (canister) => digestIn(this.#target, canister),
        },
      }) ?? ledgerDivergence(against.ledger(), ledger, expected);
    if (divergence !== undefined) this.#diverged(divergence);
    else this.#compared(transition);
  }

  /** Everything in the transition was equal: each clause that the attribution table has for it was checked. */
  #compared({ actual, outcome }: DrivenTransition): void {
    clausesShown(actual, outcome?.actual, this.#options.profile, (clauses) => {
      this.tally.together(clauses);
    });
    const { cause, executions, after } = actual;
    const whole = { cause: cause.kind, phase: phaseOf(actual) };
    for (const execution of executions) {
      this.#comparedCalls(execution);
      const { canister, entryPoint } = execution;
      const trap = execution.outcome.kind === 'trapped' ? { expectedTrap: execution.outcome.trap } : {};
      this.tally.together(
        clausesOf(OF_EXECUTIONS, { ...whole, phase: phaseOf(actual, canister), entryPoint, ...trap }),
      );
    }
    this.tally.together(clausesOf(outcome === undefined ? OF_CHOICES : OF_STIMULI, whole));
    for (const { canister } of after) {
      const last = executions.findLast((execution) => execution.canister === canister);
      const more = last === undefined ? {} : { entryPoint: last.entryPoint };
      this.tally.together(clausesOf(DIGEST_FIELDS, { ...whole, phase: phaseOf(actual, canister), ...more }));
    }
  }

  #comparedCalls(execution: ExecutionRecord): void {
    const { canister, entryPoint, trace } = execution;
    trace.forEach((call, index) => {
      const common = { import: call.name, entryPoint };
      if (call.trap === undefined) {
        this.tally.together(clausesOf(OF_RESULTS, common));
      } else if (call.trap !== 'system-call-unavailable') {
        const sizes = memorySizes(this.#world.canister(canister), digestIn(this.#target, canister));
        const aspects = aspectsOf(execution, index, sizes, this.#options.profile);
        this.tally.clause(attribute({ ...BLANK, kind: 'systemCallTrap', ...common, aspects, expectedTrap: call.trap }));
      }
    });
  }

  #violated(violation: Violation): void {
    if (!this.#admits(violation.tier)) return;
    const { rule, tier, kind, expected, actual, execution, call, entryPoint } = violation;
    this.#find(
      { rule, tier, kind, ...this.#place, ...(entryPoint && { entryPoint }), ...(violation.import !== undefined && { import: violation.import }), expected, actual }, // prettier-ignore
      execution,
      call,
    );
  }

  #diverged(divergence: Divergence): void {
    const { kind, expected, actual, execution, call, entryPoint } = divergence;
    this.#find(
      {
        rule: attribute(divergence),
        tier: 'differential',
        kind,
        ...this.#place,
        ...(entryPoint && { entryPoint }),
        ...(divergence.import !== undefined && { import: divergence.import }),
        expected,
        actual,
      },
      execution,
      call,
    );
  }

  #find(failure: Failure, execution = END, call = END): void {
    this.#findings.push({ failure, execution, call });
  }

  #admits(tier: Tier): boolean {
    return TIERS.indexOf(tier) <= TIERS.indexOf(this.#options.tier);
  }
}

const OF_EXECUTIONS = ['execution', 'outcome', 'instructions', 'response', 'calls', 'accepted', 'burned'] as const;
const OF_RESULTS = ['systemCallResult'] as const;
const OF_CHOICES = ['messages', 'ended'] as const;
const OF_STIMULI = [...OF_CHOICES, 'stimulusOutcome'] as const;

const NO_ASPECTS: ReadonlySet<Aspect> = new Set();
const BLANK = { expected: '', actual: '', aspects: NO_ASPECTS, phase: 'returned', cause: 'execute' } as const;

type Where = Partial<Pick<Divergence, 'cause' | 'phase' | 'entryPoint' | 'import' | 'expectedTrap'>>;

/** Attribution goes through a table; what has been looked up is remembered, by one step for each thing that it depends on. */
class LookedUp {
  clauses: readonly ClauseId[] | undefined;
  readonly #next = new Map<unknown, LookedUp>();

  at(step: unknown): LookedUp {
    let next = this.#next.get(step);
    if (next === undefined) this.#next.set(step, (next = new LookedUp()));
    return next;
  }
}
const LOOKED_UP = new LookedUp();

/** The clauses for several kinds of divergence in one place. `kinds` is one of the lists above. */
function clausesOf(kinds: readonly DivergenceKind[], where: Where): readonly ClauseId[] {
  const { cause, phase, entryPoint, expectedTrap } = where;
  const known = LOOKED_UP.at(kinds).at(cause).at(phase).at(entryPoint).at(where.import).at(expectedTrap);
  return (known.clauses ??= kinds.map((kind) => attribute({ ...BLANK, kind, ...where })));
}

/** The canister as an engine shows it; undefined where it does not exist. */
function digestIn(engine: Engine, canister: Principal): CanisterDigest | undefined {
  try {
    return engine.digest(canister);
  } catch (error) {
    if (error instanceof Crash) return undefined;
    throw error;
  }
}
