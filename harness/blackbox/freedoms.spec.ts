// plumbing: tests that targets which conform in unusual ways raise no alarm — clocks, versions, memories that do not grow
import { generateCase } from '../../generators/index.js';
import { makeReference, reference, standardAssembly, type Assembly } from '../../reference-model/index.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import { application13, profileNamed } from '../../spec/profiles/profiles.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { chaos } from '../targets/chaos/chaos.js';
import { blackBoxOf } from './box.js';
import { numberOf } from './ids.js';
import { judgeBlackBox } from './judge.js';
import { numberingFrom } from './runs.js';

/** How an engine is judged in a case that is sensitive to what it does. */
function judged(engine: EngineFactory, k: number, seed = 'bb-free'): string {
  const { scenario } = generateCase(seed, k);
  return judgeBlackBox(scenario, blackBoxOf(engine), profileNamed(scenario.profile)!).verdict;
}

/** The same of the model with other parts, and with another profile. */
const verdict = (other: Partial<Assembly>, k: number, seed?: string) =>
  judged(makeReference({ ...standardAssembly, ...other }), k, seed);
const verdictWith = (change: (profile: Profile) => Partial<Profile>, k: number) =>
  judged((options) => reference({ ...options, profile: { ...options.profile, ...change(options.profile) } }), k);

/** The System API with a function that gives other numbers, the same during an execution. */
function numbering(
  name: 'time' | 'canister_version' | 'performance_counter',
  change: (usual: bigint, n: bigint) => bigint,
): Partial<Assembly> {
  const { systemApi } = standardAssembly;
  const numbers = new WeakMap<Execution, bigint>();
  let executions = 0n;
  const handler = (es: Execution, ...args: bigint[]): bigint => {
    if (!numbers.has(es)) numbers.set(es, (executions += 1n));
    return change(systemApi[name]?.(es, ...args) as bigint, numbers.get(es) ?? 0n);
  };
  return { systemApi: { ...systemApi, [name]: handler } };
}

const SECOND = 1_000_000_000n;

describe('no alarm is raised by a target', () => {
  it('whose clock goes on by seconds with each execution', () => {
    expect(
      verdict(
        numbering('time', (time, n) => time + 10n * SECOND * n),
        5,
      ),
    ).toBe('pass');
  });

  it('whose clock goes on while it settles, so that a timer that is due soon runs before the next step', () => {
    const { scenario } = generateCase('final', 1220);
    expect(judgeBlackBox(scenario, chaos('final 1'), profileNamed(scenario.profile)!).verdict).toBe('pass');
  });

  it('whose canister versions are as large as times', () => {
    expect([1, 5].map((k) => verdict(numbering('canister_version', (version, n) => version + (1n << 60n) + 3n * n), k))).toEqual(['pass', 'pass']); // prettier-ignore
  });

  it('whose canister ids begin with other bytes than zero', () => {
    const first = 0xffff_ffff_ff90_0000;
    const { scenario } = generateCase('bb-free2', 90);
    const { management } = standardAssembly;
    // A subnet for each case, and ids that the server of black boxes does not know.
    const engine: EngineFactory = (options) => makeReference({ ...standardAssembly, management: numberingFrom(first, management) })(options); // prettier-ignore
    const { capabilities, target } = blackBoxOf(engine);
    let made = 0;
    const ask: typeof target.ask = (question) => {
      if (question.do === 'begin') made = 0;
      const answer = target.ask(question);
      const numbers = answer.is === 'submitted' && answer.canister !== undefined;
      return numbers ? { ...answer, canister: canisterId(numberOf(first, made++)) } : answer;
    };
    expect(judgeBlackBox(scenario, { capabilities, target: { ask } }, profileNamed(scenario.profile)!).verdict).toBe('pass'); // prettier-ignore
  });

  it('whose performance counters count something small', () => {
    const counters = numbering('performance_counter', (counter) => counter * 1_000_007n + (1n << 61n));
    expect(verdict(counters, 61, 'bb-free2')).toBe('pass');
  });

  it('whose stable memories grow as far as those of the production replica', () => {
    const { stablePages } = application13.limits;
    expect(verdictWith(({ limits }) => ({ limits: { ...limits, stablePages } }), 43)).toBe('pass');
  });

  it('whose reject messages are long', () => {
    const words = 'Canister rrkah-fqaaa-aaaaa-aaaaq-cai trapped: '.repeat(30);
    const wordy = ({ rejectMessages }: Profile) => ({
      rejectMessages: Object.fromEntries(Object.keys(rejectMessages).map((cause) => [cause, `${cause} ${words}`])) as Profile['rejectMessages'],
    }); // prettier-ignore
    expect([32, 37].map((k) => verdictWith(wordy, k))).toEqual(['pass', 'pass']);
  });

  it('that has no room for memories to grow', () => {
    expect(verdict({ memoryGrows: () => false }, 5)).toBe('pass');
  });
});
