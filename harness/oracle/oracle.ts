// plumbing: the oracle at work in one run — laws and comparison, and the order of what they find
import type { Engine } from '../../spec/vocabulary/engine.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CyclesLedger, ExecutionRecord, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { TIERS, type Tier } from '../../spec/vocabulary/verdict.js';
import type { DrivenTransition, EnabledDifference, Observer, RunEnd } from '../scheduler/drive.js';
import type { Failure, ObservedTransition } from '../types.js';
import { aspectsOf, memorySizes } from './aspects.js';
import { attribute } from './attribution.js';
import { clausesCompared, type ComparedOptions } from './compared.js';
import { enabledDivergence, firstDivergence, ledgerDivergence, type Comparison } from './differential.js';
import type { Divergence } from './divergence.js';
import type { Bench, Judge, Violation } from './law.js';
import { Known } from './known.js';
import { LAWS } from './laws/index.js';
import { Tally } from './reached.js';
import { unlistedIn, World } from './world.js';

interface OracleOptions {
  readonly profile: Profile;
  /** Those of the scenario, as they are uploaded. */
  readonly modules: readonly Uint8Array[];
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
  readonly #comparison: Comparison;
  readonly #compared: ComparedOptions;
  readonly #known: Known;
  #ledger: CyclesLedger;
  #place = { step: -1, transition: 0 };

  /** @param against the engine that the target is compared with; absent: laws only */
  constructor(target: Engine, against: Engine | undefined, options: OracleOptions) {
    this.#target = target;
    this.#against = options.tier === 'differential' ? against : undefined;
    this.#options = options;
    this.#ledger = target.ledger();
    const bench: Bench = {
      check: this.tally.clause,
      checkCell: this.tally.cell,
      violate: (violation) => {
        this.#violated(violation);
      },
    };
    this.#judges = LAWS.map((law) => law.judge(bench));
    const { profile, modules } = options;
    this.#known = new Known(this.#world, profile, modules);
    this.#comparison = {
      world: this.#world,
      profile,
      before: (canister) => this.#last.get(canister),
      digests: {
        expected: (canister) => this.#against && this.#against.digest(canister),
        actual: (canister) => target.digest(canister),
      },
    };
    this.#compared = {
      profile,
      known: this.#known,
      aspects: (execution, index) => {
        const { canister } = execution;
        const sizes = memorySizes(this.#world.canister(canister), target.digest(canister));
        return aspectsOf(execution, index, sizes, profile);
      },
    };
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
      outcome: outcome?.actual,
      world: this.#world,
      ledger: { before: this.#ledger, after: ledger },
    };
    for (const judge of this.#judges) judge.transition(observation);
    this.#compare(record === actual ? transition : { ...transition, actual: record }, ledger);

    this.#known.learn(record, outcome?.actual);
    this.#world.apply(record, outcome?.actual);
    for (const execution of actual.executions) this.#last.set(execution.canister, execution);
    this.#ledger = ledger;
    return this.#findings.length === 0;
  }

  /** With the state of every canister that ran, listed or not: what an engine does not list it may have changed all the same. */
  #complete(record: TransitionRecord): TransitionRecord {
    const unlisted = unlistedIn(this.#target, record);
    return unlisted.length === 0 ? record : { ...record, after: [...record.after, ...unlisted] };
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
    const divergence =
      firstDivergence(transition, this.#comparison) ?? ledgerDivergence(against.ledger(), ledger, expected);
    if (divergence !== undefined) {
      this.#diverged(divergence);
      return;
    }
    // Everything in the transition was equal: each clause that the tables have for it was checked.
    this.tally.together(clausesCompared(transition.actual, transition.outcome?.actual, this.#compared));
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
