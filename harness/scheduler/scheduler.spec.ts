// plumbing: tests of the scheduler
import { cycles, hex, nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId, userId, type MessageId } from '../../spec/vocabulary/ids.js';
import type { Choice, Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { choiceByPick, choiceByPolicy, firstDifference } from './choices.js';
import { drive, type DrivenTransition, type EnabledDifference, type Observer } from './drive.js';
import { DEFAULT_POLICY } from './policy.js';
import { setupStimuli } from './setup.js';
import { ScriptedEngine } from './testing/scripted-engine.js';

const A = canisterId(0);
const message = (id: number) => id as MessageId;
const execute = (id: number): Choice => ({ kind: 'execute', message: message(id) });
const deliver = (id: number): Choice => ({ kind: 'deliver', message: message(id) });
const timer: Choice = { kind: 'global-timer', canister: A };
const heartbeat: Choice = { kind: 'heartbeat', canister: A };
const ingress: Stimulus = { kind: 'ingress', canister: A, method: 'm', arg: hex(''), sender: userId(0) };

const scenario = (steps: Scenario['steps']): Scenario => ({
  profile: 'conformance',
  modules: [],
  setup: { time: nanoseconds(0n), canisters: [] },
  steps,
});

class Recorder implements Observer {
  readonly transitions: DrivenTransition[] = [];
  readonly differences: EnabledDifference[] = [];
  transition(transition: DrivenTransition): boolean {
    this.transitions.push(transition);
    return true;
  }
  enabledDiffer(difference: EnabledDifference): boolean {
    this.differences.push(difference);
    return false;
  }
}

describe('setupStimuli', () => {
  const canister = { initArg: hex(''), cycles: cycles(5n), reservedCycles: cycles(0n), settings: {} };

  it('creates all canisters before it installs the first', () => {
    const stimuli = setupStimuli({
      time: nanoseconds(0n),
      canisters: [
        { ...canister, module: 0 },
        { ...canister, module: 1 },
      ],
    });
    expect(stimuli.map(({ kind }) => kind)).toEqual(['create', 'create', 'install', 'install']);
  });

  it('installs as a controller', () => {
    const settings = { controllers: [userId(3), userId(4)] };
    const install = setupStimuli({ time: nanoseconds(0n), canisters: [{ ...canister, module: 0, settings }] })[1];
    expect(install).toMatchObject({ kind: 'install', sender: userId(3) });
  });

  it('takes away the controllers of a canister without controllers when its code is installed', () => {
    const stimuli = setupStimuli({
      time: nanoseconds(0n),
      canisters: [{ ...canister, module: 0, settings: { controllers: [] } }],
    });
    expect(stimuli.map(({ kind }) => kind)).toEqual(['create', 'install', 'update-settings']);
    expect(stimuli[0]).toMatchObject({ settings: {} });
    expect(stimuli[2]).toMatchObject({ settings: { controllers: [] } });
  });
});

describe('the default policy', () => {
  it('takes the oldest message first, responses and calls alike', () => {
    expect(choiceByPolicy(DEFAULT_POLICY, [execute(4), execute(7), deliver(2), timer])).toEqual(deliver(2));
  });

  it('takes due timers when no message is left', () => {
    expect(choiceByPolicy(DEFAULT_POLICY, [heartbeat, timer])).toEqual(timer);
  });

  it('takes no heartbeats and nothing spontaneous', () => {
    expect(choiceByPolicy(DEFAULT_POLICY, [heartbeat, { kind: 'bump-version', canister: A }])).toBeUndefined();
  });
});

describe('choiceByPick', () => {
  it('counts ranks among the choices of the kind, and wraps them', () => {
    expect(choiceByPick({ kind: 'execute', rank: 3 }, [execute(1), heartbeat, execute(5)])).toEqual(execute(5));
  });

  it('finds nothing where none of the kind is enabled', () => {
    expect(choiceByPick({ kind: 'deliver', rank: 0 }, [execute(1)])).toBeUndefined();
  });

  it('gives a rejection the code that the pick asks for', () => {
    const reject: Choice = { kind: 'reject', message: message(1), code: 2 };
    expect(choiceByPick({ kind: 'reject', rank: 0, code: 1 }, [reject])).toEqual({ ...reject, code: 1 });
    expect(choiceByPick({ kind: 'reject', rank: 0 }, [reject])).toEqual(reject);
  });
});

describe('firstDifference', () => {
  it('finds a choice that one side lacks, and none in equal lists', () => {
    expect(firstDifference([execute(1), timer], [execute(1)])).toEqual({ a: timer, b: undefined });
    expect(firstDifference([execute(1), timer], [execute(1), timer])).toBeUndefined();
  });

  it('names the choice that one side has more, not the one that stands in its place', () => {
    expect(firstDifference([execute(1), timer], [timer])).toEqual({ a: execute(1), b: undefined });
    expect(firstDifference([timer], [execute(1), timer])).toEqual({ a: undefined, b: execute(1) });
    expect(firstDifference([timer, execute(1)], [execute(1), timer])).toEqual({ a: timer, b: execute(1) });
  });
});

describe('drive', () => {
  it('runs each step to quiescence, and says of every transition to which step it belongs', () => {
    const engine = new ScriptedEngine({ makes: (n) => (n < 2 ? 1 : 0) });
    const recorder = new Recorder();
    expect(drive(scenario([{ stimulus: ingress }, { stimulus: ingress }]), engine, undefined, recorder)).toBe(
      'quiescent',
    );
    expect(recorder.transitions.map(({ step }) => step)).toEqual([0, 0, 0, 0, 1, 1]);
    expect(recorder.transitions.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('leaves messages to later steps where a step holds', () => {
    const engine = new ScriptedEngine();
    drive(scenario([{ stimulus: ingress, hold: true }, { stimulus: ingress }]), engine, undefined, new Recorder());
    expect(engine.asked.map(({ kind }) => kind)).toEqual(['ingress', 'ingress', 'execute', 'execute']);
  });

  it('takes picks before the policy, and passes over what is not enabled', () => {
    const engine = new ScriptedEngine({ always: [heartbeat] });
    const picks = [
      { kind: 'deliver' as const, rank: 0 },
      { kind: 'heartbeat' as const, rank: 0 },
    ];
    drive(scenario([{ stimulus: ingress, picks }]), engine, undefined, new Recorder());
    expect(engine.asked.map(({ kind }) => kind)).toEqual(['ingress', 'heartbeat', 'execute']);
  });

  it('ends the run where a step goes on for ever', () => {
    const engine = new ScriptedEngine({ makes: () => 1 });
    const policy = { ...DEFAULT_POLICY, transitionsPerStep: 10 };
    const end = drive(
      scenario([{ stimulus: ingress }, { stimulus: ingress }]),
      engine,
      undefined,
      new Recorder(),
      policy,
    );
    expect(end).toBe('transition-limit');
    expect(engine.asked.length).toBe(11);
  });

  it('gives both engines the same stimuli and choices', () => {
    const script = { makes: (n: number) => (n < 5 ? 2 : 0) };
    const [one, other] = [new ScriptedEngine(script), new ScriptedEngine(script)];
    drive(scenario([{ stimulus: ingress }]), one, other, new Recorder());
    expect(one.asked.length).toBeGreaterThan(5);
    expect(other.asked).toEqual(one.asked);
  });

  it('tells the observer when the engines disagree about what may happen next, and stops', () => {
    const recorder = new Recorder();
    const end = drive(
      scenario([{ stimulus: ingress }]),
      new ScriptedEngine(),
      new ScriptedEngine({ always: [timer] }),
      recorder,
    );
    expect(end).toBe('stopped');
    expect(recorder.differences).toEqual([{ step: 0, index: 1, actual: undefined, expected: timer }]);
  });

  it('says which engine threw', () => {
    const broken = new ScriptedEngine();
    broken.take = () => {
      throw new RangeError('out of memory');
    };
    const act = () => drive(scenario([{ stimulus: ingress }]), new ScriptedEngine(), broken, new Recorder());
    expect(act).toThrow(expect.objectContaining({ name: 'EngineFailure', side: 'against', message: 'out of memory' }));
  });
});
