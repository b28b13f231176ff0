// plumbing: tests of what the record of an execution says of the calls that it made
import { canisterId } from '../../spec/vocabulary/ids.js';
import { World } from '../testing/world.js';

/** Methods that call nobody, waiting 10 s or without bound: an update, and a composite query. */
const MODULE = `(module
  (import "ic0" "call_new" (func $new (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "ic0" "call_with_best_effort_response" (func $bounded (param i32)))
  (import "ic0" "call_perform" (func $perform (result i32)))
  (memory 1) (data (i32.const 0) "\\00\\00\\00\\00\\00\\00\\00\\4d\\01\\01")
  (func $new_call
    (call $new (i32.const 0) (i32.const 10) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
  (func $waiting (call $new_call) (call $bounded (i32.const 10)) (drop (call $perform)))
  (func $unbounded (call $new_call) (drop (call $perform)))
  (export "canister_update call bounded" (func $waiting)) (export "canister_composite_query query bounded" (func $waiting))
  (export "canister_update call unbounded" (func $unbounded)) (export "canister_composite_query query unbounded" (func $unbounded)))`;

describe('a call in the record of an execution', () => {
  // canister-interface.md#system-api-call: call_with_best_effort_response is available in composite queries, too.
  it.each(['call', 'query'] as const)('has a deadline where it waits with bound, by %s', (by) => {
    const world = new World([MODULE]);
    const deadlines = ['bounded', 'unbounded'].map((method) => {
      const { executions } = world[by](`${by} ${method}`);
      return executions.flatMap(({ calls }) => calls.map(({ callee, deadline }) => ({ callee, deadline })));
    });
    const callee = canisterId(77);
    // The time is 1 s.
    expect(deadlines).toEqual([[{ callee, deadline: 11_000_000_000n }], [{ callee, deadline: undefined }]]);
  });
});
