;; Integers: two 64 x 64 matrices of i64 are multiplied.
(module
  (memory (export "memory") 4)
  (func (export "canister_update run")
    (local $i i32) (local $j i32) (local $k i32) (local $sum i64)
    (loop $fill
      (i64.store (i32.shl (local.get $i) (i32.const 3)) (i64.extend_i32_u (i32.and (local.get $i) (i32.const 63))))
      (i64.store offset=32768 (i32.shl (local.get $i) (i32.const 3)) (i64.extend_i32_u (i32.and (i32.mul (local.get $i) (i32.const 7)) (i32.const 31))))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4096))))
    (local.set $i (i32.const 0))
    (loop $row
      (local.set $j (i32.const 0))
      (loop $column
        (local.set $k (i32.const 0))
        (local.set $sum (i64.const 0))
        (loop $dot
          (local.set $sum (i64.add (local.get $sum) (i64.mul
            (i64.load (i32.shl (i32.add (i32.shl (local.get $i) (i32.const 6)) (local.get $k)) (i32.const 3)))
            (i64.load offset=32768 (i32.shl (i32.add (i32.shl (local.get $k) (i32.const 6)) (local.get $j)) (i32.const 3))))))
          (br_if $dot (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 64))))
        (i64.store offset=65536 (i32.shl (i32.add (i32.shl (local.get $i) (i32.const 6)) (local.get $j)) (i32.const 3)) (local.get $sum))
        (br_if $column (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 64))))
      (br_if $row (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 64))))))
