// spec-shaped: a canister that runs out of cycles is uninstalled — abstract-behavior.md, "Canister out of cycles"

import type { Canister } from '../state.js';
import type { World } from '../world.js';

const isOut = (canister: Canister | undefined): boolean =>
  canister !== undefined && canister.balance === 0n && canister.reservedBalance === 0n;

/** Uninstalls the canisters that ran out of cycles in this transition. @returns whether there was one */
export function uninstallOutOfCycles(w: World): boolean {
  const { before } = w.draft;
  const out = [...w.draft.canisters.values()].filter(
    (canister) => isOut(canister) && !isOut(before.canisters.get(canister.id)) && !w.log.outOfCycles.has(canister.id),
  );
  for (const { id } of out) {
    w.log.outOfCycles.add(id);
    w.assembly.transitions.emptyCanister(w, id, 'out-of-cycles');
    const canister = w.draft.canister(id);
    w.draft.put({ ...canister, settings: { ...canister.settings, computeAllocation: 0n, memoryAllocation: 0n } });
  }
  return out.length > 0;
}
