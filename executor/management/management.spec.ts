// plumbing: tests of management: the log, the low-memory hook, settings, queries of frozen canisters
import { conformance } from '../../spec/profiles/profiles.js';
import { cycles, nanoseconds, type Cycles } from '../../spec/vocabulary/brands.js';
import { REJECT_CAUSES, type RejectCause } from '../../spec/profiles/reject-causes.js';
import type { StimulusOutcome } from '../../spec/vocabulary/record.js';
import type { Settings } from '../../spec/vocabulary/scenario.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import { World } from '../testing/world.js';

const PAGE = BigInt(WASM_PAGE_BYTES);
const { rejectMessages } = conformance;

/** One page of memory. Installing logs a text, `print` logs "call", a heartbeat grows the memory by a page. */
const module = (text: string, thenInit = '') => `(module
  (import "ic0" "debug_print" (func $print (param i32 i32)))
  (memory 1)
  (data (i32.const 0) "${text}call")
  (func $installed (call $print (i32.const 0) (i32.const ${text.length})))
  (func (export "canister_init") (call $installed) ${thenInit})
  (func (export "canister_post_upgrade") (call $installed))
  (func (export "canister_heartbeat") (drop (memory.grow (i32.const 1))))
  (func (export "canister_update print") (call $print (i32.const ${text.length}) (i32.const 4)))
  (func (export "canister_query q")))`;

/** Canister 0 has the first module, canister 1 the second one. */
const world = (...modules: readonly string[]) => new World(modules);

function create(target: World, settings: Settings, balance = 10n ** 15n, reserved = 0n): StimulusOutcome {
  return target.submit({
    kind: 'create', sender: target.user, cycles: cycles(balance), reservedCycles: cycles(reserved), settings,
  }).outcome; // prettier-ignore
}

function update(target: World, settings: Settings, canister = 0): StimulusOutcome {
  return target.submit({ kind: 'update-settings', canister: target.id(canister), sender: target.user, settings })
    .outcome;
}

function uninstall(target: World): StimulusOutcome {
  return target.submit({ kind: 'uninstall', canister: target.id(0), sender: target.user }).outcome;
}

function log(target: World, canister = 0): string[] {
  return target.digest(canister).log.map((record) => Buffer.from(record, 'hex').toString());
}

const DONE = { kind: 'done' };
const REPLIED = { kind: 'responded', response: { kind: 'reply', data: '' } };
const refusedAs = (cause: RejectCause) => ({
  kind: 'responded',
  response: { kind: 'reject', code: REJECT_CAUSES[cause].code, message: rejectMessages[cause] },
});

describe('the canister log', () => {
  it('starts anew with a reinstallation', () => {
    const target = world(module('first'), module('second'));
    target.call('print');
    expect(log(target)).toEqual(['first', 'call']);
    target.install(0, 1, 'reinstall');
    expect(log(target)).toEqual(['second']);
  });

  it('goes on with an upgrade', () => {
    const target = world(module('first'), module('second'));
    target.install(0, 1, 'upgrade');
    expect(log(target)).toEqual(['first', 'second']);
  });

  it('keeps the old records when a reinstallation traps, and has its own', () => {
    const target = world(module('first'), module('second', '(unreachable)'));
    expect(target.install(0, 1, 'reinstall').response).toEqual(refusedAs('install-trapped').response);
    expect(log(target)).toEqual(['first', 'second']);
  });

  it('has nothing of a failed installation once another one succeeded', () => {
    const target = world(module('first'), module('second', '(unreachable)'));
    expect(log(target, 1)).toEqual(['second']);
    target.install(1, 0);
    expect(log(target, 1)).toEqual(['first']);
  });
});

describe('the low-memory hook', () => {
  const ready = (threshold: bigint) => {
    const target = world(module('first'));
    update(target, { wasmMemoryLimit: 2n * PAGE, wasmMemoryThreshold: threshold });
    expect(target.digest().lowMemoryHook).toBe('ready');
    return target;
  };

  it('is not ready in a canister without code', () => {
    const target = ready(2n * PAGE);
    uninstall(target);
    expect(target.digest().lowMemoryHook).toBe('condition-not-satisfied');
  });

  it('stays ready where even an empty memory leaves too little', () => {
    const target = ready(2n * PAGE + 1n);
    uninstall(target);
    expect(target.digest().lowMemoryHook).toBe('ready');
  });

  it('is not ready in a canister that ran out of cycles', () => {
    const target = ready(2n * PAGE);
    expect(update(target, { computeAllocation: 100n, freezingThreshold: 0n })).toEqual(REPLIED);
    target.submit({ kind: 'advance-time', by: nanoseconds(1n << 63n) });
    expect(target.digest()).toMatchObject({ balance: 0n, lowMemoryHook: 'condition-not-satisfied' });
  });
});

describe('a query of a frozen canister', () => {
  const frozen = world(module('first'));
  update(frozen, { freezingThreshold: (1n << 64n) - 1n });

  it('is refused as frozen where the method exists', () => {
    expect(frozen.query('q').response).toEqual(refusedAs('frozen').response);
  });

  it('is refused for the method where there is none', () => {
    expect(frozen.query('missing').response).toEqual(refusedAs('no-such-method').response);
  });
});

describe('settings', () => {
  it.each(['wasmMemoryLimit', 'wasmMemoryThreshold'] as const)('of %s are at most 2^48', (name) => {
    const target = world(module('first'));
    expect(create(target, { [name]: 1n << 48n })).toEqual(DONE);
    expect(create(target, { [name]: (1n << 48n) + 1n })).toEqual(refusedAs('invalid-settings'));
    expect(update(target, { [name]: 1n << 48n })).toEqual(REPLIED);
    expect(update(target, { [name]: (1n << 48n) + 1n })).toEqual(refusedAs('invalid-settings'));
  });

  it.each(['reservedCyclesLimit', 'minimumIncomingCanisterCallCycles'] as const)('of %s are below 2^128', (name) => {
    const target = world(module('first'));
    expect(update(target, { [name]: (1n << 128n) - 1n })).toEqual(REPLIED);
    expect(update(target, { [name]: 1n << 128n })).toEqual(refusedAs('invalid-settings'));
  });

  it('of any kind are refused while the memory is above the standing limit', () => {
    const target = world(module('first'));
    update(target, { wasmMemoryLimit: PAGE });
    expect(update(target, { freezingThreshold: 1n })).toEqual(REPLIED);
    target.engine.take({ kind: 'heartbeat', canister: target.id(0) });
    expect(target.digest().wasmPages).toBe(2n);
    expect(update(target, { freezingThreshold: 2n })).toEqual(refusedAs('invalid-settings'));
    expect(update(target, { wasmMemoryLimit: 2n * PAGE })).toEqual(REPLIED);
  });

  it('that ask for an allocation make no canister that would be frozen', () => {
    const target = world(module('first'));
    expect(create(target, { memoryAllocation: 1n << 30n }, 1_000n)).toEqual(refusedAs('frozen'));
    expect(create(target, { computeAllocation: 1n }, 1_000n)).toEqual(refusedAs('frozen'));
    expect(create(target, { memoryAllocation: 1n << 30n, freezingThreshold: 0n }, 1_000n)).toEqual(DONE);
    expect(create(target, {}, 1_000n)).toEqual(DONE);
  });

  it('limit the reserved balance', () => {
    const target = world(module('first'));
    const limit = (reservedCyclesLimit: bigint): Settings => ({ reservedCyclesLimit: reservedCyclesLimit as Cycles });
    expect(create(target, limit(9n), 100n, 10n)).toEqual(refusedAs('invalid-settings'));
    expect(create(target, {}, 100n, 5_000_000_000_001n)).toEqual(refusedAs('invalid-settings'));
    expect(create(target, limit(10n), 100n, 10n)).toEqual(DONE);
    expect(update(target, limit(9n), 1)).toEqual(refusedAs('invalid-settings'));
    expect(update(target, limit(10n), 1)).toEqual(REPLIED);
  });
});
