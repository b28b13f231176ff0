// spec-shaped: what follows from every transition at once, in the order of READINGS.md — abstract-behavior.md#rule-starvation and the rules after it

import type { World } from '../world.js';

/** Starvation, removal of call contexts, the end of stopping, canisters out of cycles: again, until nothing changes. */
export function settle(w: World): void {
  const { transitions } = w.assembly;
  for (;;) {
    const changes = [
      transitions.rejectStarved(w),
      transitions.removeCallContexts(w),
      transitions.finishStopping(w),
      transitions.uninstallOutOfCycles(w),
    ];
    if (!changes.includes(true)) return;
  }
}
