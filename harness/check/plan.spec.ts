// plumbing: tests of what `check` makes of its arguments, with the committed examples
import { IDL } from '@icp-sdk/core/candid';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import wabt from 'wabt';
import { bytesOf, hexOf } from '../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Scenario, Stimulus } from '../../spec/vocabulary/scenario.js';
import { CheckInputError } from './input-error.js';
import { planCheck, type CheckArguments } from './plan.js';
import { canisterText } from './scenario.js';
import { present } from '../../spec/testing/present.js';

const example = (file: string) => ({
  file: `examples/${file}`,
  bytes: new Uint8Array(readFileSync(`examples/${file}`)),
});
const { parseWat } = await wabt();
const wat = (text: string) => ({ file: 'x.wasm', bytes: new Uint8Array(parseWat('x.wat', text).toBinary({}).buffer) });
const counter = example('counter/counter.wasm');
const ping = example('ping-pong/ping.wasm');
const pong = example('ping-pong/pong.wasm');
const notes = example('notes/notes.wasm');

const plan = (args: Partial<CheckArguments>) =>
  planCheck({ modules: [counter], dids: [], inits: [], wires: [], ...args }).scenarios;
const draw = (args: Partial<CheckArguments>, numRuns = 60): Scenario[] => fc.sample(plan(args), { seed: 5, numRuns });
const stimuli = (scenarios: readonly Scenario[]): Stimulus[] =>
  scenarios.flatMap(({ steps }) => steps.flatMap(({ stimulus }) => (stimulus === undefined ? [] : [stimulus])));

describe('planCheck', () => {
  it('calls each method of the module, and does everything else that happens to a canister', () => {
    const seen = stimuli(draw({}, 200));
    const methods = new Set(seen.flatMap((one) => (one.kind === 'ingress' ? [one.method] : [])));
    expect([...methods]).toEqual(
      expect.arrayContaining(['add', 'addThenTrap', 'addCallTrap', 'addLater', 'reset', 'get']),
    );
    const kinds = new Set(seen.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['advance-time', 'ingress', 'install', 'query', 'start', 'stop']);
  });

  it("gives arguments of the types in the module's metadata, most of the time", () => {
    const args = stimuli(draw({})).flatMap((one) =>
      one.kind === 'ingress' && one.method === 'addLater' ? [one.arg] : [],
    );
    const typed = args.filter((arg) => {
      try {
        return IDL.decode([IDL.Nat, IDL.Nat8], bytesOf(arg)).length === 2;
      } catch {
        return false;
      }
    });
    expect(args.length).toBeGreaterThan(20);
    expect(typed.length / args.length).toBeGreaterThan(0.8);
    expect(typed.length).toBeLessThan(args.length);
  });

  it('gives bytes of any kind to a module without types', () => {
    const args = stimuli(draw({ modules: [notes] })).flatMap((one) => (one.kind === 'ingress' ? [one.arg] : []));
    expect(new Set(args).size).toBeGreaterThan(50);
  });

  describe('for a module that replies its interface', () => {
    const replying = (interfaceText: string, kind = 'canister_query') => {
      const reply = hexOf(new Uint8Array(IDL.encode([IDL.Text], [interfaceText]))).replace(/../g, '\\$&');
      return wat(`(module
        (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
        (import "ic0" "msg_reply" (func $reply))
        (memory 1)
        (data (i32.const 8) "${reply}")
        (func (export "canister_init") unreachable)
        (func (export "canister_update m"))
        (func (export "${kind} __get_candid_interface_tmp_hack")
          (call $append (i32.const 8) (i32.const ${reply.length / 3}))
          (call $reply)))`);
    };
    const argsOf = (module: { file: string; bytes: Uint8Array }) =>
      stimuli(draw({ modules: [module] })).flatMap((one) =>
        one.kind === 'ingress' && one.method === 'm' ? [one.arg] : [],
      );
    const isTyped = (arg: string) => arg.startsWith('4449444c000168');
    const did = 'service : { m : (principal) -> () }';

    it('gives arguments of its types, though it refuses to be installed, and in gzip', () => {
      for (const module of [
        replying(did),
        { file: 'x.wasm.gz', bytes: new Uint8Array(gzipSync(replying(did).bytes)) },
      ]) {
        const args = argsOf(module);
        expect(args.filter(isTyped).length / args.length).toBeGreaterThan(0.7);
      }
    });

    it.each([
      ['is no Candid', replying('hello')],
      ['an update would give', replying(did, 'canister_update')],
    ])('gives bytes of any kind where what %s', (_, module) => {
      expect(argsOf(module).some(isTyped)).toBe(false);
    });
  });

  it('is the same for the same seed', () => {
    expect(draw({})).toEqual(draw({}));
  });

  it('wires canisters: an environment variable for each, and $NAME in an init argument', () => {
    const scenarios = draw({
      modules: [ping, pong],
      wires: ['PEER=pong', 'ME=examples/ping-pong/ping.wasm'],
      inits: ['ping=(service "$PEER")', 'pong=(service "$ME")'],
    });
    const encoded = (k: number) =>
      Buffer.from(IDL.encode([IDL.Service({ hit: IDL.Func([IDL.Nat8], [IDL.Nat]) })], [principal(k)])).toString('hex');
    for (const { setup } of scenarios) {
      expect(setup.canisters.map(({ initArg }) => initArg)).toEqual([encoded(1), encoded(0)]);
      expect(present(setup.canisters[1]).settings.environmentVariables).toEqual([
        { name: 'PEER', value: canisterText(1) },
        { name: 'ME', value: canisterText(0) },
      ]);
    }
  });

  it('lets an init argument name those who call', () => {
    const [scenario] = draw({ modules: [ping], inits: ['(service "$user1")'] }, 1);
    const callers = stimuli(draw({}, 20)).flatMap((one) => (one.kind === 'ingress' ? [one.sender] : []));
    expect(present(present(scenario).setup.canisters[0]).initArg).toContain(userId(1));
    expect(callers).toEqual(expect.arrayContaining([userId(0), userId(1)]));
  });

  it('draws init arguments that it is not given, with references to the canisters under test', () => {
    const scenarios = draw({ modules: [ping, pong] });
    const first = scenarios.map(({ setup }) => present(setup.canisters[0]).initArg);
    expect(first.some((arg) => arg.includes(canisterId(0)))).toBe(true);
    expect(first.some((arg) => arg.includes(canisterId(1)))).toBe(true);
  });

  it('installs again with other arguments, where the types leave a choice and none is given', () => {
    const attempts = (args: Partial<CheckArguments>) =>
      stimuli(draw(args, 1)).filter((one) => one.kind === 'install' && one.mode === 'install').length;
    expect(attempts({ modules: [ping] })).toBe(3);
    expect(attempts({ modules: [ping], inits: ['(service "aaaaa-aa")'] })).toBe(0);
    expect(attempts({ modules: [counter] })).toBe(0);
  });

  it('gives another argument than the given one to some upgrades', () => {
    const scenarios = draw({ modules: [ping], inits: ['(service "aaaaa-aa")'] }, 200);
    const [given] = scenarios.map(({ setup }) => present(setup.canisters[0]).initArg);
    const args = stimuli(scenarios).flatMap((one) =>
      one.kind === 'install' && one.mode === 'upgrade' ? [one.arg] : [],
    );
    expect(args).toContain(given);
    expect(args.some((arg) => arg !== given)).toBe(true);
  });

  it('seldom calls what the interface does not list', () => {
    const did = { file: 'other.did', text: 'service : { add: (nat) -> () }' };
    const methods = stimuli(draw({ dids: [{ did }] })).flatMap((one) => (one.kind === 'ingress' ? [one.method] : []));
    const unlisted = methods.filter((method) => method !== 'add');
    expect(unlisted.length).toBeGreaterThan(0);
    expect(unlisted.length / methods.length).toBeLessThan(0.2);
  });

  it('takes a module in gzip and uploads it as it is', () => {
    const bytes = new Uint8Array(gzipSync(notes.bytes));
    const [scenario] = draw({ modules: [{ file: 'notes.wasm.gz', bytes }] }, 1);
    expect(present(scenario).modules).toEqual([{ kind: 'wasm', bytes, description: 'notes.wasm.gz' }]);
  });

  it('takes the types of a .did file before those of the module', () => {
    const did = { file: 'other.did', text: 'service : { add: (principal) -> () }' };
    const args = stimuli(draw({ dids: [{ did }] })).flatMap((one) =>
      one.kind === 'ingress' && one.method === 'add' ? [one.arg] : [],
    );
    expect(args.filter((arg) => arg.startsWith('4449444c000168')).length / args.length).toBeGreaterThan(0.7);
  });

  const text = (words: string) => new TextEncoder().encode(words);
  it.each<[string, Partial<CheckArguments>, string]>([
    ['no module', { modules: [] }, 'no module given'],
    [
      'a file that is not Wasm',
      { modules: [{ file: 'x.wasm', bytes: text('hello') }] },
      'x.wasm: not a canister module: ',
    ],
    [
      'a truncated module',
      { modules: [{ file: 'x.wasm', bytes: counter.bytes.slice(0, 1000) }] },
      'not a canister module: ',
    ],
    [
      'broken gzip',
      { modules: [{ file: 'x.gz', bytes: Uint8Array.from([0x1f, 0x8b, 8, 1, 2]) }] },
      'not a gzip stream',
    ],
    [
      'an import that is none',
      { modules: [wat('(module (import "env" "f" (func)))')] },
      'import env.f is no function of the System API',
    ],
    [
      'a pointer of Git LFS',
      {
        modules: [
          { file: 'x.wasm', bytes: text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n') },
        ],
      },
      'It is a pointer of Git LFS',
    ],
    [
      'WASI',
      {
        modules: [
          wat('(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))))'),
        ],
      },
      'is no function of the System API. A canister has no WASI',
    ],
    [
      'a function that the System API had once',
      { modules: [wat('(module (import "ic0" "call_simple" (func)))')] },
      'is no function of the System API. What may be imported',
    ],
    [
      'a method of another type',
      { modules: [wat('(module (func (export "canister_update m") (param i32)))')] },
      'does not have type () -> ()',
    ],
    ['the same module twice', { modules: [counter, counter] }, 'two modules have this name'],
    [
      'a .did file that is not Candid',
      { dids: [{ did: { file: 'a.did', text: 'service' } }] },
      "a.did: line 1, column 8: expected ':'",
    ],
    ['an init argument of another type', { modules: [ping], inits: ['(1)'] }, "expected 'service'"],
    ['an init argument without types', { modules: [notes], inits: ['(1)'] }, 'does not say what types'],
    [
      'an init argument that could be for either',
      { modules: [ping, pong], inits: ['()'] },
      'does not say which of ping, pong',
    ],
    ['a wire that is none', { wires: ['PEER'] }, 'not NAME=MODULE'],
    ['a wire to nowhere', { wires: ['PEER=pong'] }, 'no module is called pong'],
    [
      'an unknown wire in an init argument',
      { modules: [ping], inits: ['(service "$PEER")'] },
      'no --wire is called PEER',
    ],
  ])('refuses %s and says where, what and what to do', (_, args, message) => {
    expect(() => plan(args)).toThrow(CheckInputError);
    expect(() => plan(args)).toThrow(message);
  });
});

function principal(k: number) {
  return { toUint8Array: () => bytesOf(canisterId(k)), toText: () => canisterText(k), _isPrincipal: true };
}
