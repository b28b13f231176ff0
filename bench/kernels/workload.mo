// A compute workload in Motoko: an array is filled, sorted and hashed, with closures and allocation as the compiler makes them.
persistent actor {
  func next(x : Nat32) : Nat32 = x *% 1103515245 +% 12345;

  func sift(a : [var Nat32], from : Nat, end : Nat) {
    var root = from;
    loop {
      let child = 2 * root + 1;
      if (child > end) return;
      var swap = root;
      if (a[swap] < a[child]) swap := child;
      if (child + 1 <= end and a[swap] < a[child + 1]) swap := child + 1;
      if (swap == root) return;
      let t = a[root];
      a[root] := a[swap];
      a[swap] := t;
      root := swap;
    };
  };

  public func run() : async Nat32 {
    let n = 1000;
    let a : [var Nat32] = [var
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let size = a.size();
    var x : Nat32 = 1;
    var hash : Nat32 = 2166136261;
    var round = 0;
    while (round < n / 10) {
      var i = 0;
      while (i < size) { x := next(x); a[i] := x; i += 1 };
      i := size / 2;
      while (i > 0) { i -= 1; sift(a, i, size - 1) };
      var end = size - 1 : Nat;
      while (end > 0) {
        let t = a[end]; a[end] := a[0]; a[0] := t;
        end -= 1;
        sift(a, 0, end);
      };
      for (value in a.vals()) { hash := (hash ^ value) *% 16777619 };
      round += 1;
    };
    hash
  };
};
