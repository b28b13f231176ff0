// plumbing: tests that a trap leaves nothing behind, whatever the execution did, and that each undo step is needed
import { conformance, openWasm } from '../../spec/profiles/profiles.js';
import { standardAssembly, type Assembly } from '../index.js';
import { World } from '../testing/world.js';
import { UNDO_ORDER, type UndoStep } from './undo.js';

const IMPORTS = `
  (import "ic0" "msg_reply_data_append" (func $append (param i32 i32)))
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "stable64_grow" (func $sgrow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $swrite (param i64 i64 i64)))
  (import "ic0" "certified_data_set" (func $certify (param i32 i32)))
  (import "ic0" "global_timer_set" (func $timer (param i64) (result i64)))
  (import "ic0" "cycles_burn128" (func $burn (param i64 i64 i32)))
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_cycles_add128" (func $attach (param i64 i64)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (import "ic0" "debug_print" (func $print (param i32 i32)))`;

/** A module whose method `change` makes the change and returns, and `trap` makes it and traps. */
function module(change: string, memory = '1'): string {
  return `(module ${IMPORTS} (memory ${memory}) (global $g (mut i64) (i64.const 7)) (global $f (mut f64) (f64.const nan:0x123))
    (global $v (mut v128) (v128.const i64x2 1 2)) (table $t 4 10 funcref) (elem (i32.const 0) $a)
    (data $d "abc") (func $a) (func $b)
    (elem declare func $b)
    (func $change ${change})
    (func (export "canister_init")
      (drop (call $sgrow (i64.const 1))) (i32.store (i32.const 100) (i32.const 42)) (call $swrite (i64.const 5000) (i64.const 100) (i64.const 8)))
    (func (export "canister_update change") (call $change) (call $reply))
    (func (export "canister_update trap") (call $change) unreachable)
    (func (export "canister_update nothing") (call $reply))
    (func (export "canister_query query") (call $change) (call $reply)))`;
}

const CHANGES: Readonly<Record<string, string>> = {
  'writes memory': '(i64.store (i32.const 4090) (i64.const -1))',
  'grows memory': '(drop (memory.grow (i32.const 2))) (i32.store (i32.const 100000) (i32.const 5))',
  'sets globals': '(global.set $g (i64.const 8)) (global.set $f (f64.const 1)) (global.set $v (v128.const i64x2 3 4))',
  'sets a table': '(table.set $t (i32.const 1) (ref.func $b))',
  'grows a table': '(drop (table.grow $t (ref.func $b) (i32.const 2)))',
  'drops a segment': '(data.drop $d)',
  'writes stable memory': '(call $swrite (i64.const 4094) (i64.const 96) (i64.const 8))',
  'grows stable memory':
    '(drop (call $sgrow (i64.const 3))) (call $swrite (i64.const 70000) (i64.const 100) (i64.const 4))',
  'sets certified data': '(call $certify (i32.const 100) (i32.const 4))',
  'sets the timer': '(drop (call $timer (i64.const 99)))',
  'burns cycles': '(call $burn (i64.const 0) (i64.const 1000) (i32.const 0))',
  'makes a call with cycles':
    '(call $new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (call $attach (i64.const 0) (i64.const 5000)) (drop (call $perform))',
  'attaches cycles to a call that it does not perform':
    '(call $new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (call $attach (i64.const 0) (i64.const 5000))',
};
const UNAVAILABLE_IN_QUERIES = /certified|timer|burns|call/;

/** The digest without what a failed execution may change: what it was charged. */
function state(world: World) {
  return { ...world.digest(), balance: undefined };
}

describe.each(['1', '70'])('with a memory of %s pages', (memory) => {
  describe.each(Object.entries(CHANGES))('an execution that %s', (_, change) => {
    const world = () => new World([module(change, memory)], { profile: openWasm });

    it('leaves nothing when it traps, and can be repeated', () => {
      const w = world();
      const before = state(w);
      for (let i = 0; i < 2; i++) {
        const { executions } = w.call('trap');
        expect(executions.at(-1)?.outcome).toMatchObject({ kind: 'trapped', trap: 'unreachable' });
        expect(state(w)).toEqual(before);
      }
    });

    it('is charged for its instructions only when it traps', () => {
      const w = world();
      const before = w.digest().balance;
      const [record] = w.call('trap').executions;
      const { fees } = openWasm;
      const ingress = fees.ingressMessage + fees.ingressByte * 4n;
      expect(before - w.digest().balance).toBe(ingress + fees.messageExecution + (record?.instructions ?? 0n));
    });

    it('changes the same after a trap as without one', () => {
      const [a, b] = [world(), world()];
      a.call('trap');
      a.call('change');
      b.call('change');
      expect(state(a)).toEqual(state(b));
    });

    if (!UNAVAILABLE_IN_QUERIES.test(_)) {
      it('leaves nothing as a query', () => {
        const w = world();
        const before = w.digest();
        expect(w.query('query').response?.kind).toBe('reply');
        expect(w.digest()).toEqual(before);
      });
    }
  });
});

describe('every undo step', () => {
  const without = (step: UndoStep): Assembly => ({
    ...standardAssembly,
    undo: { ...standardAssembly.undo, [step]: () => undefined },
  });
  const needed: readonly (readonly [UndoStep, string])[] = [
    ['wasmMemory', 'writes memory'],
    ['wasmSize', 'grows memory'],
    ['globals', 'sets globals'],
    ['tables', 'sets a table'],
    ['stableMemory', 'writes stable memory'],
    ['stableSize', 'grows stable memory'],
    ['certifiedData', 'sets certified data'],
    ['globalTimer', 'sets the timer'],
    ['burned', 'burns cycles'],
    ['calls', 'makes a call with cycles'],
  ];

  it.each(needed)('%s is missed when an execution that %s traps', (step, change) => {
    const run = (assembly: Assembly) => {
      const world = new World([module(CHANGES[change] ?? '')], { assembly, profile: openWasm });
      world.call('trap');
      world.call('nothing');
      return world.digest();
    };
    expect(run(without(step))).not.toEqual(run(standardAssembly));
  });

  it('has a place in the order', () => {
    expect(new Set(UNDO_ORDER)).toEqual(new Set(Object.keys(standardAssembly.undo)));
  });
});

describe('the log', () => {
  it('of a trapping update is kept, that of a query is not', () => {
    const world = new World([module('(call $print (i32.const 100) (i32.const 1))')], { profile: conformance });
    world.call('trap');
    expect(world.digest().log).toEqual(['2a']);
    world.query('query');
    expect(world.digest().log).toEqual(['2a']);
  });
});

describe('a table of external references', () => {
  it('that has grown holds null where it is made anew', () => {
    const w = new World(
      [
        `(module ${IMPORTS} (memory 1) (table $t 1 10 externref) (func $a)
          (func (export "canister_update grow") (drop (table.grow $t (ref.null extern) (i32.const 2))) (call $reply))
          (func (export "canister_update trap") (drop (memory.grow (i32.const 1))) unreachable)
          (func (export "canister_query isNull")
            (i32.store (i32.const 0) (ref.is_null (table.get $t (i32.const 2)))) (call $append (i32.const 0) (i32.const 4)) (call $reply)))`,
      ],
      { profile: openWasm },
    );
    w.call('grow');
    // Growth of a memory cannot be undone, so the instance is made anew.
    w.call('trap');
    expect(w.query('isNull')).toMatchObject({ response: { kind: 'reply', data: '01000000' } });
  });
});
