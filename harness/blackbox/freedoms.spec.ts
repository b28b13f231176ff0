// plumbing: tests that targets which conform in unusual ways raise no alarm — clocks, versions, memories that do not grow
import { isDeepStrictEqual } from 'node:util';
import { makeExecutor, standardAssembly as executorAssembly } from '../../executor/index.js';
import { takeIn } from '../../executor/transitions/submission.js';
import { generateCase, type Family, type GeneratedCase } from '../../generators/index.js';
import { makeReference, reference, standardAssembly, type Assembly } from '../../reference-model/index.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import { rejected } from '../../reference-model/ic/management/outcome.js';
import { application13, profileNamed } from '../../spec/profiles/profiles.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { Cycles } from '../../spec/vocabulary/brands.js';
import type { EngineFactory } from '../../spec/vocabulary/engine.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { chaos } from '../targets/chaos/chaos.js';
import { blackBoxOf } from './box.js';
import { handlerNamed, type Handler, type Handlers } from './handlers.js';
import { numberOf } from './ids.js';
import { judgeBlackBox, type BlackBox } from './judge.js';
import { numberingFrom } from './model-run.js';
import { present } from '../../spec/testing/present.js';

/** What a black box answered in a case, and how it was judged. */
function seen({ capabilities, target }: BlackBox, { scenario }: GeneratedCase) {
  const answers: unknown[] = [];
  const ask: BlackBox['target']['ask'] = (question) => {
    const answer = target.ask(question);
    answers.push(answer);
    return answer;
  };
  const { verdict } = judgeBlackBox(
    scenario,
    { capabilities, target: { ask } },
    present(profileNamed(scenario.profile)),
  );
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
    expect([0, 27, 60].map((k) => judgedBox(impatient(), k, 'bb-free', ['calls', 'lifecycle']))).toEqual([
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
    expect(judgedWith({ memoryGrows: () => asked++ % 2 === 0 }, 25, 'bb-free', ['memory'])).toEqual(ODD_AND_PASSES);
  }, 60_000);

  it('that has no room for memories to grow', () => {
    expect(judgedWith({ memoryGrows: () => false }, 5)).toEqual(ODD_AND_PASSES);
  });
});

/** Of so many cases of some families: those in which a target is accused, and whether one shows at all that it is not like the model. */
function over(judge: (k: number) => { readonly verdict: string; readonly isOdd: boolean }, n: number) {
  const results = Array.from({ length: n }, (_, k) => judge(k));
  return {
    accused: results.flatMap(({ verdict }, k) => (verdict === 'fail' || verdict === 'errored' ? [k] : [])),
    isOddSomewhere: results.some(({ isOdd }) => isOdd),
  };
}
const NEVER_ACCUSED = { accused: [], isOddSomewhere: true };

describe('over some cases, nobody is accused', () => {
  it('who has other keys for signatures', () => {
    const keys = (known: Readonly<Record<string, bigint>>) => (profile: Profile) => ({
      fees: { ...profile.fees, signWithEcdsa: known, signWithSchnorr: known, vetkdDeriveKey: known },
    });
    for (const known of [{}, { dfx_test_key: 7n }])
      expect([134, 249, 256].map((k) => judgedOn(keys(known), k, 'keys'))).toEqual([
        ODD_AND_PASSES,
        ODD_AND_PASSES,
        ODD_AND_PASSES,
      ]);
  });

  it('who gives NaNs as the machine makes them', () => {
    const { instrumentation } = executorAssembly;
    const raw = makeExecutor({
      ...executorAssembly,
      instrumentation: { ...instrumentation, canonicalNan: () => false, canonicalLocal: false },
    });
    expect([176, 185, 212].map((k) => judged(raw, k, 'nans'))).toEqual([
      ODD_AND_PASSES,
      ODD_AND_PASSES,
      ODD_AND_PASSES,
    ]);
  });

  it('who has environment variables in an order of his own', () => {
    const handlers = standardAssembly.systemApi as Handlers;
    const rotated =
      (name: string): Handler =>
      (es, index = 0n, ...rest) => {
        const count = BigInt(es.canister.settings.environmentVariables.length);
        return handlerNamed(handlers, name)(es, index < count ? (index + 1n) % count : index, ...rest);
      };
    const names = ['env_var_name_size', 'env_var_name_copy'];
    const systemApi = { ...handlers, ...Object.fromEntries(names.map((name) => [name, rotated(name)])) };
    const other = { systemApi: systemApi as Assembly['systemApi'] };
    expect(over((k) => judgedWith(other, k, 'variables'), 40)).toEqual(NEVER_ACCUSED);
  });

  it('who takes the creation fee of a large subnet out of the cycles of a canister', () => {
    const { management } = standardAssembly;
    const fee = (cycles: bigint) => (cycles / 2n < 1_307_692_307_692n ? cycles / 2n : 1_307_692_307_692n);
    const createCanister: typeof management.createCanister = (w, request) =>
      management.createCanister(w, { ...request, cycles: (request.cycles - fee(request.cycles)) as Cycles });
    const other = { management: { ...management, createCanister } };
    expect(over((k) => judgedWith(other, k, 'fees', ['cycles']), 16)).toEqual(NEVER_ACCUSED);
  });

  it('who has larger tables and memories than those of tests', () => {
    const { tableEntries, wasm32Pages, wasm64Pages } = application13.limits;
    const large = ({ limits }: Profile) => ({ limits: { ...limits, tableEntries, wasm32Pages, wasm64Pages } });
    expect(over((k) => judgedOn(large, k, 'large', ['modules']), 24)).toEqual(NEVER_ACCUSED);
  });

  it('who has nothing to allocate', () => {
    const { management } = standardAssembly;
    const updateSettings: typeof management.updateSettings = (w, request) => {
      const { computeAllocation = 0n, memoryAllocation = 0n } = request.settings;
      return computeAllocation + memoryAllocation > 0n
        ? rejected(w, 'invalid-settings')
        : management.updateSettings(w, request);
    };
    const other = { management: { ...management, updateSettings } };
    expect(over((k) => judgedWith(other, k, 'settings', ['lifecycle']), 24)).toEqual(NEVER_ACCUSED);
  });

  it('who accepts ingress messages to canisters that are not running, and rejects them when their turn comes', () => {
    const { stimuli } = executorAssembly;
    const ingress: typeof stimuli.ingress = (machine, stimulus) => {
      const outcome = stimuli.ingress(machine, stimulus);
      const canister = machine.subnet.canisters.get(stimulus.canister);
      const system = canister?.instance?.compiled.canister.system;
      if (outcome.kind !== 'refused' || outcome.failure !== 'not-running' || canister === undefined) return outcome;
      return system?.has('canister_inspect_message') === false ? takeIn(machine, canister, stimulus) : outcome;
    };
    const engine = makeExecutor({ ...executorAssembly, stimuli: { ...stimuli, ingress } });
    expect(over((k) => judged(engine, k, 'accepts', ['lifecycle']), 24)).toEqual(NEVER_ACCUSED);
  });

  it('whose canister versions rise during an execution', () => {
    let n = 0n;
    const handlers = standardAssembly.systemApi as Handlers;
    const rising: Handler = (es) => (handlerNamed(handlers, 'canister_version')(es) as bigint) + (n += 3n);
    const other = { systemApi: { ...handlers, canister_version: rising } as Assembly['systemApi'] };
    expect(over((k) => judgedWith(other, k, 'versions', ['interplay']), 16)).toEqual(NEVER_ACCUSED);
  });
});
