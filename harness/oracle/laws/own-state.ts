// spec-shaped: a canister changes only its own state — canister-smart-contracts.md#canisters-as-actors
import { STATE_FIELDS } from '../commit-table.js';
import type { Law } from '../law.js';
import { sameValue, shownField } from '../values.js';

const RULE = 'canister-concepts/own-storage';

/** What a canister's code writes stays as it is in transitions in which it did not run and which were not about it. */
export const ownState: Law = {
  name: 'own-state',
  clauses: [RULE],
  judge: (bench) => ({
    transition: ({ record, world }) => {
      const { cause } = record;
      const touched = new Set(record.executions.map(({ canister }) => canister));
      if ('canister' in cause) touched.add(cause.canister);
      for (const after of record.after) {
        const before = world.canister(after.canister);
        if (before === undefined || touched.has(after.canister)) continue;
        // Uninstalled for lack of cycles.
        if (before.moduleHash !== undefined && after.moduleHash === undefined) continue;
        bench.check(RULE);
        for (const field of STATE_FIELDS) {
          if (sameValue(before[field], after[field])) continue;
          bench.violate({
            rule: RULE,
            tier: 'spec',
            kind: field,
            expected: `${shownField(field, before[field])}: the canister ${after.canister} did not run`,
            actual: shownField(field, after[field]),
          });
        }
      }
    },
  }),
};
