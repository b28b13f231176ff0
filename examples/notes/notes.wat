;; A notebook in stable memory. Its methods take and give raw bytes, no Candid:
;;   append            adds the argument to the notes and replies with their length (8 bytes, little-endian)
;;   append_then_trap  the same, and then traps: nothing of it may stay
;;   read              a query: all notes
;;   certified         a query: the certificate for the first 32 bytes of the last note, when there is one
;; A timer, set by each append, drops the notes; an upgrade keeps them, and the length with them.
(module
  (import "ic0" "msg_arg_data_size" (func $msg_arg_data_size (result i32)))
  (import "ic0" "msg_arg_data_copy" (func $msg_arg_data_copy (param i32 i32 i32)))
  (import "ic0" "msg_reply_data_append" (func $msg_reply_data_append (param i32 i32)))
  (import "ic0" "msg_reply" (func $msg_reply))
  (import "ic0" "msg_method_name_size" (func $msg_method_name_size (result i32)))
  (import "ic0" "accept_message" (func $accept_message))
  (import "ic0" "stable64_size" (func $stable64_size (result i64)))
  (import "ic0" "stable64_grow" (func $stable64_grow (param i64) (result i64)))
  (import "ic0" "stable64_write" (func $stable64_write (param i64 i64 i64)))
  (import "ic0" "stable64_read" (func $stable64_read (param i64 i64 i64)))
  (import "ic0" "certified_data_set" (func $certified_data_set (param i32 i32)))
  (import "ic0" "data_certificate_present" (func $data_certificate_present (result i32)))
  (import "ic0" "data_certificate_size" (func $data_certificate_size (result i32)))
  (import "ic0" "data_certificate_copy" (func $data_certificate_copy (param i32 i32 i32)))
  (import "ic0" "time" (func $time (result i64)))
  (import "ic0" "global_timer_set" (func $global_timer_set (param i64) (result i64)))

  ;; One page: the length at 0, what is copied in and out from 1024 on.
  (memory 1 1)
  (global $appends (mut i64) (i64.const 0))

  ;; The first 8 bytes of the stable memory are the length of the notes, which follow.
  (func $init (export "canister_init")
    (drop (call $stable64_grow (i64.const 1)))
    (i64.store (i32.const 0) (i64.const 0))
    (call $save_length))

  (func $save_length
    (call $stable64_write (i64.const 0) (i64.const 0) (i64.const 8)))

  (func (export "canister_post_upgrade")
    (call $stable64_read (i64.const 0) (i64.const 0) (i64.const 8)))

  ;; Messages of up to 32,768 bytes to methods with a name are welcome.
  (func (export "canister_inspect_message")
    (if (i32.and
          (i32.le_u (call $msg_arg_data_size) (i32.const 32768))
          (i32.ne (call $msg_method_name_size) (i32.const 0)))
      (then (call $accept_message))))

  (func $append
    (local $size i32)
    (local.set $size (call $msg_arg_data_size))
    (global.set $appends (i64.add (global.get $appends) (i64.const 1)))
    (call $msg_arg_data_copy (i32.const 1024) (i32.const 0) (local.get $size))
    (call $stable64_write
      (i64.add (i64.const 8) (i64.load (i32.const 0)))
      (i64.const 1024)
      (i64.extend_i32_u (local.get $size)))
    (i64.store (i32.const 0) (i64.add (i64.load (i32.const 0)) (i64.extend_i32_u (local.get $size))))
    (call $save_length)
    (call $certified_data_set
      (i32.const 1024)
      (select (i32.const 32) (local.get $size) (i32.gt_u (local.get $size) (i32.const 32))))
    (drop (call $global_timer_set (i64.add (call $time) (i64.const 60000000000))))
    (call $msg_reply_data_append (i32.const 0) (i32.const 8))
    (call $msg_reply))

  (func (export "canister_update append")
    (call $append))

  (func (export "canister_update append_then_trap")
    (call $append)
    (unreachable))

  (func (export "canister_query read")
    (local $size i64)
    (local.set $size (i64.load (i32.const 0)))
    (call $stable64_read (i64.const 1024) (i64.const 8) (local.get $size))
    (call $msg_reply_data_append (i32.const 1024) (i32.wrap_i64 (local.get $size)))
    (call $msg_reply))

  (func (export "canister_query certified")
    (if (call $data_certificate_present)
      (then
        (call $data_certificate_copy (i32.const 1024) (i32.const 0) (call $data_certificate_size))
        (call $msg_reply_data_append (i32.const 1024) (call $data_certificate_size))))
    (call $msg_reply))

  (func (export "canister_global_timer")
    (i64.store (i32.const 0) (i64.const 0))
    (call $save_length)))
