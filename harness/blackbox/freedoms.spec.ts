// plumbing: tests that targets which conform in unusual ways raise no alarm — clocks, versions, memories that do not grow
import { isDeepStrictEqual } from 'node:util';
import { generateCase, type Family, type GeneratedCase } from '../../generators/index.js';
import { makeReference, reference, standardAssembly, type Assembly } from '../../reference-model/index.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import { application13, profileNamed } from '../../spec/profiles/profiles.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { chaos } from '../targets/chaos/chaos.js';
import { blackBoxOf } from './box.js';
import { numberOf } from './ids.js';
import { judgeBlackBox, type BlackBox } from './judge.js';
import { numberingFrom } from './model-run.js';

/** What a black box answered in a case, and how it was judged. */
function seen({ capabilities, target }: BlackBox, { scenario }: GeneratedCase) {
  const answers: unknown[] = [];
  const ask: BlackBox['target']['ask'] = (question) => {
    const answer = target.ask(question);
    answers.push(answer);
    return answer;
  };
  const { verdict } = judgeBlackBox(scenario, { capabilities, target: { ask } }, profileNamed(scenario.profile)!);
  return { verdict, answers };
}

/** Families that cases are drawn from; none: all. Case numbers of a few families last longer. */
type Families = readonly Family[];

/** How a black box is judged, and whether the case shows at all that it is not like the model: else the verdict would say nothing. */
function judgedBox(
  box: BlackBox,
  k: number,
  seed: string,
  families: Families = [],
): { readonly verdict: string; readonly isOdd: boolean } {
  const made = generateCase(seed, k, families.length === 0 ? {} : { families });
  const { verdict, answers } = seen(box, made);
  return { verdict, isOdd: !isDeepStrictEqual(answers, seen(blackBoxOf(reference), made).answers) };
}
const judged = (engine: EngineFactory, k: number, seed = 'bb-free', families?: Families) =>
  judgedBox(blackBoxOf(engine), k, seed, families);
const ODD_AND_PASSES = { verdict: 'pass', isOdd: true };

/** The same of the model with other parts, and with another profile. */
const judgedWith = (other: Partial<Assembly>, k: number, seed?: string, families?: Families) =>
  judged(makeReference({ ...standardAssembly, ...other }), k, seed, families);
const judgedOn = (change: (profile: Profile) => Partial<Profile>, k: number, seed?: string, families?: Families) =>
  judged(
    (options) => reference({ ...options, profile: { ...options.profile, ...change(options.profile) } }),
    k,
    seed,
    families,
  );

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
      judgedWith(
        numbering('time', (time, n) => time + 10n * SECOND * n),
        19,
      ),
    ).toEqual(ODD_AND_PASSES);
  });

  it('that goes on by one message, however many it was asked for, before something comes in between', () => {
    const impatient = (): BlackBox => {
      const { capabilities, target } = blackBoxOf(reference);
      const ask: BlackBox['target']['ask'] = (question) =>
        target.ask(question.do === 'settle' && question.atMost !== undefined ? { ...question, atMost: 1 } : question);
      return { capabilities, target: { ask } };
    };
    expect([0, 22, 69].map((k) => judgedBox(impatient(), k, 'bb-free', ['calls', 'lifecycle']))).toEqual([
      ODD_AND_PASSES,
      ODD_AND_PASSES,
      ODD_AND_PASSES,
    ]);
  });

  it('whose clock goes on while it settles, so that a timer that is due soon runs before the next step', () => {
    expect(judgedBox(chaos('final 1'), 63, 'final')).toEqual(ODD_AND_PASSES);
  });

  it('whose canister versions are as large as times', () => {
    const versions = numbering('canister_version', (version, n) => version + (1n << 60n) + 3n * n);
    expect([4, 5].map((k) => judgedWith(versions, k))).toEqual([ODD_AND_PASSES, ODD_AND_PASSES]);
  });

  it('whose canister ids begin with other bytes than zero', () => {
    const first = 0xffff_ffff_ff90_0000;
    const { management } = standardAssembly;
    // A subnet for each case, and ids that the server of black boxes does not know.
    const engine: EngineFactory = (options) =>
      makeReference({ ...standardAssembly, management: numberingFrom(first, management) })(options);
    const { capabilities, target } = blackBoxOf(engine);
    let made = 0;
    const ask: typeof target.ask = (question) => {
      if (question.do === 'begin') made = 0;
      const answer = target.ask(question);
      const numbers = answer.is === 'submitted' && answer.canister !== undefined;
      return numbers ? { ...answer, canister: canisterId(numberOf(first, made++)) } : answer;
    };
    expect(judgedBox({ capabilities, target: { ask } }, 57, 'bb-free2')).toEqual(ODD_AND_PASSES);
  });

  it('whose performance counters count something small', () => {
    const counters = numbering('performance_counter', (counter) => counter * 1_000_007n + (1n << 61n));
    expect(judgedWith(counters, 34, 'bb-free', ['calls', 'lifecycle', 'memory'])).toEqual(ODD_AND_PASSES);
  });

  it('whose stable memories grow as far as those of the production replica', () => {
    const { stablePages } = application13.limits;
    expect(judgedOn(({ limits }) => ({ limits: { ...limits, stablePages } }), 3, 'bb-free', ['memory'])).toEqual(
      ODD_AND_PASSES,
    );
  });

  it('that sets as many cycles aside as the production replica for executions', () => {
    const limits = ({ limits: { stackSlots } }: Profile) => ({ limits: { ...application13.limits, stackSlots } });
    const verdicts = [9, 17].map((k) => judgedOn(limits, k, 'w2-conf', ['cycles']));
    expect(verdicts).toEqual([ODD_AND_PASSES, ODD_AND_PASSES]);
  });

  it('that has the prices and limits of a subnet of 34 nodes', () => {
    const scaled = (fee: bigint) => (fee * 34n) / 13n;
    const large = ({ fees, limits }: Profile): Partial<Profile> => ({
      limits: { ...application13.limits, stackSlots: limits.stackSlots },
      fees: {
        ...fees,
        messageExecution: scaled(fees.messageExecution),
        tenInstructions: { i32: scaled(fees.tenInstructions.i32), i64: scaled(fees.tenInstructions.i64) },
        ingressMessage: scaled(fees.ingressMessage),
        ingressByte: scaled(fees.ingressByte),
        call: scaled(fees.call),
        callByte: scaled(fees.callByte),
        gibibyteSecond: scaled(317_500n),
        computePercentSecond: scaled(fees.computePercentSecond),
        canisterSecond: 26_000n,
      },
    });
    expect([132, 141, 164].map((k) => judgedOn(large, k, 'w2-conf'))).toEqual([
      ODD_AND_PASSES,
      ODD_AND_PASSES,
      ODD_AND_PASSES,
    ]);
  });

  it('whose reject messages are long', () => {
    const words = 'Canister rrkah-fqaaa-aaaaa-aaaaq-cai trapped: '.repeat(30);
    const wordy = ({ rejectMessages }: Profile) => ({
      rejectMessages: Object.fromEntries(
        Object.keys(rejectMessages).map((cause) => [cause, `${cause} ${words}`]),
      ) as Profile['rejectMessages'],
    });
    expect([47, 48].map((k) => judgedOn(wordy, k))).toEqual([ODD_AND_PASSES, ODD_AND_PASSES]);
  });

  it('of whose memories every second one does not grow when it is asked to', () => {
    let asked = 0;
    expect(judgedWith({ memoryGrows: () => asked++ % 2 === 0 }, 16, 'bb-free', ['memory'])).toEqual(ODD_AND_PASSES);
  }, 60_000);

  it('that has no room for memories to grow', () => {
    expect(judgedWith({ memoryGrows: () => false }, 5)).toEqual(ODD_AND_PASSES);
  });
});
