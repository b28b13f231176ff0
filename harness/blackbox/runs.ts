// plumbing: a scenario run on the model under one freedom, and on a black box
import type { Engine, EngineFactory } from '../../spec/vocabulary/engine.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { choiceByPolicy } from '../scheduler/choices.js';
import { DEFAULT_POLICY } from '../scheduler/policy.js';
import type { CanisterStatus } from '../protocol/messages.js';
import { TargetSkip } from '../target.js';
import { expected } from '../targets/stdio/engine.js';
import type { Answerer } from '../targets/stdio/channel.js';
import type { Freedom } from './freedoms.js';
import { canisterOf, outcomeSight, responseSight, statusSight, type Sight, type Stroke } from './observation.js';

export interface ModelRun {
  readonly sights: readonly Sight[];
  /** The transitions of each stroke. */
  readonly transitions: readonly (readonly TransitionRecord[])[];
}

/** Runs the strokes on an engine, each to quiescence, as the freedom says. undefined: it did not come to rest. */
export function runModel(
  factory: EngineFactory,
  strokes: readonly Stroke[],
  scenario: Scenario,
  profile: Profile,
  modules: readonly Uint8Array[],
  freedom: Freedom,
): ModelRun | undefined {
  const { time } = scenario.setup;
  const engine = factory({
    profile: freedom.profile?.(profile, scenario) ?? profile,
    time: freedom.time?.(time) ?? time,
    modules,
    trace: true,
  });
  const choose = freedom.chooser?.() ?? ((enabled) => choiceByPolicy(DEFAULT_POLICY, enabled));
  try {
    const canisters = new Set<Principal>();
    const interCanister = new Set<number>();
    const strokeOfRequest = new Map<number, number>();
    const sights: Sight[] = [];
    const transitions: TransitionRecord[][] = [];
    for (const [stroke, { stimulus }] of strokes.entries()) {
      const of: TransitionRecord[] = [];
      transitions.push(of);
      const note = (record: TransitionRecord): void => {
        of.push(record);
        for (const { canister } of record.after) canisters.add(canister);
        for (const message of record.messages) {
          if (message.kind === 'call' && canisters.has(message.caller)) interCanister.add(message.id);
        }
        for (const { request, response } of record.ended) {
          sights.push(responseSight(strokeOfRequest.get(request) ?? stroke, response));
        }
      };
      const { outcome, transition } = engine.submit(stimulus);
      if (outcome.kind === 'accepted') strokeOfRequest.set(outcome.request, stroke);
      sights.push(outcomeSight(stroke, outcome));
      note(transition);
      for (let taken = 0; ; taken++) {
        const choice = choose(engine.enabled(), (id) => interCanister.has(id));
        if (choice === undefined) break;
        if (taken >= DEFAULT_POLICY.transitionsPerStep) return undefined;
        note(engine.take(choice));
      }
      const canister = canisterOf(stimulus);
      if (canister !== undefined) sights.push(statusSight(stroke, statusOf(engine, canister)));
    }
    return { sights, transitions };
  } finally {
    engine.dispose();
  }
}

function statusOf(engine: Engine, canister: Principal): CanisterStatus {
  try {
    const { status, moduleHash } = engine.digest(canister);
    return { exists: true, status, ...(moduleHash !== undefined && { moduleHash }) };
  } catch (error) {
    if (error instanceof Crash) return { exists: false };
    throw error;
  }
}

/**
 * Runs the strokes on a black box. What is seen is handed on at once; an answer of false ends the run.
 * @throws TargetFault, TargetSkip, HostLimit
 */
export function runTarget(
  target: Answerer,
  strokes: readonly Stroke[],
  { setup: { time } }: Scenario,
  profile: string,
  modules: readonly Uint8Array[],
  see: (sight: Sight) => boolean,
): void {
  expected(target.ask({ do: 'begin', profile, time, modules }), 'begun');
  const strokeOfRequest = new Map<number, number>();
  let created = 0;
  for (const [stroke, { stimulus }] of strokes.entries()) {
    const { outcome, canister: made } = expected(target.ask({ do: 'submit', stimulus }), 'submitted');
    if (stimulus.kind === 'create' && made !== canisterId(created++)) {
      throw new TargetSkip('the target gives canisters ids of its own, which the modules of a case cannot know');
    }
    if (outcome.kind === 'accepted') strokeOfRequest.set(outcome.request, stroke);
    if (!see(outcomeSight(stroke, outcome))) return;
    for (const { request, response } of expected(target.ask({ do: 'settle' }), 'settled').ended) {
      if (!see(responseSight(strokeOfRequest.get(request) ?? stroke, response))) return;
    }
    const canister = canisterOf(stimulus);
    if (canister === undefined) continue;
    const { status } = expected(target.ask({ do: 'status', canister }), 'status');
    if (!see(statusSight(stroke, status))) return;
  }
}
