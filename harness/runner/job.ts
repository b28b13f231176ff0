// plumbing: what a run is, as plain data, and the part of it that one worker does
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import type { Tier } from '../../spec/vocabulary/verdict.js';
import { compareBlackBoxes } from '../blackbox/compare.js';
import { judgeBlackBox, type BlackBox } from '../blackbox/judge.js';
import { boxTier } from '../blackbox/play.js';
import { Corpus } from '../corpus/store.js';
import { clauseOfCell } from '../oracle/cells.js';
import type { Counts } from '../oracle/reached.js';
import { divergenceKey } from '../reducer/same-failure.js';
import type { CheckArguments } from '../check/index.js';
import { localTarget } from '../serve/local.js';
import { builtinTarget, type NamedTarget } from '../targets/builtin.js';
import type { CaseFile, CaseResult } from '../types.js';
import { addCases, emptyAggregate, type Aggregate, type RanCase } from './aggregate.js';
import { caseSource, checkSource, type CaseSource, type SourcedCase } from './cases.js';
import { judgedFromOutside } from './from-outside.js';
import { selection } from './globs.js';
import { replayCommand } from './replay-command.js';
import { CaseRun } from './run-case.js';
import { suite } from './suite.js';

/** Everything that decides the results of a run. Plain data: sent to the workers once. */
export interface JobSpec {
  readonly target: string;
  /** Another target to compare with; absent: the target's own. */
  readonly against?: string;
  readonly seed: string;
  /** Name of the profile; absent: each scenario's own. */
  readonly profile?: string;
  readonly tier: Tier;
  /** Empty: all. */
  readonly families: readonly string[];
  /** Globs over clause ids; empty: all. */
  readonly rules: readonly string[];
  /** Directory that failing cases are kept in. */
  readonly corpus: string;
  /** Milliseconds that one answer of a target in another process or of an adapter may take; absent: the default. */
  readonly stepTimeout?: number;
  /** Calls to these modules instead of generated canisters. */
  readonly check?: CheckArguments;
  /** Whether it is noted which cases judged a clause. */
  readonly notesJudges?: boolean;
}

/** A target that shows everything, and an engine beside it. */
interface EngineComparison {
  readonly kind: 'engines';
  readonly engine: EngineFactory;
  readonly against: EngineFactory;
  /** The same target as a black box, where it is to be judged at a tier that does not compare records. */
  readonly outside?: BlackBox;
}

/** A target of which replies, rejects and status are seen only. */
interface BlackBoxComparison {
  readonly kind: 'black boxes';
  readonly blackBox: BlackBox;
  /** Another target that it is compared with; absent: the model, with what it leaves open. */
  readonly other?: BlackBox;
}

/** Targets and cases of a job, ready to run. */
export interface Job {
  readonly spec: JobSpec;
  readonly comparison: EngineComparison | BlackBoxComparison;
  readonly source: CaseSource;
  /** Ends what was started for the job. */
  readonly close?: () => Promise<void>;
}

/**
 * Loads what a job needs.
 * @throws UnknownTargetError, UnknownFamilyError, CheckInputError, TargetFault
 */
export async function prepareJob(spec: JobSpec): Promise<Job> {
  const target = await builtinTarget(spec.target, spec.stepTimeout);
  const other = spec.against === undefined ? undefined : await builtinTarget(spec.against, spec.stepTimeout);
  const source =
    spec.check === undefined
      ? caseSource(spec.seed, spec.families, spec.profile)
      : await checkSource(spec.seed, spec.check);
  return {
    spec,
    comparison: comparisonOf(spec.tier, target, other),
    source,
    close: async () => {
      await Promise.all([target.close?.(), other?.close?.()]);
    },
  };
}

/** Where one of two targets is a black box, the other is seen from outside, too. */
function comparisonOf(tier: Tier, target: NamedTarget, other: NamedTarget | undefined): Job['comparison'] {
  if (target.kind === 'engine' && other === undefined) {
    const { engine, against } = target;
    return { kind: 'engines', engine, against, ...(tier !== 'differential' && { outside: fromOutside(target) }) };
  }
  if (target.kind === 'engine' && other?.kind === 'engine')
    return { kind: 'engines', engine: target.engine, against: other.engine };
  return { kind: 'black boxes', blackBox: fromOutside(target), ...(other && { other: fromOutside(other) }) };
}

function fromOutside(named: NamedTarget): BlackBox {
  if (named.kind === 'black box') return named.blackBox;
  const { name, engine } = named;
  const { target, welcome } = localTarget(engine, { name, version: suite().version, blackBox: true });
  return { target, capabilities: welcome.capabilities };
}

/** A scenario on its way to a verdict: three steps, in this order. */
interface Judging {
  lead(): void;
  follow(): void;
  judge(): CaseResult;
}

const nothing = (): void => undefined;

/** Begins to judge one scenario as the job says. A black box is asked in the last step: what it is asked next depends on what it said. */
function judging(job: Job, scenario: Scenario, observe = false): Judging {
  const { spec, comparison } = job;
  const profile = spec.profile === undefined ? undefined : namedProfile(spec.profile);
  const named = () => profile ?? namedProfile(scenario.profile);
  if (comparison.kind === 'black boxes') {
    const { blackBox, other } = comparison;
    const judge = () =>
      other === undefined
        ? judgeBlackBox(scenario, blackBox, named(), { tier: boxTier(spec.tier), observe })
        : compareBlackBoxes(scenario, blackBox, other, named(), observe);
    return { lead: nothing, follow: nothing, judge: () => selected(judge(), spec) };
  }
  const { engine, against, outside } = comparison;
  const run = new CaseRun(scenario, {
    target: engine,
    against,
    tier: spec.tier,
    observe,
    ...(profile && { profile }),
  });
  return {
    lead: () => {
      run.lead();
    },
    follow: () => {
      run.follow();
    },
    judge: () => {
      const result = run.judge();
      if (outside === undefined) return selected(result, spec);
      return selected(
        judgedFromOutside(result, scenario, outside, named(), { tier: boxTier(spec.tier), observe }),
        spec,
      );
    },
  };
}

/** Judges one scenario as the job says. */
export function judge(job: Job, scenario: Scenario, observe = false): CaseResult {
  const one = judging(job, scenario, observe);
  one.lead();
  one.follow();
  return one.judge();
}

function selected(result: CaseResult, { rules }: JobSpec): CaseResult {
  return rules.length === 0 ? result : select(result, rules);
}

function namedProfile(name: string): Profile {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Crash(`the job names a profile that does not exist: ${name}`);
  return profile;
}

/** Only checks and failures of the selected clauses and their twins count. */
function select(result: CaseResult, rules: readonly string[]): CaseResult {
  const isSelected = selection(rules);
  const { clauses, cells } = result.reached;
  const reached = {
    ...result.reached,
    clauses: only(clauses, isSelected),
    cells: only(cells, (key) => isSelected(clauseOfCell(key))),
  };
  if (result.verdict !== 'fail') return { ...result, reached };
  const failures = result.failures.filter(({ rule }) => isSelected(rule));
  if (failures.length > 0) return { ...result, reached, failures };
  // What comes after a violation is not judged: perhaps a selected clause would have been violated, too.
  const [violated = 'a clause'] = result.failures.map(({ rule }) => rule);
  const reason = `ended at a violation of ${violated}, which is not selected`;
  return { ...result, reached, failures, verdict: 'poisoned', reason };
}

function only(counts: Readonly<Counts>, isKept: (key: string) => boolean): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([key]) => isKept(key)));
}

interface BegunCase {
  readonly k: number;
  /** Absent where the generator failed; judging it says so. */
  readonly made: SourcedCase | undefined;
  readonly judging: Judging;
}

/** Runs cases, and keeps what fails. */
export class CaseRunner {
  readonly #corpus: Corpus;
  /** The first case of each finding that this runner has kept one of. Chunks that are done again may come late. */
  readonly #kept = new Map<string, number>();

  constructor(readonly job: Job) {
    this.#corpus = new Corpus(job.spec.corpus);
  }

  /** What counts calls to canisters of the user's: a target that is seen from outside only shows no transitions to count them in. */
  private get counter(): CaseSource['canisters'] {
    return this.job.comparison.kind === 'engines' ? this.job.source.canisters : undefined;
  }

  /**
   * The cases of a list, added up. Each step is taken with all of them before the next one: see CaseRun. Each failing case whose finding
   * is new is on disk when this returns.
   */
  run(cases: readonly number[]): Aggregate {
    const begun = cases.map((k) => this.begun(k));
    for (const { judging: one } of begun) one.lead();
    for (const { judging: one } of begun) one.follow();
    const sum = emptyAggregate();
    addCases(
      sum,
      begun.map((one) => this.judged(one)),
      this.job.spec.notesJudges,
    );
    return sum;
  }

  /**
   * Keeps a case without running it: running it was more than a worker could bear.
   * @returns the command that runs it
   */
  save(k: number): string {
    return this.keep(this.job.source.at(k).scenario, k);
  }

  private begun(k: number): BegunCase {
    let made: SourcedCase | undefined;
    try {
      made = this.job.source.at(k);
      return { k, made, judging: judging(this.job, made.scenario, this.counter !== undefined) };
    } catch (error) {
      const judge = (): never => {
        throw error;
      };
      return { k, made, judging: { lead: nothing, follow: nothing, judge } };
    }
  }

  private judged({ k, made, judging: one }: BegunCase): RanCase {
    let result: CaseResult;
    let observed: CaseResult['observed'];
    try {
      ({ observed, ...result } = one.judge());
    } catch (error) {
      // A generator or a judge that fails is a fault of the suite: never a pass, and no reason to end the run.
      const reason = `suite: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
      result = { verdict: 'errored', reason, failures: [], reached: emptyAggregate().reached };
    }
    const { scenario, families } = made ?? { families: [] };
    const replay = scenario === undefined ? undefined : this.keepFound(scenario, k, result);
    // What the model's run shows says nothing of the calls to a target that failed otherwise.
    const canisters = result.seenIn === 'model' ? undefined : this.counter?.(k, observed ?? []);
    return { k, families, result, ...(replay !== undefined && { replay }), ...(canisters && { canisters }) };
  }

  /** Keeps a case whose finding is new, or that comes before the one that was kept. @returns the command that runs it again, where it errored */
  private keepFound(scenario: Scenario, k: number, { verdict, reason, failures }: CaseResult): string | undefined {
    const [failure] = failures;
    const errored = verdict === 'errored';
    if (failure === undefined && !errored) return undefined;
    const finding = failure === undefined ? `errored | ${reason ?? ''}` : divergenceKey(failure);
    if ((this.#kept.get(finding) ?? Infinity) <= k) return undefined;
    this.#kept.set(finding, k);
    const replay = this.keep(scenario, k, failure);
    return errored ? replay : undefined;
  }

  private keep(scenario: Scenario, k: number, failure?: CaseFile['failure']): string {
    const { spec } = this.job;
    const { id } = this.#corpus.keep(caseFile(spec, scenario, { k, minimized: false, ...(failure && { failure }) }));
    return replayCommand(spec, id);
  }
}

/** A scenario as a case file. */
export function caseFile(
  spec: JobSpec,
  scenario: Scenario,
  { k, minimized, failure }: { k?: number; minimized: boolean; failure?: CaseFile['failure'] },
): CaseFile {
  const { version, hash } = suite();
  return {
    schema: 'ic0-conformance/case@1',
    suite: { version, hash },
    ...(k !== undefined && { origin: { seed: spec.seed, k } }),
    scenario: spec.profile === undefined ? scenario : { ...scenario, profile: spec.profile },
    ...(failure && { failure }),
    rules: failure ? [failure.rule] : [],
    target: spec.target,
    minimized,
  };
}
