// plumbing: messages, callbacks, expiry and what follows from them, as rules with figures computed by hand
import { canisterId } from '../../../spec/vocabulary/ids.js';
import { conformance } from '../../../spec/profiles/profiles.js';
import { hexOf, type Cycles } from '../../../spec/vocabulary/brands.js';
import { actor, callArg, type ActorCall } from '../testing/actor.js';
import { canister, Subnet, text, TRILLION, USER } from '../testing/subnet.js';
import { present } from '../../../spec/testing/present.js';

const [FIRST, SECOND] = [canisterId(0), canisterId(1)];
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

describe('a method', () => {
  it('that replies gives its caller the reply, and the version grows by one', () => {
    const s = pair();
    const { version } = s.digest(FIRST);
    expect(s.call(FIRST, 'reply')).toEqual(REPLY);
    expect(s.digest(FIRST).version).toBe(version + 1n);
  });

  it('that rejects gives CANISTER_REJECT and its message', () => {
    expect(pair().call(FIRST, 'reject')).toEqual({ kind: 'reject', code: 4, message: 'ab' });
  });

  it('that does not respond is rejected', () => {
    expect(pair().call(FIRST, 'nothing')).toEqual(reject('did-not-respond'));
  });

  it('that traps leaves only its charge and its log', () => {
    const s = pair();
    const before = s.digest(FIRST);
    expect(s.call(FIRST, 'trap')).toEqual(reject('trapped'));
    const after = s.digest(FIRST);
    expect({ ...after, balance: before.balance }).toEqual({ ...before, log: [text('ab')] });
    expect(after.balance < before.balance).toBe(true);
  });

  it('that does not exist uses up a call context and nothing else', () => {
    const s = pair();
    const before = s.digest(FIRST);
    expect(s.call(FIRST, 'missing')).toEqual(reject('no-such-method'));
    expect(s.digest(FIRST)).toEqual({ ...before, balance: before.balance - 1_200_000n - 2_000n * 7n });
    s.call(FIRST, 'reply');
    expect(s.lastExecution().callContext).toBe(1);
  });

  it('is a query method too, and then its memory is dropped and its cycles count', () => {
    const s = pair();
    const before = s.digest(FIRST);
    expect(s.call(FIRST, 'replicated')).toEqual(REPLY);
    const after = s.digest(FIRST);
    expect(s.lastExecution()).toMatchObject({ entryPoint: 'canister_query replicated', burned: 7n });
    expect([after.wasmMemory, after.version]).toEqual([before.wasmMemory, before.version + 1n]);
    expect(s.engine.ledger().burned).toBe(7n);
  });

  it('traps at its end when the liquid balance would be negative', () => {
    const s = pair();
    const grow = canister([], '(func (export "canister_update grow") (drop (memory.grow (i32.const 200))))');
    s.create(8_000_000n + 5_000_000n + 12_000_000n, { freezingThreshold: 1_000_000n });
    // 201 pages are 13.17 MB: at 127,000 cycles a GiB and second a million seconds cost about 1.56 billion
    s.submit({ kind: 'deposit', canister: canisterId(2), sender: USER, cycles: 50_000_000n as Cycles });
    s.install(canisterId(2), grow);
    const before = s.digest(canisterId(2));
    expect(s.call(canisterId(2), 'grow')).toEqual(reject('trapped'));
    expect(s.lastExecution().outcome).toMatchObject({ trap: 'insufficient-cycles' });
    expect(s.digest(canisterId(2)).wasmPages).toBe(before.wasmPages);
  });

  it('traps at its end when the Wasm memory is larger than wasm_memory_limit, an update only', () => {
    const s = pair();
    s.submit({ kind: 'update-settings', canister: FIRST, sender: USER, settings: { wasmMemoryLimit: 65_536n } });
    expect(s.call(FIRST, 'grow')).toEqual(reject('trapped'));
    expect(s.lastExecution().outcome).toMatchObject({ trap: 'wasm-memory-limit' });
    expect(s.digest(FIRST).wasmPages).toBe(1n);
    expect(s.call(FIRST, 'reply')).toEqual(REPLY);
  });
});

describe('an ingress message', () => {
  it.each([
    ['no-such-canister', (s: Subnet) => s.ingress(canisterId(9), 'reply')],
    ['empty-canister', (s: Subnet) => s.ingress(s.create(), 'reply')],
    ['frozen', (s: Subnet) => s.ingress(s.create(1_200_000n + 9_999n), 'reply')],
    ['empty-canister', (s: Subnet) => s.ingress(s.create(1_200_000n + 10_000n), 'reply')],
    [
      'not-running',
      (s: Subnet) => {
        s.submit({ kind: 'stop', canister: FIRST, sender: USER });
        return s.ingress(FIRST, 'reply');
      },
    ],
  ] as const)('is refused: %s', (failure, act) => {
    expect(act(pair())).toEqual({ kind: 'refused', failure });
  });

  it('is inspected; what the inspection does is dropped', () => {
    const module = canister(
      ['accept_message', 'msg_method_name_size', 'debug_print', 'msg_reply'],
      `(func (export "canister_inspect_message")
         (i32.store (i32.const 0) (i32.const 9)) (call $debug_print (i32.const 0) (i32.const 4))
         (if (i32.eq (call $msg_method_name_size) (i32.const 2)) (then unreachable))
         (if (i32.eq (call $msg_method_name_size) (i32.const 3)) (then (call $accept_message))))
       (func (export "canister_update yes") (call $msg_reply)) (func (export "canister_update no") (call $msg_reply))`,
    );
    const s = new Subnet();
    const id = s.deploy(module);
    const before = s.digest(id);
    expect(s.ingress(id, 'no')).toEqual({ kind: 'refused', failure: 'not-accepted' });
    expect(s.ingress(id, 'nono')).toEqual({ kind: 'refused', failure: 'not-accepted' });
    expect(s.digest(id)).toEqual(before);
    expect(s.call(id, 'yes')).toEqual(REPLY);
  });
});

describe('a call', () => {
  it('leaves when the method returns, and not when it traps', () => {
    expect(calling({}).enabled('execute')).toHaveLength(1);
    expect(calling({}, 'call and trap').enabled('execute')).toHaveLength(0);
  });

  it('costs its fee and sets the largest response aside; what the response does not need comes back', () => {
    const s = calling({ cycles: 5_000 });
    // arguments of 20 bytes and a method name of 5
    const { charged } = s.engine.ledger();
    expect(s.engine.ledger()).toMatchObject({ setAside: 73_036_000n, inMessages: 5_000n });
    const makes = s.lastExecution().instructions;
    expect(charged).toBe(
      2n * 5_000_000n + 1_200_000n + 2_000n * (4n + 21n) + 5_000_000n + makes + 260_000n + 1_000n * 25n,
    );
    s.settle();
    const { setAside, inMessages, inCallContexts } = s.engine.ledger();
    expect([setAside, inMessages, inCallContexts]).toEqual([0n, 0n, 0n]);
  });

  it('is answered by its callee: the callback has the reply, the refund comes back', () => {
    const s = calling({ cycles: 5_000, method: 'accept' });
    const before = s.digest(SECOND).balance;
    s.pick('execute');
    const used = s.lastExecution().instructions;
    expect(s.lastExecution().accepted).toBe(1_000n);
    expect(s.digest(SECOND).balance).toBe(before + 1_000n - 5_000_000n - used);
    const transition = s.pick('deliver');
    expect(transition.executions.map(({ entryPoint }) => entryPoint)).toEqual(['reply callback']);
    expect(transition.ended).toEqual([{ request: 0, response: REPLY }]);
  });

  it.each([
    ['no-such-canister', 3, { callee: 5 }],
    ['no-such-method', 5, { method: 'missing' }],
    ['trapped', 5, { method: 'trap' }],
  ] as const)('is rejected: %s, with all cycles refunded', (cause, code, call) => {
    const s = calling({ ...call, cycles: 777 });
    const { messages } = s.pick('execute');
    expect(messages).toMatchObject([{ kind: 'response', response: reject(cause, code), refunded: 777n }]);
  });

  it('below minimum_incoming_canister_call_cycles is rejected, unless it is to oneself', () => {
    for (const [callee, cycles, passes] of [[1, 99, false], [1, 100, true], [0, 0, true]] as const) {
      const s = pair();
      for (const id of [FIRST, SECOND])
        s.submit({ kind: 'update-settings', canister: id, sender: USER, settings: { minimumIncomingCanisterCallCycles: 100n as Cycles } });
      s.ingress(FIRST, 'call', callOf({ callee, cycles }));
      s.pick('execute');
      const { executions } = s.pick('execute');
      expect(executions).toHaveLength(passes ? 1 : 0);
    } // prettier-ignore
  });

  it('of a frozen callee is rejected as SYS_TRANSIENT', () => {
    const s = calling({});
    s.submit({
      kind: 'update-settings',
      canister: SECOND,
      sender: USER,
      settings: { freezingThreshold: (1n << 64n) - 1n },
    });
    expect(s.pick('execute').messages).toMatchObject([{ response: reject('frozen', 2) }]);
  });

  it('to the management canister is rejected', () => {
    const module = canister(
      ['call_new', 'call_perform', 'msg_reply'],
      `(table 1 funcref) (elem (i32.const 0) $f) (func $f (param i32) (call $msg_reply))
       (func (export "canister_update m")
         (call $call_new (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
         (drop (call $call_perform)))`,
    );
    const s = new Subnet();
    s.ingress(s.deploy(module), 'm');
    s.pick('execute');
    expect(s.pick('execute').messages).toMatchObject([{ response: reject('management-method') }]);
  });

  it('waits behind earlier calls to the same callee', () => {
    const s = calling({}, 'call twice');
    expect(s.enabled('execute')).toHaveLength(1);
    expect(s.enabled('reject')).toHaveLength(2);
  });

  it('may be rejected by the system with either code', () => {
    for (const code of [1, 2]) {
      const s = calling({ cycles: 10 });
      const [choice] = s.enabled('reject');
      if (choice?.kind !== 'reject') throw new Error();
      expect(s.take({ ...choice, code }).messages).toMatchObject([
        { response: reject('spontaneous', code), refunded: 10n },
      ]);
    }
  });

  it('is not made a seventeenth time to one callee', () => {
    const seventeen = `(local i32) (loop (call $call_new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (call $call_cycles_add128 (i64.const 0) (i64.const 3))
      (drop (call $call_perform)) (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br_if 0 (i32.lt_u (local.get 0) (i32.const 17))))`;
    const module = canister(
      ['call_new', 'call_perform', 'call_cycles_add128'],
      `(func (export "canister_update m") ${seventeen})`,
    );
    const s = new Subnet();
    const id = s.deploy(module);
    s.ingress(id, 'm');
    s.pick('execute');
    const results = () =>
      s
        .lastExecution()
        .trace.filter(({ name }) => name === 'call_perform')
        .map(({ result }) => result);
    expect(results()).toEqual([...new Array<bigint>(16).fill(0n), 2n]);
    expect(s.engine.ledger().inMessages).toBe(48n);
    // the queue is full until the responses are delivered
    s.ingress(id, 'm');
    s.take(present(s.enabled('execute').at(-1)));
    expect(results()).toEqual(new Array<bigint>(17).fill(2n));
  });
});

describe('a callback', () => {
  it('that traps runs the cleanup from the state before it', () => {
    const s = calling({ onReply: 2, onCleanup: 1 });
    s.pick('execute');
    const before = s.digest(FIRST);
    const { executions, ended } = s.pick('deliver');
    expect(executions.map(({ entryPoint, outcome }) => [entryPoint, outcome.kind])).toEqual([
      ['reply callback', 'trapped'],
      ['cleanup callback after reply', 'returned'],
    ]);
    expect(ended).toEqual([{ request: 0, response: reject('trapped') }]);
    const after = s.digest(FIRST);
    expect(after.globals).toEqual([present(before.globals[0]) + 16n]);
    expect([after.wasmMemory, after.version]).toEqual([before.wasmMemory, before.version + 1n]);
  });

  it('whose cleanup traps too leaves nothing', () => {
    const s = calling({ onReply: 2, onCleanup: 2 });
    s.pick('execute');
    const before = s.digest(FIRST);
    s.pick('deliver');
    const after = s.digest(FIRST);
    expect({ ...after, balance: 0n, openCallContexts: 1 }).toEqual({ ...before, balance: 0n });
  });

  it('that the table does not have traps without running, and its cleanup runs', () => {
    const s = calling({ onReply: 9, onCleanup: 1 });
    s.pick('execute');
    const { executions } = s.pick('deliver');
    expect(executions[0]).toMatchObject({ outcome: { kind: 'trapped', trap: 'callback' }, instructions: 0n });
    expect(executions[1]).toMatchObject({ outcome: { kind: 'returned' } });
  });

  it('may be a function of the System API of type (I) -> ()', () => {
    const module = canister(
      ['call_new', 'call_perform', 'canister_cycle_balance128', 'msg_reply'],
      `(table 1 funcref) (elem (i32.const 0) $canister_cycle_balance128)
       (func (export "canister_update m")
         (call $call_new (i32.const 64) (i32.const 10) (i32.const 74) (i32.const 1) (i32.const 0) (i32.const 32) (i32.const 0) (i32.const 32))
         (drop (call $call_perform)))
       (func (export "canister_update r") (call $msg_reply))
       (data (i32.const 64) "\\00\\00\\00\\00\\00\\00\\00\\00\\01\\01r")`,
    );
    const s = new Subnet();
    s.call(s.deploy(module), 'm');
    expect(s.lastExecution()).toMatchObject({ entryPoint: 'reply callback', outcome: { kind: 'returned' } });
    expect(s.lastExecution().trace).toMatchObject([{ name: 'canister_cycle_balance128', args: [32n] }]);
  });

  it('is judged by the code that is installed when the response arrives', () => {
    const s = calling({});
    s.pick('execute');
    s.install(FIRST, canister([], ''), { mode: 'upgrade' });
    expect(s.pick('deliver').executions).toMatchObject([{ outcome: { trap: 'callback' } }]);
  });

  it('may accept what the call still holds', () => {
    const s = pair();
    s.ingress(SECOND, 'call', callOf({ callee: 0, method: 'nothing', cycles: 500 }));
    s.settle();
    // the first canister did not respond: everything came back
    expect(s.engine.ledger().inCallContexts).toBe(0n);
    s.ingress(SECOND, 'call', callOf({ callee: 0, method: 'call', cycles: 500 }));
    s.settle();
    expect(s.conservation().accounted).toBe(s.conservation().putIn);
  });
});

describe('a bounded-wait call', () => {
  it('that expires before it is executed is dropped with its cycles, and the caller gets SYS_UNKNOWN', () => {
    const s = calling({ bounded: true, cycles: 40 });
    expect(present(s.lastExecution().calls[0]).deadline).toBe(1_700_000_010_000_000_000n);
    const { messages } = s.pick('expire-message');
    expect(messages).toMatchObject([{ kind: 'response', id: 2, to: 1, response: reject('expired', 6), refunded: 0n }]);
    expect([s.engine.ledger().lost, s.enabled('execute').length, s.enabled('expire-message').length]).toEqual([
      40n,
      0,
      0,
    ]);
    expect(present(s.pick('deliver').executions[0]).entryPoint).toBe('reject callback');
  });

  it('that expires with its response under way loses the response', () => {
    const s = calling({ bounded: true, cycles: 40 });
    s.pick('execute');
    s.pick('expire-message');
    expect(s.engine.ledger().lost).toBe(40n);
    expect(present(s.pick('deliver').executions[0]).entryPoint).toBe('reject callback');
  });

  it('that expires while it is processed is answered; what the callee responds is lost', () => {
    const s = calling({ bounded: true, cycles: 40, method: 'call' });
    s.pick('execute');
    const { messages } = s.pick('expire-context');
    expect(messages).toMatchObject([{ response: reject('expired', 6) }]);
    s.settle();
    expect(s.engine.ledger().lost).toBe(40n);
    expect(s.enabled('expire-context')).toHaveLength(0);
    expect(s.conservation().accounted).toBe(s.conservation().putIn);
  });

  it('and no other expires', () => {
    const s = calling({});
    expect(s.enabled('expire-message')).toHaveLength(0);
    s.pick('execute');
    expect(s.enabled('expire-message')).toHaveLength(0);
  });
});

describe('the global timer', () => {
  it('is deactivated when it is scheduled, and stays so when it traps', () => {
    const s = pair();
    s.call(FIRST, 'certify');
    expect(s.digest(FIRST).globalTimer).toBe(1n);
    const { executions } = s.pick('global-timer');
    expect(executions[0]).toMatchObject({ entryPoint: 'canister_global_timer', outcome: { kind: 'trapped' } });
    expect(s.digest(FIRST)).toMatchObject({ globalTimer: 0n, openCallContexts: 0 });
    expect(s.enabled('global-timer')).toHaveLength(0);
  });

  it('is due when its time has come', () => {
    const at = (n: bigint) =>
      canister(
        ['global_timer_set'],
        `(func (export "canister_init") (drop (call $global_timer_set (i64.const ${n})))) (func (export "canister_global_timer"))`,
      );
    const s = new Subnet();
    s.deploy(at(1_700_000_000_000_000_005n));
    expect(s.enabled('global-timer')).toHaveLength(0);
    s.advance(4n);
    expect(s.enabled('global-timer')).toHaveLength(0);
    s.advance(1n);
    expect(s.enabled('global-timer')).toHaveLength(1);
  });
});

describe('the low-memory hook', () => {
  const module = canister(
    ['msg_reply'],
    `(func (export "canister_update grow") (drop (memory.grow (i32.const 1))) (call $msg_reply))
     (func (export "canister_update reply") (call $msg_reply)) (func (export "canister_heartbeat"))
     (func (export "canister_on_low_wasm_memory"))`,
  );
  const settings = { wasmMemoryLimit: 4n * 65_536n, wasmMemoryThreshold: 2n * 65_536n };

  it('runs once when the remaining memory falls below the threshold, before anything else of its canister', () => {
    const s = new Subnet();
    const id = s.deploy(module, 100n * TRILLION, settings);
    s.call(id, 'grow');
    expect(s.digest(id).lowMemoryHook).toBe('condition-not-satisfied');
    s.ingress(id, 'reply');
    s.call(id, 'grow');
    expect(s.digest(id).lowMemoryHook).toBe('ready');
    s.ingress(id, 'reply');
    expect([s.enabled('execute').length, s.enabled('heartbeat').length]).toEqual([0, 0]);
    s.pick('low-wasm-memory');
    expect(s.digest(id).lowMemoryHook).toBe('executed');
    expect([s.enabled('execute').length, s.enabled('heartbeat').length]).toEqual([1, 1]);
    // armed again by a larger limit
    s.submit({ kind: 'update-settings', canister: id, sender: USER, settings: { wasmMemoryLimit: 100n * 65_536n } });
    expect(s.digest(id).lowMemoryHook).toBe('condition-not-satisfied');
  });

  it('does not keep anything from running when it is not exported', () => {
    const s = new Subnet();
    const id = s.deploy(actor, 100n * TRILLION, { wasmMemoryThreshold: 1n << 40n });
    expect(s.digest(id).lowMemoryHook).toBe('ready');
    expect(s.call(id, 'reply')).toEqual(REPLY);
    expect(s.enabled('low-wasm-memory')).toHaveLength(0);
  });
});
