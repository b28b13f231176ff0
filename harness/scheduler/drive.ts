// plumbing: drives one engine, or two in lockstep, through a scenario
import type { Engine } from '../../spec/vocabulary/engine.js';
import type { StimulusOutcome, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { choiceByPick, choiceByPolicy, firstDifference } from './choices.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';
import { setupStimuli } from './setup.js';

/** Which of the two engines is meant: the one under test, or the one that it is compared with. */
export type Side = 'target' | 'against';

/** One transition as both engines carried it out. */
export interface DrivenTransition {
  /** 0-based; -1: the setup. */
  readonly step: number;
  /** Number of the transition within the run, from 0. */
  readonly index: number;
  readonly actual: TransitionRecord;
  /** Absent when one engine runs alone. */
  readonly expected?: TransitionRecord | undefined;
  /** Absent for choices. */
  readonly outcome?: { readonly actual: StimulusOutcome; readonly expected?: StimulusOutcome | undefined };
}

/** The engines disagree about what may happen next. */
export interface EnabledDifference {
  readonly step: number;
  /** Number of transitions so far. */
  readonly index: number;
  readonly actual: Choice | undefined;
  readonly expected: Choice | undefined;
}

/** What a run tells; an answer of false ends it. */
export interface Observer {
  transition(transition: DrivenTransition): boolean;
  enabledDiffer(difference: EnabledDifference): boolean;
}

/**
 * `quiescent`: all steps done, nothing left that the policy would do; `held`: all steps done, the last one holds messages
 * back; `transition-limit`: a step caused too many transitions; `stopped`: the observer ended the run.
 */
export type RunEnd = 'quiescent' | 'held' | 'transition-limit' | 'stopped';

/** Something that an engine threw, with the side that threw it. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  constructor(
    readonly side: Side,
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/**
 * Runs a scenario. Choices come from the list of the engine under test; both engines take the same ones.
 * @throws EngineFailure with whatever an engine throws
 */
export function drive(
  scenario: Scenario,
  target: Engine,
  against: Engine | undefined,
  observer: Observer,
  policy: Policy = DEFAULT_POLICY,
): RunEnd {
  let index = 0;
  let step = -1;
  /** Who is at work, so that it is known who threw; undefined: the observer. */
  let side: Side | undefined;

  const submit = (stimulus: Stimulus): boolean => {
    side = 'target';
    const actual = target.submit(stimulus);
    side = 'against';
    const expected = against?.submit(stimulus);
    side = undefined;
    return observer.transition({
      step,
      index: index++,
      actual: actual.transition,
      expected: expected?.transition,
      outcome: { actual: actual.outcome, expected: expected?.outcome },
    });
  };
  const take = (choice: Choice): boolean => {
    side = 'target';
    const actual = target.take(choice);
    side = 'against';
    const expected = against?.take(choice);
    side = undefined;
    return observer.transition({ step, index: index++, actual, expected });
  };
  /** What may happen next, or undefined when the observer ends the run over a difference. */
  const enabled = (): readonly Choice[] | undefined => {
    side = 'target';
    const actual = target.enabled();
    side = 'against';
    const expected = against?.enabled();
    side = undefined;
    const difference = expected && firstDifference(actual, expected);
    if (difference === undefined) return actual;
    const goOn = observer.enabledDiffer({ step, index, actual: difference.a, expected: difference.b });
    return goOn ? actual : undefined;
  };

  try {
    return run();
  } catch (cause) {
    throw side === undefined ? cause : new EngineFailure(side, cause);
  }

  function run(): RunEnd {
    for (const stimulus of setupStimuli(scenario.setup)) {
      if (!submit(stimulus)) return 'stopped';
    }
    for (const { stimulus, picks, hold } of scenario.steps) {
      step += 1;
      if (stimulus !== undefined && !submit(stimulus)) return 'stopped';
      let transitions = 0;
      for (const pick of picks ?? []) {
        const choices = enabled();
        if (choices === undefined) return 'stopped';
        const choice = choiceByPick(pick, choices);
        if (choice === undefined) continue;
        if (!take(choice)) return 'stopped';
        transitions += 1;
      }
      if (hold === true) continue;
      for (;;) {
        const choices = enabled();
        if (choices === undefined) return 'stopped';
        const choice = choiceByPolicy(policy, choices);
        if (choice === undefined) break;
        if (transitions >= policy.transitionsPerStep) return 'transition-limit';
        if (!take(choice)) return 'stopped';
        transitions += 1;
      }
    }
    return scenario.steps.at(-1)?.hold === true ? 'held' : 'quiescent';
  }
}
