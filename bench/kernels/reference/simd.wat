;; Vectors: lanes of a table of 1024 vectors are multiplied, added, shuffled and compared.
(module
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (local $round i32) (local $at i32) (local $v v128)
    (local.set $v (v128.const i32x4 1 2 3 4))
    (loop $rounds
      (local.set $at (i32.const 0))
      (loop $vectors
        (local.set $v (i32x4.add (i32x4.mul (local.get $v) (v128.const i32x4 3 5 7 9)) (v128.load (local.get $at))))
        (local.set $v (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $v) (local.get $v)))
        (v128.store (local.get $at) (v128.xor (local.get $v) (i32x4.gt_s (local.get $v) (i32x4.splat (local.get $at)))))
        (br_if $vectors (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (i32.const 16384))))
      (br_if $rounds (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 20))))
    (i32x4.extract_lane 0 (local.get $v))))
