;; Heap sort of 4,096 pseudo-random i32 in memory.
(module
  (memory (export "memory") 4)
  (func $sift (param $start i32) (param $end i32)
    (local $root i32) (local $child i32) (local $swap i32) (local $a i32) (local $b i32)
    (local.set $root (local.get $start))
    (block $done
      (loop $next
        (local.set $child (i32.add (i32.shl (local.get $root) (i32.const 1)) (i32.const 1)))
        (br_if $done (i32.gt_s (local.get $child) (local.get $end)))
        (local.set $swap (local.get $root))
        (if (i32.lt_s (i32.load (i32.shl (local.get $swap) (i32.const 2))) (i32.load (i32.shl (local.get $child) (i32.const 2))))
          (then (local.set $swap (local.get $child))))
        (if (i32.le_s (i32.add (local.get $child) (i32.const 1)) (local.get $end))
          (then
            (if (i32.lt_s (i32.load (i32.shl (local.get $swap) (i32.const 2))) (i32.load (i32.shl (i32.add (local.get $child) (i32.const 1)) (i32.const 2))))
              (then (local.set $swap (i32.add (local.get $child) (i32.const 1)))))))
        (br_if $done (i32.eq (local.get $swap) (local.get $root)))
        (local.set $a (i32.load (i32.shl (local.get $root) (i32.const 2))))
        (local.set $b (i32.load (i32.shl (local.get $swap) (i32.const 2))))
        (i32.store (i32.shl (local.get $root) (i32.const 2)) (local.get $b))
        (i32.store (i32.shl (local.get $swap) (i32.const 2)) (local.get $a))
        (local.set $root (local.get $swap))
        (br $next))))
  (func (export "canister_update run")
    (local $i i32) (local $x i32) (local $end i32) (local $t i32)
    (local.set $x (i32.const 12345))
    (loop $fill
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1103515245)) (i32.const 12345)))
      (i32.store (i32.shl (local.get $i) (i32.const 2)) (local.get $x))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4096))))
    (local.set $i (i32.const 2047))
    (loop $heapify
      (call $sift (local.get $i) (i32.const 4095))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br_if $heapify (i32.ge_s (local.get $i) (i32.const 0))))
    (local.set $end (i32.const 4095))
    (loop $take
      (local.set $t (i32.load (i32.shl (local.get $end) (i32.const 2))))
      (i32.store (i32.shl (local.get $end) (i32.const 2)) (i32.load (i32.const 0)))
      (i32.store (i32.const 0) (local.get $t))
      (local.set $end (i32.sub (local.get $end) (i32.const 1)))
      (call $sift (i32.const 0) (local.get $end))
      (br_if $take (i32.gt_s (local.get $end) (i32.const 0))))))
