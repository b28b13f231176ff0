import Prim "mo:⛔";

/// Serves a rally and hits back. Its peer is a Pong; each hit travels with cycles, of which the other side keeps half.
persistent actor class Ping(peer : actor { hit : Nat8 -> async Nat }) {
  var served = 0;
  var hits = 0;
  var missed = 0;

  /// Plays a rally of at most eight hits and gives their number. The last await may fail: then the rally is lost.
  public func serve(length : Nat8) : async Nat {
    served += 1;
    try {
      1 + (await (with cycles = 1_000_000) peer.hit(length % 8))
    } catch _ {
      missed += 1;
      0
    }
  };

  public func hit(left : Nat8) : async Nat {
    ignore Prim.cyclesAccept<system>(Prim.cyclesAvailable() / 2);
    hits += 1;
    if (left == 0) return 1;
    1 + (await (with cycles = 1_000; timeout = 60) peer.hit(left - 1))
  };

  public query func score() : async { served : Nat; hits : Nat; missed : Nat } {
    { served; hits; missed }
  };
}
