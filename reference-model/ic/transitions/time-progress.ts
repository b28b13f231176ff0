// spec-shaped: time passes and idle resources are paid for — abstract-behavior.md, "Time progressing, cycle consumption, canister version increments"; CHARGING.md, section 5

import { idleCycles, resourcesOf } from '../charging.js';
import type { World } from '../world.js';

const MAX_TIME = (1n << 64n) - 1n;

/** Lets time pass for all canisters; each pays from its reserved balance, then from its balance, at most what is there. */
export function advanceTime(w: World, by: bigint): void {
  const { draft } = w;
  const time = draft.time + by;
  draft.time = time < MAX_TIME ? time : MAX_TIME;
  for (const canister of [...draft.canisters.values()]) {
    const due = idleCycles(w.profile, resourcesOf(canister), by);
    if (due === 0n) continue;
    const fromReserved = due < canister.reservedBalance ? due : canister.reservedBalance;
    const rest = due - fromReserved;
    const fromBalance = rest < canister.balance ? rest : canister.balance;
    draft.book('charged', fromReserved + fromBalance);
    draft.put({
      ...canister,
      reservedBalance: canister.reservedBalance - fromReserved,
      balance: canister.balance - fromBalance,
    });
  }
}
