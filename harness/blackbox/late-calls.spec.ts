// plumbing: tests of calls that are executed although their callers were told that the deadline is over
import { compileModules, generateCase, type GeneratedCase } from '../../generators/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { Engine, EngineFactory } from '../../spec/vocabulary/engine.js';
import type { TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, Scenario } from '../../spec/vocabulary/scenario.js';
import { makeReference, standardAssembly } from '../../reference-model/index.js';
import { chaos } from '../targets/chaos/chaos.js';
import { prepare } from './judge.js';
import { LateCalls } from './late-calls.js';
import { WAYS } from './liberties.js';
import { fillings } from './fillings.js';
import { strokesOf } from './observation.js';
import { runModel } from './model-run.js';
import { present } from '../../spec/testing/present.js';

const PROFILE = present(profileNamed('conformance'));

/** A case in which one execution makes a call with a deadline and one without. */
const { scenario } = (function find(k: number): GeneratedCase {
  const made = generateCase('late calls', k, { families: ['calls'] });
  return made.aims.some((aim) => aim.includes('deadlines')) ? made : find(k + 1);
})(0);

/** Runs the strokes until a call can expire. */
function untilExpiry(
  make: EngineFactory,
  { profile, setup }: Scenario,
): { engine: Engine; expiry: Choice & { kind: 'expire-message' } } {
  const engine = make({
    profile: present(profileNamed(profile)),
    time: setup.time,
    modules: compileModules(scenario),
    trace: true,
  });
  for (const { stimulus } of strokesOf(scenario)) {
    engine.submit(stimulus);
    for (let enabled = engine.enabled(); ; enabled = engine.enabled()) {
      const expiry = enabled.find((choice) => choice.kind === 'expire-message');
      if (expiry !== undefined) return { engine, expiry };
      const next = enabled.find(({ kind }) => kind === 'execute' || kind === 'deliver');
      if (next === undefined) break;
      engine.take(next);
    }
  }
  throw new Error('no call can expire');
}

describe('a call that expires before it has run', () => {
  const ways = (isExecuted: boolean) => {
    const late = new LateCalls(() => isExecuted);
    const make = makeReference({ ...standardAssembly, transitions: late.transitions(standardAssembly.transitions) });
    const { engine, expiry } = untilExpiry(make, scenario);
    const told: TransitionRecord = engine.take(expiry);
    const isIts = (choice: Choice) => 'message' in choice && choice.message === expiry.message;
    return { engine, told, next: late.possible(engine.enabled()).filter(isIts) };
  };

  it('tells its caller SYS_UNKNOWN at once, and may be executed all the same, unheard', () => {
    const { engine, told, next } = ways(true);
    expect(told.messages).toMatchObject([{ kind: 'response', response: { kind: 'reject', code: 6 } }]);
    expect(next.map(({ kind }) => kind).sort()).toEqual(['execute', 'reject']);
    const { executions, messages } = engine.take(present(next.find(({ kind }) => kind === 'execute')));
    expect(executions).toMatchObject([{ outcome: { kind: 'returned' } }]);
    expect(messages.filter(({ kind }) => kind === 'response')).toEqual([]);
  });

  it('or goes', () => {
    const { told, next } = ways(false);
    expect(told.messages).toMatchObject([{ kind: 'response', response: { kind: 'reject', code: 6 } }]);
    expect(next).toEqual([]);
  });
});

describe('a case in which calls expire', () => {
  it('says something to its end', () => {
    const { capabilities } = chaos('late calls');
    const prepared = prepare(scenario, capabilities, PROFILE);
    if ('verdict' in prepared) throw new Error('it is not judged');
    const [way = WAYS[0]] = WAYS.filter(({ liberties }) => liberties.expires === 1);
    const run = runModel(prepared.play, { way, filling: present(fillings(0)[0]) });
    expect(run?.transitions.flat().some(({ cause }) => cause.kind === 'expire-message')).toBe(true);
    expect(run?.openFrom).toBe(Infinity);
  });
});
