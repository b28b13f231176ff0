// plumbing: tests of recorded runs
import { executor } from '../../executor/index.js';
import { compileModules, generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { hex, nanoseconds } from '../../spec/vocabulary/brands.js';
import { Crash, HostLimit, type Engine, type EngineFactory } from '../../spec/vocabulary/engine.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { drive, EngineFailure, type DrivenTransition } from '../scheduler/drive.js';
import { ScriptedEngine } from '../scheduler/testing/scripted-engine.js';
import { Recording } from './recording.js';
import { runCase } from './run-case.js';

const ingress = { kind: 'ingress', canister: canisterId(0), method: 'm', arg: hex(''), sender: userId(0) } as const;
const scenario: Scenario = {
  profile: 'conformance',
  modules: [],
  setup: { time: nanoseconds(0n), canisters: [] },
  steps: [{ stimulus: ingress }, { stimulus: ingress }],
};

/** An engine whose transition number `at` (of those that are choices) throws. */
class Breaking extends ScriptedEngine {
  #taken = 0;
  constructor(
    private readonly at: number,
    private readonly error: Error,
  ) {
    super();
  }
  override take(choice: Parameters<Engine['take']>[0]) {
    if (this.#taken++ === this.at) throw this.error;
    return super.take(choice);
  }
}

/** What an observer sees of two engines, and what ends it. */
function seen(target: Engine, against?: Engine): { transitions: DrivenTransition[]; end: unknown } {
  const transitions: DrivenTransition[] = [];
  const observer = {
    transition: (one: DrivenTransition) => transitions.push(one) > 0,
    enabledDiffer: () => false,
  };
  try {
    return { transitions, end: drive(scenario, target, against, observer) };
  } catch (error) {
    return { transitions, end: error };
  }
}

it('a recording answers as the engine did, and the engine is disposed of', () => {
  const engine = new ScriptedEngine();
  const recording = Recording.of(scenario, () => engine);
  expect(engine.disposed).toBe(true);
  const again = seen(recording.replay());
  expect(again).toEqual(seen(new ScriptedEngine()));
  expect(again.transitions).toHaveLength(4);
});

it('what an engine throws is met at its place, with the side that threw it', () => {
  const error = new HostLimit('out of memory');
  const target = Recording.of(scenario, () => new ScriptedEngine());
  const against = Recording.of(scenario, () => new Breaking(1, error), target);
  const { transitions, end } = seen(target.replay(), against.replay());
  expect(transitions).toHaveLength(3);
  expect(end).toBeInstanceOf(EngineFailure);
  expect(end).toMatchObject({ side: 'against', cause: error });
});

it('what a leader throws is the failure of the leader, not of the one that follows', () => {
  const target = Recording.of(scenario, () => new Breaking(0, new Crash('broken')));
  const against = Recording.of(scenario, () => new ScriptedEngine(), target);
  expect(seen(target.replay(), against.replay()).end).toMatchObject({ side: 'target' });
});

it('an engine that cannot be started throws when it is to be replayed', () => {
  const recording = Recording.of(scenario, () => {
    throw new HostLimit('no memory');
  });
  expect(() => recording.replay()).toThrow(new HostLimit('no memory'));
});

it('a recording that is asked for something else than it has says so', () => {
  const recording = Recording.of(scenario, () => new ScriptedEngine());
  expect(() => recording.replay().enabled()).toThrow(Crash);
  const asked = recording.replay();
  asked.submit(ingress);
  expect(() => asked.submit(ingress)).toThrow(Crash);
});

it('two recordings show an observer what the engines in lockstep show', () => {
  for (let k = 0; k < 8; k++) {
    const one = generateCase('recording', k).scenario;
    const profile = profileNamed(one.profile);
    if (profile === undefined) throw new Error(one.profile);
    const options = { profile, time: one.setup.time, modules: compileModules(one), trace: true };
    const told = (target: Engine, against: Engine): unknown[] => {
      const list: unknown[] = [];
      drive(one, target, against, {
        transition: (transition) => {
          const { canister } = transition.actual.executions.at(-1) ?? {};
          list.push(transition, target.ledger(), against.ledger(), canister && target.digest(canister));
          return true;
        },
        enabledDiffer: () => false,
      });
      return list;
    };
    const target = Recording.of(one, () => executor(options));
    const against = Recording.of(one, () => reference(options), target);
    expect(told(target.replay(), against.replay())).toEqual(told(executor(options), reference(options)));
  }
});

it('a divergence before a crash is a failure, and a crash before a divergence is an error', () => {
  const { scenario: one } = generateCase('recording', 0);
  /** From its stimulus `lies` on it lists no canister; its stimulus `breaks` throws. */
  const faulty =
    (lies: number, breaks: number): EngineFactory =>
    (options) => {
      const engine = executor(options);
      let count = 0;
      return {
        submit: (stimulus) => {
          if (count++ === breaks) throw new Crash('broken');
          const { outcome, transition } = engine.submit(stimulus);
          return { outcome, transition: count > lies ? { ...transition, after: [] } : transition };
        },
        enabled: () => engine.enabled(),
        take: (choice) => engine.take(choice),
        digest: (canister) => engine.digest(canister),
        ledger: () => engine.ledger(),
        dispose: () => {
          engine.dispose();
        },
      };
    };
  expect(runCase(one, { target: faulty(0, 2), against: reference }).verdict).toBe('fail');
  expect(runCase(one, { target: faulty(9, 2), against: reference }).verdict).toBe('errored');
});
