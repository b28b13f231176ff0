// plumbing: the module of the smoke test — small enough that an adapter's author can read it
import loadWabt from 'wabt';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';

/** System API functions that every variant imports. */
export const BASIC_IMPORTS = ['msg_reply', 'msg_reply_data_append', 'msg_arg_data_size', 'msg_arg_data_copy'] as const;

/**
 * A canister that keeps a diary: each entry point writes its letter, and the query `diary` replies with all of them. The update `echo` and
 * the query `repeat` reply with their argument.
 */
function diary(I: PointerWidth, fields: string): string {
  const echo = `
    (call $copy (${I}.const 4096) (${I}.const 0) (call $size))
    (call $append (${I}.const 4096) (call $size))
    (call $reply)`;
  return `(module
    (import "ic0" "msg_reply" (func $reply))
    (import "ic0" "msg_reply_data_append" (func $append (param ${I} ${I})))
    (import "ic0" "msg_arg_data_size" (func $size (result ${I})))
    (import "ic0" "msg_arg_data_copy" (func $copy (param ${I} ${I} ${I})))
    ${fields
      .split('\n')
      .filter((line) => line.includes('(import'))
      .join('\n')}
    (memory ${I === 'i64' ? 'i64' : ''} 1)
    (global $used (mut ${I}) (${I}.const 0))
    (func $note (param $letter i32)
      (i32.store8 (global.get $used) (local.get $letter))
      (global.set $used (${I}.add (global.get $used) (${I}.const 1))))
    (func (export "canister_query diary") (call $append (${I}.const 0) (global.get $used)) (call $reply))
    (func (export "canister_update echo") (call $note (i32.const 117)) ${echo})
    (func (export "canister_query repeat") (call $note (i32.const 113)) ${echo})
    ${fields
      .split('\n')
      .filter((line) => !line.includes('(import'))
      .join('\n')}
  )`;
}

/** A function that writes its letter. */
const noting = (name: string, letter: string) =>
  `(func (export "${name}") (call $note (i32.const ${letter.charCodeAt(0)})))`;

/** What the module has beside the diary. Lines with imports are put where imports belong. */
const FIELDS = {
  plain: () => '',
  init: () => noting('canister_init', 'i'),
  start: () => `(func $start (call $note (i32.const 115)))\n(start $start)`,
  upgrade: () => `${noting('canister_pre_upgrade', 'p')}\n${noting('canister_post_upgrade', 'a')}`,
  composite: (I: PointerWidth) =>
    `(func (export "canister_composite_query size") (call $append (${I}.const 0) (call $size)) (call $reply))`,
  'inspect, accepting nothing': () => `(func (export "canister_inspect_message"))`,
  clock: (I: PointerWidth) => `(import "ic0" "time" (func $time (result i64)))
    (func (export "canister_query now")
      (i64.store (${I}.const 4096) (call $time))
      (call $append (${I}.const 4096) (${I}.const 8))
      (call $reply))`,
  caller: (I: PointerWidth) => `(import "ic0" "canister_self_size" (func $self_size (result ${I})))
    (import "ic0" "canister_self_copy" (func $self (param ${I} ${I} ${I})))
    (import "ic0" "call_new" (func $new (param ${I} ${I} ${I} ${I} ${I} ${I} ${I} ${I})))
    (import "ic0" "call_perform" (func $perform (result i32)))
    (table 2 funcref)
    (elem (i32.const 0) $called $failed)
    (data (${I}.const 8192) "echo")
    (func $called (param ${I}) (call $note (i32.const 121)) (call $reply))
    (func $failed (param ${I}) (call $note (i32.const 110)) (call $reply))
    (func (export "canister_update call")
      (call $self (${I}.const 8200) (${I}.const 0) (call $self_size))
      (call $new (${I}.const 8200) (call $self_size) (${I}.const 8192) (${I}.const 4) (${I}.const 0) (${I}.const 0) (${I}.const 1) (${I}.const 0))
      (drop (call $perform)))`,
} as const satisfies Record<string, (width: PointerWidth) => string>;

export type Variant = keyof typeof FIELDS;

/** A module of the smoke test as bytes. */
export async function moduleOf(variant: Variant, width: PointerWidth): Promise<Uint8Array> {
  const wabt = await loadWabt();
  const module = wabt.parseWat(`${variant}.wat`, diary(width, FIELDS[variant](width)), { memory64: true });
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** A module that imports these functions and does nothing. */
export async function importing(
  imports: readonly { readonly name: string; readonly type: string }[],
): Promise<Uint8Array> {
  const wabt = await loadWabt();
  const lines = imports.map(({ name, type }) => `(import "ic0" "${name}" (func ${type}))`);
  const module = wabt.parseWat('imports.wat', `(module ${lines.join('\n')})`, { memory64: true });
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}
