// plumbing: tests of imports that are referred to, not called
import { World } from '../testing/world.js';

const MODULE = `(module
  (import "ic0" "msg_reply" (func $reply))
  (import "ic0" "canister_version" (func $version (result i64)))
  (type $answer (func (result i64)))
  (table 2 funcref) (elem (i32.const 0) $reply $version)
  (global $last (mut funcref) (ref.func $reply))
  (export "canister_update exported" (func $reply))
  (func (export "canister_update indirect") (call_indirect (i32.const 0)))
  (func (export "canister_update wrong type") (call_indirect (i32.const 1)))
  (func (export "canister_update reply with version")
    (drop (call_indirect (type $answer) (i32.const 1)))
    (global.set $last (ref.func $version))
    (call $reply)))`;

describe('an import', () => {
  const world = new World([MODULE]);

  it('is called through a table like any function', () => {
    expect(world.call('indirect').response).toEqual({ kind: 'reply', data: '' });
    expect(world.call('reply with version').response).toEqual({ kind: 'reply', data: '' });
  });

  it('charges the same through a table as when it is called', () => {
    const [direct, indirect] = ['reply with version', 'indirect'].map((method) => world.call(method).executions[0]);
    // entry 1, const 1, call_indirect 10; then drop 1, ref.func 130, global.set 2, call 5. Both imports have the same charge.
    const rest = 1n + 1n + 10n + (1n + 130n + 2n + 5n);
    const charge = (indirect?.instructions ?? 0n) - (1n + 1n + 10n);
    expect(direct?.instructions).toBe(rest + 2n * charge);
  });

  it('traps through a table where its type is another', () => {
    const [record] = world.call('wrong type').executions;
    expect(record?.outcome).toMatchObject({ kind: 'trapped', trap: 'indirect-call' });
  });

  it('can itself be a method', () => {
    expect(world.call('exported').response).toEqual({ kind: 'reply', data: '' });
  });

  it('is in tables and globals under its index in the module', () => {
    const { tables, globals } = world.digest();
    expect(tables).toEqual([[0, 1]]);
    expect(globals).toEqual([1n]);
  });
});
