;; A pointer chase through 64 Ki links in 1 MiB, then a sum over all of it.
(module
  (memory (export "memory") 16)
  (func (export "canister_update run")
    (local $i i32) (local $p i32) (local $sum i64)
    (loop $link
      (i32.store (i32.shl (local.get $i) (i32.const 4))
        (i32.shl (i32.and (i32.add (i32.mul (local.get $i) (i32.const 40503)) (i32.const 7919)) (i32.const 65535)) (i32.const 4)))
      (br_if $link (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 65536))))
    (local.set $i (i32.const 0))
    (loop $chase
      (local.set $p (i32.load (local.get $p)))
      (br_if $chase (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 65536))))
    (local.set $i (i32.const 0))
    (loop $add
      (local.set $sum (i64.add (local.get $sum) (i64.load (local.get $i))))
      (br_if $add (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 1048576))))
    (i64.store (i32.const 0) (i64.add (local.get $sum) (i64.extend_i32_u (local.get $p))))))
