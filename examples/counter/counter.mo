import Prim "mo:⛔";

/// A counter whose methods trap at every point that a person has to think about.
persistent actor Counter {
  var count : Nat = 0;
  var changes : [(at : Nat64, count : Nat)] = [];

  func change(by : Nat) {
    count += by;
    changes := [(Prim.time(), count)];
  };

  public func add(by : Nat) : async Nat {
    change(by);
    count
  };

  /// Traps after the write: the write must be gone.
  public func addThenTrap(by : Nat) : async Nat {
    change(by);
    assert false;
    count
  };

  /// Writes, commits at the call to itself, writes again, and traps in the callback: what came before the call stays.
  public func addCallTrap(by : Nat) : async Nat {
    change(by);
    try {
      let sum = await add(by);
      change(sum);
      assert sum % 2 == 0;
    } finally {
      Prim.debugPrint("cleaned up");
    };
    count
  };

  /// Adds when the time has come, in a system task.
  public func addLater(by : Nat, seconds : Nat8) : async () {
    let nanoseconds = Prim.natToNat64(1_000_000_000 * Prim.nat8ToNat(seconds));
    ignore Prim.setTimer<system>(nanoseconds, false, func() : async () { change(by) });
  };

  public shared ({ caller }) func reset(to : ?Nat) : async { #kept; #reset : Principal } {
    switch to {
      case null #kept;
      case (?n) { count := n; #reset caller };
    }
  };

  public query func get() : async { count : Nat; changes : [(at : Nat64, count : Nat)] } {
    { count; changes }
  };
}
