;; Integers with memory: a table of 4096 words is filled, mixed and summed, round after round.
(module
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    (local $round i32) (local $at i32) (local $x i32) (local $sum i32)
    (local.set $x (i32.const 0x2545f491))
    (loop $rounds
      (local.set $at (i32.const 0))
      (loop $words
        (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
        (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
        (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
        (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (local.get $x)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (i32.and (local.get $x) (i32.const 0x3ffc)))))
        (br_if $words (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 16384))))
      (br_if $rounds (i32.lt_u (local.tee $round (i32.add (local.get $round) (i32.const 1))) (i32.const 200))))
    (local.get $sum)))
