// plumbing: tests of the readings that the model can take beside its own
import type { Execution } from '../../reference-model/ic/execution.js';
import type { World } from '../../reference-model/ic/world.js';
import { standardAssembly } from '../../reference-model/index.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Situation } from './ambiguities.js';
import { detectInTransitions } from './detection.js';
import type { Handler } from './handlers.js';
import { alternativeCalls, alternativeManagement, alternativeTransitions } from './readings.js';

const COPIES = ['stable_read', 'stable_write', 'stable64_read', 'stable64_write'];
/** A canister without Wasm memory and with one page of stable memory, and a call that has ended. */
const es = { instance: { memory: () => undefined }, stable: { bytes: 65_536n } } as unknown as Execution;

/** What became of a copy: the functions of the model note that they were asked. */
function copied(name: string, size: bigint, returns: boolean): readonly string[] {
  const asked: string[] = [];
  const note =
    (one: string): Handler =>
    () =>
      void asked.push(one);
  const names = [...COPIES, 'stable_size', 'env_var_name_size', 'env_var_name_copy', 'msg_deadline', 'cycles_burn128'];
  const handlers = Object.fromEntries(names.map((one) => [one, note(one)]));
  alternativeCalls(handlers, (reading) => reading === 'empty copies return' && returns)[name]?.(
    es,
    1n << 40n,
    0n,
    size,
  );
  return asked;
}

describe('a stable copy of nothing beyond the bounds', () => {
  it.each(COPIES)('by %s is like any other, or is not made, as the reading says', (name) => {
    expect(copied(name, 0n, false)).toEqual([name]);
    // The old functions still trap where the stable memory is too large for them.
    expect(copied(name, 0n, true)).toEqual(name.startsWith('stable_') ? ['stable_size'] : []);
  });

  it.each(COPIES)('by %s is no copy of one byte', (name) => {
    expect(copied(name, 1n, true)).toEqual([name]);
  });
});

describe('the low-memory hook of a canister without a limit', () => {
  const HOOK = new Set(['canister_on_low_wasm_memory']);

  /** What became of the hook, and which ambiguities came up, where the model finds that the memory is not low. */
  function judged(settings: object, { exports = HOOK, takes = false, hook = 'condition-not-satisfied' } = {}) {
    let canister = { settings, lowMemoryHook: hook, code: { module: { exports } } };
    const found: Situation[] = [];
    const asked: string[] = [];
    const transitions = { ...standardAssembly.transitions, scheduleLowMemoryHook: () => void asked.push('the model') };
    const alternative = alternativeTransitions(transitions, (reading) => reading === 'low without a limit' && takes);
    const wrapped = detectInTransitions(alternative, (because) => found.push(because));
    const draft = { canister: () => canister, put: (changed: typeof canister) => (canister = changed) };
    wrapped.scheduleLowMemoryHook({ draft } as unknown as World, canisterId(0));
    return { hook: canister.lowMemoryHook, found, asked };
  }

  const settings = (wasmMemoryLimit: bigint, wasmMemoryThreshold: bigint) => ({ wasmMemoryLimit, wasmMemoryThreshold });

  it('is never ready without a threshold, or always, as the reading says (8)', () => {
    const none = settings(0n, 0n);
    expect(judged(none)).toEqual({ hook: 'condition-not-satisfied', found: [], asked: ['the model'] });
    expect(judged(none, { takes: true })).toEqual({ hook: 'ready', found: [], asked: [] });
    expect(judged(none, { takes: true, hook: 'executed' }).hook).toBe('executed');
  });

  it('is ready whenever it may be, with a threshold', () => {
    expect(judged(settings(0n, 1n)).found).toEqual(['on-low-wasm-memory/default-never']);
  });

  it('is no question with a limit, nor of a module without a hook', () => {
    const plain = { hook: 'condition-not-satisfied', found: [], asked: ['the model'] };
    expect(judged(settings(1n, 1n), { takes: true })).toEqual(plain);
    expect(judged(settings(0n, 1n), { takes: true, exports: new Set<string>() })).toEqual(plain);
  });
});

describe('cycles from outside', () => {
  const request = (sender: Principal) =>
    ({ kind: 'deposit', canister: canisterId(0), sender, cycles: 5n }) as unknown as Parameters<
      typeof standardAssembly.management.depositCycles
    >[1];
  const w = {
    draft: { canisters: new Map([[canisterId(0), { settings: { controllers: [userId(0)] } }]]) },
  } as unknown as World;

  it.each([
    [userId(0), false, ['added']],
    [userId(0), true, ['added']],
    [userId(1), false, ['added']],
    [userId(1), true, []],
  ])('of %s reach a canister of user 0, or only if they are a controller’s (%s: 37)', (sender, takes, expected) => {
    const added: string[] = [];
    const management = {
      ...standardAssembly.management,
      depositCycles: () => (added.push('added'), { kind: 'done' } as const),
    };
    const wrapped = alternativeManagement(management, (reading) => reading === 'controllers top up' && takes);
    expect(wrapped.depositCycles(w, request(sender))).toEqual({ kind: 'done' });
    expect(added).toEqual(expected);
  });
});
