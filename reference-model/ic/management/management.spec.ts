// plumbing: the life of a canister and the methods of the management canister, as rules
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';
import { conformance } from '../../../spec/profiles/profiles.js';
import { hexOf, type Cycles } from '../../../spec/vocabulary/brands.js';
import type { Settings, Stimulus } from '../../../spec/vocabulary/scenario.js';
import { actor, callArg, type ActorCall } from '../testing/actor.js';
import { Subnet, USER, wat } from '../testing/subnet.js';
import { present } from '../../../spec/testing/present.js';

const FIRST = canisterId(0);
const reject = (cause: keyof typeof conformance.rejectMessages, code = 5) => ({
  kind: 'reject',
  code,
  message: conformance.rejectMessages[cause],
});
const REPLY = { kind: 'reply', data: '' };

/** Two actors. */
function pair(): Subnet {
  const s = new Subnet();
  s.deploy(actor);
  s.deploy(actor);
  return s;
}

const callOf = (call: Partial<ActorCall>) =>
  hexOf(callArg({ callee: 1, method: 'reply', onReply: 0, onReject: 0, ...call }));

/** Submits a call from the first canister to the second, and executes the method that makes it. */
function calling(call: Partial<ActorCall>, method = 'call'): Subnet {
  const s = pair();
  s.ingress(FIRST, method, callOf(call));
  s.pick('execute');
  return s;
}

describe('a canister', () => {
  it('that is uninstalled rejects the calls that are open, and its callbacks do not run', () => {
    const s = calling({ cycles: 30 });
    const { ended } = (s.submit({ kind: 'uninstall', canister: FIRST, sender: USER }), present(s.transitions.at(-1)));
    expect(ended).toEqual([{ request: 0, response: reject('uninstalled', 4) }]);
    expect(s.digest(FIRST)).toMatchObject({ openCallContexts: 1 });
    s.pick('execute');
    const { executions } = s.pick('deliver');
    expect(executions).toEqual([]);
    expect(s.digest(FIRST).openCallContexts).toBe(0);
    expect(s.engine.ledger().setAside).toBe(0n);
  });

  it('stops when its last call context is gone', () => {
    const s = calling({});
    const outcome = s.submit({ kind: 'stop', canister: FIRST, sender: USER });
    expect(outcome).toEqual({ kind: 'accepted', request: 1 });
    expect(s.digest(FIRST).status).toBe('stopping');
    s.pick('execute');
    const { version } = s.digest(FIRST);
    const { ended } = s.pick('deliver');
    expect(ended.map(({ request }) => request)).toEqual([0, 1]);
    expect(s.digest(FIRST)).toMatchObject({ status: 'stopped', version: version + 2n });
  });

  it('that is started again rejects the requests to stop it', () => {
    const s = calling({});
    s.submit({ kind: 'stop', canister: FIRST, sender: USER });
    s.submit({ kind: 'start', canister: FIRST, sender: USER });
    expect(s.answers.get(1 as never)).toEqual(reject('not-running'));
    expect(s.digest(FIRST).status).toBe('running');
  });

  it('that runs out of cycles is uninstalled', () => {
    const s = new Subnet();
    const id = s.deploy(actor, 30_000_000n, { computeAllocation: 100n, freezingThreshold: 0n });
    const { version } = s.digest(id);
    s.advance(1_000_000_000n);
    const after = s.digest(id);
    expect(after).toMatchObject({ balance: 0n, version: version + 1n, certifiedData: '' });
    expect(after.moduleHash).toBeUndefined();
    s.advance(1_000_000_000n);
    expect(s.digest(id).version).toBe(version + 1n);
  });

  it('pays for idle resources from its reserved balance first', () => {
    const s = new Subnet();
    const id = s.create(1_000n, { computeAllocation: 1n, freezingThreshold: 0n }, 15_000_000n);
    // 10 million cycles a second for one percent
    s.advance(1_000_000_000n);
    expect(s.digest(id)).toMatchObject({ reservedBalance: 5_000_000n, balance: 1_000n });
    s.advance(500_050_000n);
    expect(s.digest(id)).toMatchObject({ reservedBalance: 0n, balance: 500n });
  });
});

describe('management', () => {
  it.each(['uninstall', 'start', 'stop', 'delete'] as const)(
    '%s is for controllers, of canisters that exist',
    (kind) => {
      const s = pair();
      expect(s.submit({ kind, canister: FIRST, sender: userId(3) })).toEqual({
        kind: 'responded',
        response: reject('not-a-controller'),
      });
      expect(s.submit({ kind, canister: canisterId(8), sender: USER })).toEqual({
        kind: 'responded',
        response: reject('no-such-canister', 3),
      });
    },
  );

  it('deletes stopped canisters only, and their cycles with them', () => {
    const s = pair();
    expect(s.submit({ kind: 'delete', canister: FIRST, sender: USER })).toEqual({
      kind: 'responded',
      response: reject('not-stopped'),
    });
    s.submit({ kind: 'stop', canister: FIRST, sender: USER });
    const { balance } = s.digest(FIRST);
    s.submit({ kind: 'delete', canister: FIRST, sender: USER });
    expect(s.engine.ledger().lost).toBe(balance);
    expect(s.engine.digest(FIRST)).toBeUndefined();
  });

  it.each([
    ['101 percent', { computeAllocation: 101n }],
    ['eleven controllers', { controllers: Array.from({ length: 11 }, (_, k) => userId(k)) }],
    ['two variables of one name', { environmentVariables: [{ name: 'a', value: '1' }, { name: 'a', value: '2' }] }],
    ['a name of 129 bytes', { environmentVariables: [{ name: 'é'.repeat(64) + 'a', value: '' }] }],
    ['a value of 129 bytes', { environmentVariables: [{ name: 'a', value: 'a'.repeat(129) }] }],
    ['21 variables', { environmentVariables: Array.from({ length: 21 }, (_, k) => ({ name: `${k}`, value: '' })) }],
    ['2^64 bytes', { memoryAllocation: 1n << 64n }],
    ['a limit of 2^48 + 1 bytes', { wasmMemoryLimit: (1n << 48n) + 1n }],
    ['a threshold of 2^48 + 1 bytes', { wasmMemoryThreshold: (1n << 48n) + 1n }],
    ['less than the present memory', { wasmMemoryLimit: 65_535n }],
  ])('refuses settings with %s, and changes nothing', (_, settings) => {
    const s = pair();
    const before = s.digest(FIRST);
    const outcome = s.submit({ kind: 'update-settings', canister: FIRST, sender: USER, settings });
    expect(outcome).toEqual({ kind: 'responded', response: reject('invalid-settings') });
    expect(s.digest(FIRST)).toEqual(before);
  }); // prettier-ignore

  it('takes settings on the limits', () => {
    const s = pair();
    const settings = {
      computeAllocation: 100n,
      controllers: [],
      environmentVariables: Array.from({ length: 20 }, (_, k) => ({
        name: String.fromCharCode(97 + k).repeat(128),
        value: 'é'.repeat(64),
      })),
      wasmMemoryLimit: 65_536n,
    };
    s.submit({ kind: 'deposit', canister: FIRST, sender: userId(5), cycles: (1n << 100n) as Cycles });
    const { version } = s.digest(FIRST);
    expect(s.submit({ kind: 'update-settings', canister: FIRST, sender: USER, settings })).toEqual({
      kind: 'responded',
      response: REPLY,
    });
    expect(s.digest(FIRST).version).toBe(version + 1n);
    expect(s.submit({ kind: 'start', canister: FIRST, sender: USER })).toMatchObject({
      response: reject('not-a-controller'),
    });
  });

  it('takes a limit and a threshold of 2^48 bytes', () => {
    const s = pair();
    const settings = { wasmMemoryLimit: 1n << 48n, wasmMemoryThreshold: 1n << 48n };
    expect(s.submit({ kind: 'update-settings', canister: FIRST, sender: USER, settings })).toMatchObject({
      response: REPLY,
    });
  });

  const creation = (settings: Settings, amount: bigint, reserved = 0n): Stimulus => ({
    kind: 'create',
    sender: USER,
    settings,
    cycles: amount as Cycles,
    reservedCycles: reserved as Cycles,
  });

  it('makes no canister whose allocation would freeze it', () => {
    // 10 million cycles a second for one percent
    const s = new Subnet();
    const settings = { computeAllocation: 1n, freezingThreshold: 3n };
    expect(s.submit(creation(settings, 29_999_999n))).toMatchObject({ response: reject('frozen', 2) });
    expect(s.submit(creation(settings, 0n, 29_999_999n))).toMatchObject({ response: reject('frozen', 2) });
    expect(s.submit(creation(settings, 30_000_000n))).toEqual({ kind: 'done' });
    expect(s.submit(creation(settings, 1n, 30_000_000n))).toEqual({ kind: 'done' });
  });

  it('reserves no more cycles than reserved_cycles_limit, and takes no lower limit', () => {
    const s = new Subnet();
    expect(s.submit(creation({ reservedCyclesLimit: 6n as Cycles }, 1n, 7n))).toMatchObject({
      response: reject('invalid-settings'),
    });
    expect(s.submit(creation({ reservedCyclesLimit: 7n as Cycles }, 1n, 7n))).toEqual({ kind: 'done' });
    const limit = (reservedCyclesLimit: bigint) =>
      s.submit({
        kind: 'update-settings',
        canister: FIRST,
        sender: USER,
        settings: { reservedCyclesLimit: reservedCyclesLimit as Cycles },
      });
    expect(limit(6n)).toMatchObject({ response: reject('invalid-settings') });
    expect(limit(7n)).toMatchObject({ response: REPLY });
  });

  it('changes no setting of a canister whose memory is above its limit, unless the limit', () => {
    const s = new Subnet();
    const grow = wat('(module (memory 1) (func (export "canister_heartbeat") (drop (memory.grow (i32.const 1)))))');
    const id = s.deploy(grow, 100_000_000_000_000n, { wasmMemoryLimit: 65_536n });
    s.pick('heartbeat');
    expect(s.digest(id).wasmPages).toBe(2n);
    const update = (settings: Settings) => s.submit({ kind: 'update-settings', canister: id, sender: USER, settings });
    expect(update({ freezingThreshold: 1n })).toMatchObject({ response: reject('invalid-settings') });
    expect(update({ wasmMemoryLimit: 131_072n })).toMatchObject({ response: REPLY });
    expect(update({ freezingThreshold: 1n })).toMatchObject({ response: REPLY });
  });

  it('forgets the low-memory hook of a canister that is uninstalled', () => {
    const s = new Subnet();
    const hooked = wat('(module (memory 1) (func (export "canister_on_low_wasm_memory")))');
    const id = s.deploy(hooked, 100_000_000_000_000n, { wasmMemoryLimit: 65_536n, wasmMemoryThreshold: 1n });
    s.pick('low-wasm-memory');
    expect(s.digest(id).lowMemoryHook).toBe('executed');
    s.submit({ kind: 'uninstall', canister: id, sender: USER });
    expect(s.digest(id).lowMemoryHook).toBe('condition-not-satisfied');
    s.install(id, hooked);
    expect(s.digest(id).lowMemoryHook).toBe('ready');
  });

  it('a deposit over 2^128 - 1 saturates, and the rest is lost', () => {
    const s = pair();
    const { balance } = s.digest(FIRST);
    s.submit({ kind: 'deposit', canister: FIRST, sender: USER, cycles: ((1n << 128n) - 1n) as Cycles });
    expect(s.digest(FIRST).balance).toBe((1n << 128n) - 1n);
    expect(s.engine.ledger().lost).toBe(balance);
  });
});
