// plumbing: a canister for tests that does what its argument says: cycles, calls with every kind of callback, traps

import { canister } from './subnet.js';

/** What the methods `reply`, `trap` … do is in their names; `call` reads its argument as laid out in `callArg`. */
const STEPS: Readonly<Record<string, string>> = {
  reply: '(call $msg_reply)',
  reject: '(call $msg_reject (i32.const 64) (i32.const 2))',
  nothing: '',
  trap: '(i32.store (i32.const 128) (i32.const 77)) (call $debug_print (i32.const 64) (i32.const 2)) unreachable',
  write:
    '(i32.store (i32.const 132) (i32.add (i32.const 1) (i32.load (i32.const 132)))) (global.set $g (i32.add (global.get $g) (i32.const 1))) (call $msg_reply)',
  burn: '(call $cycles_burn128 (i64.const 0) (i64.const 12345678) (i32.const 192)) (call $msg_reply)',
  accept: '(call $msg_cycles_accept128 (i64.const 0) (i64.const 1000) (i32.const 192)) (call $msg_reply)',
  'accept and trap':
    '(call $msg_cycles_accept128 (i64.const 0) (i64.const 1000) (i32.const 192)) (drop (call $stable64_grow (i64.const 1))) unreachable',
  stable:
    '(drop (call $stable64_grow (i64.const 1))) (call $stable64_write (i64.const 100) (i64.const 64) (i64.const 8)) (call $msg_reply)',
  certify:
    '(call $certified_data_set (i32.const 64) (i32.const 8)) (drop (call $global_timer_set (i64.const 1))) (call $msg_reply)',
  grow: '(drop (memory.grow (i32.const 1))) (call $msg_reply)',
};

export const ACTOR_METHODS = Object.keys(STEPS);

const IMPORTS = [
  'msg_arg_data_size', 'msg_arg_data_copy', 'msg_reply', 'msg_reject', 'debug_print', 'cycles_burn128',
  'msg_cycles_accept128', 'stable64_grow', 'stable64_write', 'certified_data_set', 'global_timer_set',
  'call_new', 'call_on_cleanup', 'call_data_append', 'call_cycles_add128', 'call_with_best_effort_response', 'call_perform',
]; // prettier-ignore

/** Callbacks by table index: 0 replies to the caller, 1 does nothing, 2 traps after a write, 3 writes and accepts. 9 does not exist. */
export const CALLBACKS = [0, 1, 2, 3, 9] as const;

/** Canister k's id: k at byte 7 of the ten bytes at 1024. */
export const actor = canister(
  IMPORTS,
  `(table 4 funcref) (elem (i32.const 0) $answer $ignore $fail $take)
   (global $g (mut i32) (i32.const 0))
   (data (i32.const 64) "ab") (data (i32.const 1024) "\\00\\00\\00\\00\\00\\00\\00\\00\\01\\01")
   (func $answer (param i32) (call $msg_reply))
   (func $ignore (param i32) (global.set $g (i32.add (global.get $g) (i32.const 16))))
   (func $fail (param i32) (i32.store (i32.const 136) (i32.const 99)) unreachable)
   (func $take (param i32) (i32.store (i32.const 140) (i32.add (local.get 0) (i32.load (i32.const 140))))
     (call $msg_cycles_accept128 (i64.const 0) (i64.const -1) (i32.const 192)))
   (func $call
     (call $msg_arg_data_copy (i32.const 256) (i32.const 0) (call $msg_arg_data_size))
     (i32.store8 (i32.const 1031) (i32.load8_u (i32.const 256)))
     (call $call_new (i32.const 1024) (i32.const 10) (i32.const 272) (i32.sub (call $msg_arg_data_size) (i32.const 16))
       (i32.load8_u (i32.const 257)) (i32.const 1) (i32.load8_u (i32.const 258)) (i32.const 2))
     (if (i32.load8_u (i32.const 259)) (then (call $call_on_cleanup (i32.sub (i32.load8_u (i32.const 259)) (i32.const 1)) (i32.const 3))))
     (call $call_cycles_add128 (i64.const 0) (i64.extend_i32_u (i32.load (i32.const 260))))
     (if (i32.load8_u (i32.const 264)) (then (call $call_with_best_effort_response (i32.const 10))))
     (call $call_data_append (i32.const 256) (i32.const 20))
     (drop (call $call_perform)))
   (func (export "canister_update call") (call $call))
   (func (export "canister_update call twice") (call $call) (call $call))
   (func (export "canister_update call and trap") (call $call) unreachable)
   (func (export "canister_update call and reply") (call $call) (call $msg_reply))
   (func (export "canister_heartbeat") (global.set $g (i32.add (global.get $g) (i32.const 1000))))
   (func (export "canister_global_timer") (drop (memory.grow (i32.const 1))) unreachable)
   ${Object.entries(STEPS)
     .map(([name, steps]) => `(func (export "canister_update ${name}") ${steps})`)
     .join('\n')}
   (func (export "canister_query replicated") (call $cycles_burn128 (i64.const 0) (i64.const 7) (i32.const 192)) (call $msg_reply))`,
);

export interface ActorCall {
  /** Number of the callee among the canisters. */
  readonly callee: number;
  readonly method: string;
  /** Table indices. */
  readonly onReply: number;
  readonly onReject: number;
  readonly onCleanup?: number;
  readonly cycles?: number;
  readonly bounded?: boolean;
}

/** The argument of the methods that start with `call`. */
export function callArg(call: ActorCall): Uint8Array {
  const method = new TextEncoder().encode(call.method);
  const bytes = new Uint8Array(16 + method.length);
  bytes[0] = call.callee;
  bytes[1] = call.onReply;
  bytes[2] = call.onReject;
  bytes[3] = call.onCleanup === undefined ? 0 : call.onCleanup + 1;
  new DataView(bytes.buffer).setUint32(4, call.cycles ?? 0, true);
  bytes[8] = call.bounded === true ? 1 : 0;
  bytes.set(method, 16);
  return bytes;
}
