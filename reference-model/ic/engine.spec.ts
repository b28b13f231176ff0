// plumbing: the engine interface: determinism, the order of choices, the seam for mutants
import { Crash } from '../../spec/vocabulary/engine.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { hexOf } from '../../spec/vocabulary/brands.js';
import { CHOICE_KINDS } from '../../spec/vocabulary/scenario.js';
import { standardAssembly, type Assembly } from './assembly.js';
import { actor, callArg } from './testing/actor.js';
import { canister, Subnet, USER } from './testing/subnet.js';
import { present } from '../../spec/testing/present.js';

const [FIRST, SECOND] = [canisterId(0), canisterId(1)];
const arg = hexOf(
  callArg({ callee: 1, method: 'reply', onReply: 2, onReject: 0, onCleanup: 1, cycles: 9, bounded: true }),
);

function scripted(): Subnet {
  const s = new Subnet();
  s.deploy(actor);
  s.deploy(actor);
  s.ingress(FIRST, 'call', arg);
  s.ingress(SECOND, 'certify');
  s.take(present(s.enabled('execute')[1]));
  s.pick('execute');
  return s;
}

describe('the engine', () => {
  it('gives the same records for the same stimuli and choices', () => {
    const [one, other] = [scripted(), scripted()];
    one.settle();
    other.settle();
    expect(one.transitions).toEqual(other.transitions);
    expect(one.engine.ledger()).toEqual(other.engine.ledger());
  });

  it('lists choices in the order of CHOICE_KINDS, then by id', () => {
    const kinds = scripted()
      .engine.enabled()
      .map(({ kind }) => kind);
    expect(kinds).toEqual(
      CHOICE_KINDS.filter((kind) => kinds.includes(kind)).flatMap((kind) => kinds.filter((one) => one === kind)),
    );
    expect(scripted().enabled('heartbeat')).toEqual([FIRST, SECOND].map((id) => ({ kind: 'heartbeat', canister: id })));
    expect(kinds).toEqual(
      expect.arrayContaining(['execute', 'heartbeat', 'global-timer', 'reject', 'expire-message', 'bump-version']),
    );
  });

  it('crashes on a choice that is not enabled, and nothing has changed', () => {
    const s = scripted();
    const before = s.engine.enabled();
    expect(() => s.take({ kind: 'deliver', message: 99 as never })).toThrow(Crash);
    expect(() => s.take({ kind: 'reject', message: 2 as never, code: 4 })).toThrow(Crash);
    expect(s.engine.enabled()).toEqual(before);
  });

  it('records system calls with unsigned arguments, their results and traps, when it is told to', () => {
    const module = canister(
      ['stable_grow', 'stable_read', 'time'],
      '(func (export "canister_update m") (drop (call $time)) (drop (call $stable_grow (i32.const -1))) (call $stable_read (i32.const 0) (i32.const -1) (i32.const 2)))',
    );
    const trace = (s: Subnet) => {
      s.call(s.deploy(module), 'm');
      return s.lastExecution().trace;
    };
    expect(trace(new Subnet())).toEqual([
      { name: 'time', args: [], result: 1_700_000_000_000_000_000n },
      { name: 'stable_grow', args: [0xffff_ffffn], result: 0xffff_ffffn },
      { name: 'stable_read', args: [0n, 0xffff_ffffn, 2n], trap: 'system-call' },
    ]);
    expect(trace(new Subnet({ trace: false }))).toEqual([]);
  });

  it('lists in `after` the canister that a stimulus is about, with its digest as it stands', () => {
    const s = scripted();
    s.query(FIRST, 'replicated');
    expect(present(s.transitions.at(-1)).after).toEqual([s.digest(FIRST)]);
  });
});

describe('the assembly', () => {
  const with_ = (parts: Partial<Assembly>): Subnet => {
    const s = new Subnet({ assembly: { ...standardAssembly, ...parts } });
    s.deploy(actor);
    s.deploy(actor);
    return s;
  };

  it('lets a handler be exchanged', () => {
    const s = with_({ systemApi: { ...standardAssembly.systemApi, msg_reply: () => undefined } });
    expect(s.call(FIRST, 'reply')).toMatchObject({ kind: 'reject' });
  });

  it('lets a transition be exchanged, also one that others use', () => {
    const transitions = { ...standardAssembly.transitions, scheduleLowMemoryHook: () => undefined };
    const s = with_({ transitions });
    s.submit({ kind: 'update-settings', canister: FIRST, sender: USER, settings: { wasmMemoryThreshold: 1n << 40n } });
    expect(s.digest(FIRST).lowMemoryHook).toBe('condition-not-satisfied');
  });

  it('lets the charge of system calls be exchanged', () => {
    const s = with_({ charging: { systemCallInstructions: () => 1n } });
    s.call(FIRST, 'reply');
    expect(s.lastExecution().instructions).toBe(1n + 5n + 1n);
  });
});
