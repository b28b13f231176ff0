// plumbing: query calls and composite queries as rules
import { hexOf } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { conformance } from '../../spec/profiles/profiles.js';
import { canister, Subnet, text, USER } from './testing/subnet.js';
import { present } from '../../spec/testing/present.js';

const reject = (cause: keyof typeof conformance.rejectMessages, code = 5) => ({
  kind: 'reject',
  code,
  message: conformance.rejectMessages[cause],
});

const CALL = `
  (table 6 funcref) (elem (i32.const 0) $answer $ignore $fail $again $mend $rejected)
  (data (i32.const 64) "q") (data (i32.const 1024) "\\00\\00\\00\\00\\00\\00\\00\\01\\01\\01")
  (data (i32.const 1040) "\\00\\00\\00\\00\\00\\00\\00\\00\\01\\01")
  (func $reply (call $msg_reply_data_append (i32.const 512) (i32.const 4)) (call $msg_reply))
  (func $count (i32.store (i32.const 512) (i32.add (i32.const 1) (i32.load (i32.const 512)))))
  (func $answer (param i32) (call $count) (call $reply))
  (func $ignore (param i32) (call $count))
  (func $fail (param i32) (call $count) unreachable)
  (func $mend (param i32) (i32.store (i32.const 512) (i32.add (i32.const 10) (i32.load (i32.const 512)))))
  (func $rejected (param i32)
    (call $msg_reply_data_append (i32.const 0) (i32.const 0))
    (i32.store8 (i32.const 512) (call $msg_reject_code)) (call $reply))
  (func $again (param i32) (call $count) (call $make (i32.const 0)))
  (func $begin (param i32)
    (call $call_new (i32.const 1024) (i32.const 10) (i32.const 64) (i32.const 1) (local.get 0) (i32.const 0) (i32.const 5) (i32.const 0)))
  (func $make_bare (param i32) (call $begin (local.get 0)) (drop (call $call_perform)))
  (func $make_with (param i32 i32)
    (call $begin (local.get 0)) (call $call_on_cleanup (local.get 1) (i32.const 0)) (drop (call $call_perform)))
  (func $make (param i32) (call $make_with (local.get 0) (i32.const 4)))`;

const IMPORTS = [
  'msg_reply',
  'msg_reply_data_append',
  'call_new',
  'call_on_cleanup',
  'call_perform',
  'msg_reject_code',
  'canister_cycle_balance128',
];
const composite = (name: string, body: string) => `(func (export "canister_composite_query ${name}") ${body})`;

const caller = canister(
  IMPORTS,
  CALL +
    composite('answer', '(call $count) (call $make (i32.const 0))') +
    composite('two', '(call $make (i32.const 1)) (call $make (i32.const 0))') +
    composite('again', '(call $make (i32.const 3))') +
    composite('fail', '(call $make (i32.const 2))') +
    composite('fail_then_answer', '(call $make (i32.const 2)) (call $make (i32.const 0))') +
    composite('fail_bare', '(call $make_bare (i32.const 2)) (call $make (i32.const 0))') +
    composite('fail_twice', '(call $make_with (i32.const 2) (i32.const 2)) (call $make (i32.const 0))') +
    composite('fail_nowhere', '(call $make_with (i32.const 2) (i32.const 6)) (call $make (i32.const 0))') +
    composite(
      'balance',
      '(call $make (i32.const 0)) (call $canister_cycle_balance128 (i32.const 600)) (call $make (i32.const 0))',
    ) +
    composite('ignore', '(call $make (i32.const 1))') +
    composite('silent', '') +
    composite('both', '(call $make (i32.const 1)) (call $reply)') +
    composite(
      'spread',
      '(local i32) (loop (call $make (i32.const 0)) (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br_if 0 (i32.lt_u (local.get 0) (i32.const 17)))) ',
    ) +
    '(func (export "canister_update u") (call $msg_reply)) (func (export "canister_query write") (call $count) (call $reply))',
);

const callee = canister(IMPORTS, CALL + '(func (export "canister_query q") (call $msg_reply))');
const rejecting = canister(IMPORTS, CALL + '(func (export "canister_query q") unreachable)');

function pair(second = callee): Subnet {
  const s = new Subnet();
  s.deploy(caller);
  s.deploy(second);
  return s;
}
/** Executions of a composite query up to the callback of its first call. */
const FIRST_CALL = ['canister_composite_query', 'canister_query below', 'composite reply callback'];
const entryPoints = (s: Subnet) => s.executions.map(({ entryPoint }) => entryPoint);
const ask = (s: Subnet, method: string) => s.query(canisterId(0), method);
const bytes = (n: number) => hexOf(Uint8Array.of(n, 0, 0, 0));

describe('a query call', () => {
  it('leaves nothing behind', () => {
    const s = pair();
    expect([ask(s, 'write'), ask(s, 'write')]).toEqual([
      { kind: 'reply', data: bytes(1) },
      { kind: 'reply', data: bytes(1) },
    ]);
  });

  it.each([
    ['u', 'no-such-method'],
    ['missing', 'no-such-method'],
    ['silent', 'did-not-respond'],
    ['fail', 'did-not-respond'],
    ['fail_bare', 'trapped'],
    ['fail_twice', 'trapped'],
    ['fail_nowhere', 'trapped'],
  ] as const)('%s is rejected: %s', (method, cause) => {
    expect(ask(pair(), method)).toEqual(reject(cause));
  });

  it('is rejected by what is wrong with the canister', () => {
    const s = pair();
    expect(s.query(canisterId(7), 'q')).toEqual(reject('no-such-canister', 3));
    expect(s.query(s.create(), 'q')).toEqual(reject('empty-canister'));
    s.submit({ kind: 'stop', canister: canisterId(0), sender: USER });
    expect(ask(s, 'write')).toEqual(reject('not-running'));
  });

  it('is rejected as SYS_TRANSIENT when the canister is frozen', () => {
    const s = pair();
    s.submit({
      kind: 'update-settings',
      canister: canisterId(0),
      sender: USER,
      settings: { freezingThreshold: (1n << 64n) - 1n },
    });
    expect(ask(s, 'write')).toEqual(reject('frozen', 2));
    // whether there is such a method is asked first
    expect(ask(s, 'none')).toEqual(reject('no-such-method'));
  });
});

describe('a composite query', () => {
  it('answers in the callback, which sees what the method wrote', () => {
    expect(ask(pair(), 'answer')).toEqual({ kind: 'reply', data: bytes(2) });
  });

  it('evaluates calls in their order; each callback sees the writes of those before it', () => {
    expect(ask(pair(), 'two')).toEqual({ kind: 'reply', data: bytes(2) });
  });

  it('evaluates calls that callbacks make', () => {
    expect(ask(pair(), 'again')).toEqual({ kind: 'reply', data: bytes(2) });
  });

  it('ends without a response when nobody responds', () => {
    expect(ask(pair(), 'ignore')).toEqual(reject('did-not-respond'));
  });

  it('drops the calls of a method that responded', () => {
    const s = pair();
    expect(ask(s, 'both')).toEqual({ kind: 'reply', data: bytes(0) });
    expect(entryPoints(s)).toEqual(['canister_composite_query']);
    expect(present(s.executions[0]).calls).toMatchObject([{ message: -1, method: 'q' }]);
  });

  it('runs the cleanup of a callback that trapped', () => {
    const s = pair();
    ask(s, 'fail');
    expect(entryPoints(s)).toEqual([...FIRST_CALL, 'composite cleanup callback after reply']);
  });

  it('goes on after a cleanup that returned, on the state that the cleanup left', () => {
    const s = pair();
    // the method wrote nothing, the trapped callback's 1 is undone, the cleanup adds 10 and the answer 1
    expect(ask(s, 'fail_then_answer')).toEqual({ kind: 'reply', data: bytes(11) });
    expect(entryPoints(s)).toEqual([
      ...FIRST_CALL,
      'composite cleanup callback after reply',
      'canister_query below',
      'composite reply callback',
    ]);
  });

  it('ends at once after a trapped callback without cleanup', () => {
    const s = pair();
    ask(s, 'fail_bare');
    expect(entryPoints(s)).toEqual(FIRST_CALL);
  });

  it.each(['fail_twice', 'fail_nowhere'])('ends at once after a cleanup that trapped: %s', (method) => {
    const s = pair();
    ask(s, method);
    expect(entryPoints(s)).toEqual([...FIRST_CALL, 'composite cleanup callback after reply']);
  });

  it('hears of a callee that trapped in the reject callback', () => {
    expect(ask(pair(rejecting), 'answer')).toEqual({ kind: 'reply', data: hexOf(Uint8Array.of(5, 0, 0, 0)) });
  });

  it('makes at most queueCapacity calls to one callee', () => {
    const s = pair();
    ask(s, 'spread');
    const performed = present(s.executions[0])
      .trace.filter(({ name }) => name === 'call_perform')
      .map(({ result }) => result);
    expect(performed).toEqual([...new Array<bigint>(16).fill(0n), 2n]);
  });

  it('may nest as deep as the profile says, and no deeper', () => {
    const s = new Subnet();
    // canister 1 calls canister 0, which calls canister 1, and so on
    const back = CALL.replace('(i32.const 1024) (i32.const 10)', '(i32.const 1040) (i32.const 10)');
    s.deploy(canister(IMPORTS, CALL + composite('q', '(call $make (i32.const 0))')));
    s.deploy(canister(IMPORTS, back + composite('q', '(call $make (i32.const 0))')));
    expect(s.query(canisterId(0), 'q').kind).toBe('reply');
    const methods = s.executions.filter(({ entryPoint }) => entryPoint.startsWith('canister_composite_query'));
    expect(methods).toHaveLength(conformance.limits.queryDepth + 1);
  });

  it('is rejected when the graph uses more instructions than the profile allows', () => {
    const s = new Subnet();
    const spend = (n: number) =>
      `(local i32) (local.set 0 (i32.const ${n})) (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if 0 (local.get 0)))`;
    s.deploy(
      canister(
        IMPORTS,
        CALL +
          composite(
            'x',
            `${spend(240_000)} (call $make (i32.const 1)) (call $make (i32.const 1)) (call $make (i32.const 0))`,
          ),
      ),
    );
    s.deploy(canister(IMPORTS, CALL + `(func (export "canister_query q") ${spend(240_000)} (call $msg_reply))`));
    expect(s.query(canisterId(0), 'x')).toEqual(reject('query-graph'));
    // 7 instructions a round: 1.68 million an execution, so the third is too much
    expect(s.executions.filter(({ entryPoint }) => entryPoint === 'canister_query below')).toHaveLength(2);
  });
});

describe('call_perform in a composite query', () => {
  // 64 KiB of response, the base fee, a callback and a cleanup
  const MAX_CYCLES_PER_RESPONSE = 65_536_000n + 5_000_000n + 2_500_000n;
  const INSTALL = 5_000_000n;
  const holding = (balance: bigint) => {
    const s = new Subnet();
    s.deploy(caller, balance + INSTALL, { freezingThreshold: 0n });
    s.deploy(callee);
    expect(s.digest(canisterId(0)).balance).toBe(balance);
    return s;
  };
  const results = (s: Subnet) =>
    s.executions.map(({ trace }) => trace.filter(({ name }) => name === 'call_perform').map(({ result }) => result));

  it('sets aside what the response may cost, and no fee', () => {
    const s = holding(MAX_CYCLES_PER_RESPONSE + 7n);
    ask(s, 'balance');
    const shown = present(s.executions[0]).trace.find(({ name }) => name === 'canister_cycle_balance128');
    expect(results(s)[0]).toEqual([0n, 2n]);
    expect(shown?.wrote).toBe('07' + '00'.repeat(15));
  });

  it('starts from the balance of the canister in every execution', () => {
    const s = holding(MAX_CYCLES_PER_RESPONSE);
    expect(ask(s, 'again')).toEqual({ kind: 'reply', data: bytes(2) });
    // the method, the callee, the callback that calls again, the callee, the last callback
    expect(results(s)).toEqual([[0n], [], [0n], [], []]);
    expect(s.digest(canisterId(0)).balance).toBe(MAX_CYCLES_PER_RESPONSE);
  });

  it('makes no call when the liquid balance does not pay for that', () => {
    const s = holding(MAX_CYCLES_PER_RESPONSE - 1n);
    expect(ask(s, 'again')).toEqual(reject('did-not-respond'));
    expect(results(s)).toEqual([[2n]]);
  });
});

describe('certificates', () => {
  const module = canister(
    [
      'data_certificate_present',
      'data_certificate_size',
      'data_certificate_copy',
      'msg_reply',
      'msg_reply_data_append',
    ],
    `(func (export "canister_query present") (i32.store8 (i32.const 0) (call $data_certificate_present)) (call $msg_reply_data_append (i32.const 0) (i32.const 1)) (call $msg_reply))
     (func (export "canister_query get")
       (call $data_certificate_copy (i32.const 0) (i32.const 0) (call $data_certificate_size))
       (call $msg_reply_data_append (i32.const 0) (call $data_certificate_size)) (call $msg_reply))`,
  );

  it('are there in a query call, those of the query or those of the profile', () => {
    const s = new Subnet();
    const id = s.deploy(module);
    expect(s.query(id, 'present')).toEqual({ kind: 'reply', data: '01' });
    expect(s.query(id, 'get')).toEqual({ kind: 'reply', data: conformance.certificate });
    const query = {
      kind: 'query',
      canister: id,
      method: 'get',
      arg: text(''),
      sender: USER,
      certificate: text('mine'),
    } as const;
    expect(s.submit(query)).toEqual({ kind: 'responded', response: { kind: 'reply', data: text('mine') } });
  });

  it('are not there in a replicated query', () => {
    const s = new Subnet();
    expect(s.call(s.deploy(module), 'present')).toEqual({ kind: 'reply', data: '00' });
  });
});
