// plumbing: tests of the table of what equal transitions show beside what was there before them
import { generateCase, type Family } from '../../generators/index.js';
import { executor } from '../../executor/index.js';
import { reference } from '../../reference-model/index.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type {
  CanisterDigest,
  ExecutionRecord,
  StimulusOutcome,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { present } from '../../spec/testing/present.js';
import { runCase } from '../runner/run-case.js';
import { clausesCompared } from './compared.js';
import type { Aspect } from './divergence.js';
import { Known } from './known.js';
import { World } from './world.js';

const profile = present(profileNamed('conformance'));
const id = canisterId(0);

/** The clauses that a transition has shown which left the canister like this. */
function shown(before: Partial<CanisterDigest>, after: Partial<CanisterDigest>, more: object): Set<string> {
  const world = new World();
  const digest = (fields: object) => ({ canister: id, version: 1n, balance: 5n, status: 'running', ...fields });
  world.learn([digest(before) as unknown as CanisterDigest]);
  const record = { cause: { kind: 'stop' }, executions: [], messages: [], ended: [], after: [digest(after)], ...more };
  const options = { profile, aspects: () => new Set<Aspect>(), known: new Known(world, profile, []) };
  return new Set(clausesCompared(record as unknown as TransitionRecord, undefined, options).flat());
}

describe('what an equal transition has shown beside what was there before', () => {
  it('is seen in what became of a canister, and only there', () => {
    const stops = (before: 'stopping' | 'stopped', version: bigint) =>
      shown({ status: before }, { status: 'stopped', version }, {}).has('canister-version/by-stopped');
    expect([stops('stopping', 2n), stops('stopped', 2n), stops('stopping', 1n)]).toEqual([true, false, false]);
  });

  it('of a call that was given up: when the next one begins, or at the end, and whether cycles came back', () => {
    const of = (...names: string[]) => {
      const trace = names.map((name) => ({ name, args: [] }));
      const execution = { canister: id, entryPoint: 'canister_update', width: 'i32', trace, outcome: { kind: 'returned' }, calls: [] }; // prettier-ignore
      const clauses = shown({}, {}, { cause: { kind: 'execute' }, executions: [execution] });
      return ['discarded-by-call-new', 'discarded-by-return']
        .map((name) => clauses.has(`calls/${name}`))
        .concat(clauses.has('cycles/add-returns-on-failure'));
    };
    expect(of('call_new', 'call_new', 'call_perform')).toEqual([true, false, false]);
    expect(of('call_new', 'call_cycles_add', 'call_new', 'call_perform')).toEqual([true, false, true]);
    expect(of('call_new', 'call_perform', 'call_new')).toEqual([false, true, false]);
    expect(of('call_new', 'call_cycles_add128', 'call_perform')).toEqual([false, false, false]);
  });

  it('remembers of a call context what its executions left, until it is responded to', () => {
    const known = new Known(new World(), profile, []);
    const learn = (kind: 'returned' | 'trapped', name: string, response?: object) => {
      const execution = { callContext: 7, trace: [{ name, args: [] }], outcome: { kind }, calls: [], response };
      const record = { cause: { kind: 'execute' }, messages: [], executions: [execution], after: [] };
      known.learn(record as unknown as TransitionRecord, undefined);
      return known.soFar(execution as unknown as ExecutionRecord);
    };
    expect(learn('trapped', 'msg_reply_data_append')).toEqual({ appended: false, trapped: true });
    expect(learn('returned', 'msg_reply_data_append')).toEqual({ appended: true, trapped: true });
    expect(learn('returned', 'time')).toEqual({ appended: true, trapped: true });
  });

  it('knows who is frozen until something happens that could change it', () => {
    const world = new World();
    const at = (balance: bigint) => ({ canister: id, balance }) as unknown as CanisterDigest;
    world.learn([at(5n)]);
    const known = new Known(world, profile, []);
    const learn = (cause: object, outcome?: object, ...after: CanisterDigest[]) => {
      const record = { cause: { canister: id, ...cause }, messages: [], executions: [], after };
      known.learn(record as unknown as TransitionRecord, outcome as StimulusOutcome | undefined);
      return [known.isFrozen(id), known.wasFrozen(id)];
    };
    const refused = { kind: 'refused', failure: 'frozen' };
    expect(learn({ kind: 'ingress' }, { ...refused, failure: 'not-accepted' })).toEqual([false, false]);
    expect(learn({ kind: 'ingress' }, refused)).toEqual([true, false]);
    expect(learn({ kind: 'advance-time', by: 1n }, undefined, at(4n))).toEqual([true, false]);
    expect(learn({ kind: 'deliver' }, undefined, at(6n))).toEqual([false, false]);
    expect(learn({ kind: 'ingress' }, refused)).toEqual([true, false]);
    expect(learn({ kind: 'update-settings', settings: {} }, { kind: 'done' }, at(5n))).toEqual([false, false]);
    expect(learn({ kind: 'ingress' }, refused)).toEqual([true, false]);
    expect(learn({ kind: 'deposit' }, { kind: 'done' }, at(9n))).toEqual([false, true]);
  });

  it.each<[family: Family, clauses: readonly string[]]>([
    ['modules', ['module-requirements/imports-listed', 'canister-module-format/plain-binary', 'wasm/validation']],
    ['lifecycle', ['management/contexts-survive', 'inspect-message/not-for-management', 'canister-version/by-stopped']],
    ['calls', ['inspect-message/not-for-calls', 'stopping/callbacks-still-run', 'uninstall/no-callbacks']],
    ['calls', ['calls/cleanup-not-after-success', 'expiry/late-response-dropped']],
    ['calls', ['responding/buffer-discarded', 'call-contexts/response-after-trap']],
    ['cycles', ['freezing/callbacks-run', 'freezing/unfrozen-by-deposit']],
    ['memory', ['wasm/simd', 'wasm/bulk', 'wasm/memory64', 'wasm/globals']],
  ])('comes up in cases of %s: %j', (family, clauses) => {
    const reached = new Set<string>();
    for (let k = 0; k < 150 && !clauses.every((clause) => reached.has(clause)); k++) {
      const { scenario } = generateCase('shown', k, { families: [family] });
      const result = runCase(scenario, { target: executor, against: reference });
      for (const clause of Object.keys(result.reached.clauses)) reached.add(clause);
    }
    expect(clauses.filter((clause) => !reached.has(clause))).toEqual([]);
  });
});
