// plumbing: tests of reduction on hand-made scenarios, with predicates in place of a target
import { cycles, hex, nanoseconds } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Program, Statement } from '../../spec/vocabulary/program.js';
import type { CanisterSetup, Scenario, Step, Stimulus } from '../../spec/vocabulary/scenario.js';
import { decodeCase, encodeCase } from '../corpus/case-file.js';
import { sampleCase, sampleScenario } from '../corpus/testing/sample.js';
import { reduce } from './reduce.js';

const user = userId(0);
const ingress = (k: number, method: string, arg = ''): Step => ({
  stimulus: { kind: 'ingress', canister: canisterId(k), method, arg: hex(arg), sender: user },
});
const wait = (by: bigint): Step => ({ stimulus: { kind: 'advance-time', by: nanoseconds(by) } });
const canister = (module?: number): CanisterSetup => ({
  ...(module === undefined ? {} : { module }),
  initArg: hex('aabb'),
  cycles: cycles(10n ** 12n + 12_345n),
  reservedCycles: cycles(77n),
  settings: { freezingThreshold: 5n, environmentVariables: [{ name: 'a', value: 'b' }] },
});

function programWith(body: readonly Statement[]): Program {
  return {
    format: 'program@1',
    width: 'i32',
    memory: { min: 1n },
    globals: [],
    functions: [
      { name: 'update', type: 'entry', locals: [], body },
      { name: 'other', type: 'entry', locals: [], body },
    ],
    exports: [
      { name: 'canister_update m0', function: 'update' },
      { name: 'canister_update m1', function: 'other' },
    ],
    data: [],
    elements: [],
    customSections: [],
    oddities: [],
  };
}

const filler: readonly Statement[] = Array.from({ length: 8 }, (_, i) => ({
  kind: 'set',
  variable: i,
  value: { kind: 'constant', value: 1234n },
}));

const large: Scenario = {
  profile: 'conformance',
  setup: { time: nanoseconds(10n ** 18n), canisters: [canister(0), canister(1), canister(2)] },
  steps: [
    ...Array.from({ length: 9 }, (_, i) => ingress(i % 3, 'noise', '0102030405')),
    wait(5n),
    {
      ...ingress(2, 'm0', '0011223344'),
      picks: [
        { kind: 'heartbeat', rank: 4 },
        { kind: 'deliver', rank: 7 },
      ],
      hold: true,
    },
    wait(6n),
    ...Array.from({ length: 9 }, (_, i) => ingress(i % 3, 'noise')),
    wait(10n ** 15n),
  ],
  modules: [0, 1, 2].map(() => ({
    kind: 'program',
    program: programWith([...filler, { kind: 'trap', means: 'unreachable' }, ...filler]),
  })),
};

/** Fails when an ingress m0 reaches a canister whose method m0, as installed by then, contains a trap. */
function trapsOnM0(scenario: Scenario): boolean {
  const installed = scenario.setup.canisters.map(({ module }) => module);
  return scenario.steps.some(({ stimulus }) => {
    if (stimulus?.kind === 'install') installed[0] = stimulus.module;
    if (stimulus?.kind !== 'ingress' || stimulus.method !== 'm0') return false;
    const k = scenario.setup.canisters.findIndex((_, i) => canisterId(i) === stimulus.canister);
    const module = scenario.modules[installed[k] ?? -1];
    if (module?.kind !== 'program') return false;
    const target = module.program.exports.find(({ name }) => name === 'canister_update m0')?.function;
    const body = module.program.functions.find(({ name }) => name === target)?.body ?? [];
    return body.some(({ kind }) => kind === 'trap');
  });
}

const statements = ({ modules }: Scenario): number =>
  modules.flatMap((m) => (m.kind === 'program' ? m.program.functions.flatMap(({ body }) => body) : [])).length;

describe('reduce', () => {
  it('leaves one step, one canister, one statement and nothing else of what does not matter', async () => {
    const { scenario, verified, finished } = await reduce(large, trapsOnM0, { budget: 400 });
    expect(verified && finished).toBe(true);
    expect(scenario.steps).toEqual([ingress(0, 'm0')]);
    expect(scenario.setup.time).toBe(0n);
    expect(scenario.setup.canisters).toEqual([
      { module: 0, initArg: '', cycles: 10n ** 15n, reservedCycles: 0n, settings: {} },
    ]);
    expect(scenario.modules).toHaveLength(1);
    expect(statements(scenario)).toBe(1);
  });

  it('returns a scenario that still fails', async () => {
    const { scenario } = await reduce(large, trapsOnM0, { budget: 400 });
    expect(trapsOnM0(scenario)).toBe(true);
  });

  it('gives the same for a case from a file as for a fresh one', async () => {
    const fresh = await reduce(large, trapsOnM0, { budget: 400 });
    const read = decodeCase(encodeCase({ ...sampleCase, scenario: large }), 'x.json').scenario;
    const filed = await reduce(read, trapsOnM0, { budget: 400 });
    expect(filed).toEqual(fresh);
  });

  it.each([1, 2, 3, 10, 50])('asks at most %d times and never loses the failure', async (budget) => {
    let asked = 0;
    const { scenario, evaluations } = await reduce(
      large,
      (candidate) => {
        asked++;
        return trapsOnM0(candidate);
      },
      { budget },
    );
    expect(asked).toBeLessThanOrEqual(Math.max(budget, 1));
    expect(evaluations).toBeGreaterThanOrEqual(asked);
    expect(trapsOnM0(scenario)).toBe(true);
  });

  it('never asks about one candidate twice, apart from the final check', async () => {
    const seen = new Map<string, number>();
    await reduce(
      large,
      (candidate) => {
        const key = encodeCase({ ...sampleCase, scenario: candidate });
        seen.set(key, (seen.get(key) ?? 0) + 1);
        return trapsOnM0(candidate);
      },
      { budget: 400 },
    );
    expect([...seen.values()].filter((times) => times > 1)).toEqual([2]);
  });

  it('says so when the given scenario does not fail', async () => {
    expect(await reduce(large, () => false, { budget: 100 })).toEqual({
      scenario: large,
      evaluations: 1,
      verified: false,
      finished: true,
    });
  });

  it('keeps the given scenario when the target changes its mind at the end', async () => {
    let asked = 0;
    const moody = (candidate: Scenario) => ++asked < 20 && trapsOnM0(candidate);
    const { scenario, finished } = await reduce(large, moody, { budget: 20 });
    expect(scenario).toBe(large);
    expect(finished).toBe(false);
  });

  it('keeps a canister that others depend on by number, emptied', async () => {
    const needsThree = (candidate: Scenario) =>
      candidate.setup.canisters.length === 3 &&
      candidate.steps.some(({ stimulus }) => stimulus?.kind === 'ingress' && stimulus.canister === canisterId(2));
    const { scenario } = await reduce(large, needsThree, { budget: 400 });
    expect(scenario.setup.canisters.map(({ module }) => module)).toEqual([undefined, undefined, undefined]);
    expect(scenario.modules).toEqual([]);
    expect(scenario.steps).toHaveLength(1);
  });

  it('adds up time that passes in several steps', async () => {
    const elapsed = (candidate: Scenario) =>
      candidate.steps.reduce((sum, { stimulus }) => sum + (stimulus?.kind === 'advance-time' ? stimulus.by : 0n), 0n);
    const { scenario } = await reduce(
      { ...large, steps: [wait(5n), ingress(0, 'x'), wait(6n)] },
      (candidate) => elapsed(candidate) >= 11n,
      { budget: 200 },
    );
    expect(scenario.steps).toEqual([wait(11n)]);
  });

  it('takes an upgrade into the setup when only the new module matters', async () => {
    const upgrade: Stimulus = {
      kind: 'install',
      canister: canisterId(0),
      sender: user,
      mode: 'upgrade',
      module: 1,
      arg: hex(''),
    };
    const start: Scenario = {
      ...large,
      setup: { ...large.setup, canisters: [canister(0)] },
      modules: [
        { kind: 'wasm', description: 'harmless', bytes: new Uint8Array(8) },
        { kind: 'program', program: programWith([{ kind: 'trap', means: 'unreachable' }]) },
      ],
      steps: [{ stimulus: upgrade }, ingress(0, 'm0')],
    };
    const { scenario } = await reduce(start, trapsOnM0, { budget: 300 });
    expect(scenario.steps).toEqual([ingress(0, 'm0')]);
    expect(scenario.modules).toHaveLength(1);
  });

  it('drops settings, arguments and optional parts of every stimulus', async () => {
    const kinds = sampleScenario.steps.map(({ stimulus }) => stimulus?.kind);
    const sameKinds = (candidate: Scenario) =>
      JSON.stringify(candidate.steps.map(({ stimulus }) => stimulus?.kind)) === JSON.stringify(kinds);
    const { scenario } = await reduce(sampleScenario, sameKinds, { budget: 500 });
    const stimuli = scenario.steps.map(({ stimulus }) => stimulus);
    expect(stimuli[0]).toEqual({ kind: 'ingress', canister: canisterId(0), method: 'm0', arg: '', sender: user });
    expect(stimuli[1]).not.toHaveProperty('certificate');
    expect(stimuli[3]).toEqual({ kind: 'create', sender: user, cycles: 0n, reservedCycles: 0n, settings: {} });
    expect(stimuli[7]).toEqual({ kind: 'update-settings', canister: canisterId(0), sender: user, settings: {} });
  });
});
