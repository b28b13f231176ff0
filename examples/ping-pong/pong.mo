import Prim "mo:⛔";

/// Hits back what a Ping sends, and now and then drops the ball after it has touched it.
persistent actor class Pong(peer : actor { hit : Nat8 -> async Nat }) {
  var hits = 0;
  var dropped = 0;

  public func hit(left : Nat8) : async Nat {
    ignore Prim.cyclesAccept<system>(Prim.cyclesAvailable() / 2);
    hits += 1;
    if (left == 0) return 1;
    let sum = try { await (with cycles = 1_000) peer.hit(left - 1) } finally { dropped += 1 };
    assert sum != 3;
    dropped -= 1;
    1 + sum
  };

  public query func score() : async { hits : Nat; dropped : Nat } { { hits; dropped } };
}
