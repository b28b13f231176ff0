// plumbing: installation, reinstallation and upgrade as rules
import { conformance } from '../../../spec/profiles/profiles.js';
import { canister, Subnet, text, TRILLION, USER, wat } from '../testing/subnet.js';
import { present } from '../../../spec/testing/present.js';

const reject = (cause: keyof typeof conformance.rejectMessages) => ({
  kind: 'responded',
  response: { kind: 'reject', code: 5, message: conformance.rejectMessages[cause] },
});
const replied = { kind: 'responded', response: { kind: 'reply', data: '' } };

const IMPORTS = [
  'stable64_size',
  'stable64_grow',
  'stable64_write',
  'stable64_read',
  'certified_data_set',
  'global_timer_set',
  'debug_print',
  'canister_version',
  'cycles_burn128',
  'msg_arg_data_size',
];
/** A module whose entry points append their letter to the log, and do what else is given. */
const module = (extra: Readonly<Record<string, string>> = {}, fields = '') => {
  const letters: Readonly<Record<string, number>> = {
    canister_init: 0,
    canister_pre_upgrade: 1,
    canister_post_upgrade: 2,
    start: 3,
  };
  const print = (name: string) => `(call $debug_print (i32.const ${letters[name]}) (i32.const 1)) ${extra[name] ?? ''}`;
  return canister(
    IMPORTS,
    `(data (i32.const 0) "igps") (global $g (mut i32) (i32.const 5)) (table 1 funcref)
     ${['canister_init', 'canister_pre_upgrade', 'canister_post_upgrade'].map((name) => `(func (export "${name}") ${print(name)})`).join('\n')}
     (func $start ${print('start')}) (start $start) ${fields}`,
  );
};
const logOf = (s: Subnet, id: ReturnType<Subnet['create']>) => s.digest(id).log.join('');

describe('an installation', () => {
  it('runs start, then init', () => {
    const s = new Subnet();
    const id = s.deploy(module());
    expect(logOf(s, id)).toBe(text('si'));
    expect(s.executions.map(({ entryPoint, width }) => [entryPoint, width])).toEqual([['start', 'i32'], ['canister_init', 'i32']]); // prettier-ignore
    expect(s.digest(id).version).toBe(1n);
  });

  it('shares its instructions among its steps', () => {
    const s = new Subnet();
    const id = s.create();
    const spin = '(loop (br 0))';
    expect(s.install(id, module({ canister_init: spin }))).toEqual(reject('install-trapped'));
    const [start, init] = s.executions;
    expect(present(start).instructions + present(init).instructions).toBe(20_000_000n);
    expect(s.digest(id).balance).toBe(100n * TRILLION - 25_000_000n);
  });

  it('that traps leaves nothing but its charge and its log', () => {
    const s = new Subnet();
    const id = s.create();
    const before = s.digest(id);
    const outcome = s.install(id, module({ canister_init: '(drop (call $stable64_grow (i64.const 1))) unreachable' }));
    expect(outcome).toEqual(reject('install-trapped'));
    const after = s.digest(id);
    expect({ ...after, balance: 0n }).toEqual({ ...before, balance: 0n, log: [text('s'), text('i')] });
    expect(s.conservation().accounted).toBe(s.conservation().putIn);
  });

  it('sees the new version, upgrades the old one in pre_upgrade', () => {
    const version = '(drop (call $canister_version))';
    const all = module({ canister_init: version, canister_pre_upgrade: version, canister_post_upgrade: version });
    const s = new Subnet();
    const id = s.deploy(all);
    s.install(id, all, { mode: 'upgrade' });
    const seen = s.executions.flatMap(({ trace }) =>
      trace.filter(({ name }) => name === 'canister_version').map(({ result }) => result),
    );
    expect(seen).toEqual([1n, 1n, 2n]);
  });

  it('is refused by mode, module, sender and balance, and then costs nothing', () => {
    const s = new Subnet();
    const id = s.deploy(module());
    const before = s.digest(id);
    expect(s.install(id, module())).toEqual(reject('not-empty'));
    expect(s.install(id, Uint8Array.of(1, 2, 3), { mode: 'upgrade' })).toEqual(reject('invalid-module'));
    expect(s.digest(id)).toEqual(before);
    const empty = s.create(24_999_999n);
    expect(s.install(empty, module(), { mode: 'upgrade' })).toEqual(reject('empty-canister'));
    expect(s.install(empty, module())).toMatchObject({ response: { code: 2 } });
    expect(s.install(s.create(25_000_000n), module(), { mode: 'reinstall' })).toMatchObject({
      response: { kind: 'reject' },
    });
    expect(s.lastExecution().outcome).toMatchObject({ trap: 'insufficient-cycles' });
  });

  it('with active segments out of bounds fails before any code runs, and is charged', () => {
    const s = new Subnet();
    const id = s.create();
    expect(s.install(id, module({}, '(data (i32.const 65535) "ab")'))).toEqual(reject('install-trapped'));
    expect(s.executions).toEqual([]);
    expect(s.digest(id).balance).toBe(100n * TRILLION - 5_000_000n);
  });

  it('with more Wasm memory than wasm_memory_limit fails at its end', () => {
    const s = new Subnet();
    const id = s.create(100n * TRILLION, { wasmMemoryLimit: 65_536n });
    expect(s.install(id, module())).toEqual(replied);
    expect(
      s.install(id, module({ canister_init: '(drop (memory.grow (i32.const 1)))' }), { mode: 'reinstall' }),
    ).toEqual(reject('install-trapped'));
    expect(s.lastExecution().outcome).toMatchObject({ trap: 'wasm-memory-limit' });
  });
});

const FULL = `(drop (call $stable64_grow (i64.const 1))) (call $stable64_write (i64.const 0) (i64.const 0) (i64.const 4))
  (call $certified_data_set (i32.const 0) (i32.const 2)) (drop (call $global_timer_set (i64.const 77)))
  (i32.store (i32.const 100) (i32.const 7)) (global.set $g (i32.const 9)) (drop (memory.grow (i32.const 2)))`;

describe('a reinstallation', () => {
  it('clears memories, certified data, timer and log, and keeps the version', () => {
    const s = new Subnet();
    const id = s.deploy(module({ canister_init: FULL }));
    expect(s.digest(id)).toMatchObject({
      stablePages: 1n,
      certifiedData: text('ig'),
      globalTimer: 77n,
      wasmPages: 3n,
    });
    s.install(id, module(), { mode: 'reinstall' });
    const fresh = new Subnet();
    const { wasmMemory } = fresh.digest(fresh.deploy(module()));
    expect(s.digest(id)).toMatchObject({
      stablePages: 0n,
      certifiedData: '',
      globalTimer: 0n,
      wasmPages: 1n,
      globals: [5n],
      wasmMemory,
      version: 2n,
    });
    // of its own steps only
    expect(logOf(s, id)).toBe(text('si'));
  });

  it('that traps leaves the old code, and the log with what its steps add', () => {
    const s = new Subnet();
    const id = s.deploy(module({ canister_init: FULL }));
    const before = s.digest(id);
    s.install(id, module({ start: 'unreachable' }), { mode: 'reinstall' });
    expect(logOf(s, id)).toBe(text('sis'));
    const after = s.digest(id);
    expect({ ...after, balance: 0n, log: [] }).toEqual({ ...before, balance: 0n, log: [] });
  });
});

describe('an upgrade', () => {
  it('runs pre_upgrade, start and post_upgrade', () => {
    const s = new Subnet();
    const id = s.deploy(module());
    expect(s.install(id, module(), { mode: 'upgrade', arg: text('arg') })).toEqual(replied);
    expect(logOf(s, id)).toBe(text('sigsp'));
    s.install(id, module(), { mode: 'upgrade', skipPreUpgrade: true });
    expect(logOf(s, id)).toBe(text('sigspsp'));
  });

  it('keeps stable memory and certified data, and clears the rest; a timer set in pre_upgrade is dropped', () => {
    const s = new Subnet();
    const id = s.deploy(module({ canister_pre_upgrade: FULL }));
    const before = s.digest(id);
    s.install(
      id,
      module({ canister_post_upgrade: '(call $stable64_read (i64.const 200) (i64.const 0) (i64.const 4))' }),
      { mode: 'upgrade' },
    );
    const after = s.digest(id);
    expect(after).toMatchObject({
      stablePages: 1n,
      certifiedData: text('ig'),
      globalTimer: 0n,
      wasmPages: 1n,
      globals: before.globals,
    });
    expect(after.wasmMemory).not.toBe(before.wasmMemory);
  });

  it('that traps in post_upgrade leaves nothing of pre_upgrade', () => {
    const s = new Subnet();
    const id = s.deploy(
      module({ canister_pre_upgrade: FULL + '(call $cycles_burn128 (i64.const 0) (i64.const 5000) (i32.const 300))' }),
    );
    const before = s.digest(id);
    expect(s.install(id, module({ canister_post_upgrade: 'unreachable' }), { mode: 'upgrade' })).toEqual(
      reject('install-trapped'),
    );
    const after = s.digest(id);
    expect({ ...after, balance: 0n, log: [] }).toEqual({ ...before, balance: 0n, log: [] });
    expect(s.engine.ledger().burned).toBe(0n);
    expect(s.conservation().accounted).toBe(s.conservation().putIn);
  });

  it('burns in pre_upgrade what it says when it succeeds', () => {
    const s = new Subnet();
    const id = s.deploy(
      module({ canister_pre_upgrade: '(call $cycles_burn128 (i64.const 0) (i64.const 5000) (i32.const 300))' }),
    );
    s.install(id, module(), { mode: 'upgrade' });
    expect(s.engine.ledger().burned).toBe(5_000n);
    expect(s.conservation().accounted).toBe(s.conservation().putIn);
  });
});

describe('an upgrade that keeps the Wasm memory', () => {
  const section = new TextEncoder().encode('icp:private enhanced-orthogonal-persistence');
  const keeping = (bytes: Uint8Array) => Uint8Array.from([...bytes, 0, section.length + 1, section.length, ...section]);
  const body = (data: string, extra = '') => `(data (i32.const 8) "${data}") (global $g (mut i32) (i32.const 5))
    (func (export "canister_init") (i32.store (i32.const 100) (i32.const 7)) (global.set $g (i32.const 1)) (drop (memory.grow (i32.const 2)))) ${extra}`;
  const old = keeping(canister([], body('abc')));

  it('has its contents with the new active segments over them, and new globals', () => {
    const s = new Subnet();
    const id = s.deploy(old);
    const reader = keeping(
      canister(
        ['msg_reply', 'msg_reply_data_append'],
        body(
          'X',
          '(func (export "canister_query r") (call $msg_reply_data_append (i32.const 8) (i32.const 3)) (call $msg_reply_data_append (i32.const 100) (i32.const 1)) (call $msg_reply))',
        ),
      ),
    );
    expect(s.install(id, reader, { mode: 'upgrade', wasmMemoryPersistence: 'keep' })).toEqual(replied);
    expect(s.query(id, 'r')).toEqual({ kind: 'reply', data: text('Xbc\u0007') });
    expect(s.digest(id)).toMatchObject({ wasmPages: 3n, globals: [5n] });
  });

  it('grows to the minimum of the new module', () => {
    const s = new Subnet();
    const id = s.deploy(old);
    s.install(id, keeping(canister([], '', 'i32', '7')), { mode: 'upgrade', wasmMemoryPersistence: 'keep' });
    expect(s.digest(id).wasmPages).toBe(7n);
  });

  it('is refused for a module without the section, another width, or a smaller maximum', () => {
    const s = new Subnet();
    const id = s.deploy(old);
    const keep = { mode: 'upgrade', wasmMemoryPersistence: 'keep' } as const;
    const { balance } = s.digest(id);
    expect(s.install(id, canister([], ''), keep)).toEqual(reject('invalid-module'));
    expect(s.install(id, keeping(canister([], '', 'i64')), keep)).toEqual(reject('invalid-module'));
    expect(s.digest(id).balance).toBe(balance);
    expect(s.install(id, keeping(canister([], '', 'i32', '1 2')), keep)).toEqual(reject('invalid-module'));
    expect(s.digest(id)).toMatchObject({ balance: balance - 5_000_000n, wasmPages: 3n });
  });

  it('is refused for a module without a memory, unless there is none to keep', () => {
    const s = new Subnet();
    const keep = { mode: 'upgrade', wasmMemoryPersistence: 'keep' } as const;
    const bare = keeping(wat('(module)'));
    const id = s.deploy(old);
    const { balance } = s.digest(id);
    expect(s.install(id, bare, keep)).toEqual(reject('invalid-module'));
    expect(s.digest(id)).toMatchObject({ balance: balance - 5_000_000n, wasmPages: 3n });
    expect(s.install(s.deploy(bare), bare, keep)).toEqual(replied);
  });

  it('has to be said, or its opposite, when the old module has the section', () => {
    const s = new Subnet();
    const id = s.deploy(old);
    expect(s.install(id, old, { mode: 'upgrade' })).toEqual(reject('invalid-module'));
    expect(s.install(id, old, { mode: 'upgrade', wasmMemoryPersistence: 'replace' })).toEqual(replied);
    expect(s.install(id, old, { mode: 'reinstall', sender: USER })).toEqual(replied);
  });
});
