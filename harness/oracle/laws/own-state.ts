// spec-shaped: a canister changes only its own state — canister-smart-contracts.md#canisters-as-actors
import type { Principal } from '../../../spec/vocabulary/brands.js';
import type { TransitionRecord } from '../../../spec/vocabulary/record.js';
import { STATE_FIELDS } from '../commit-table.js';
import type { Law } from '../law.js';
import { differingFields, shownField } from '../values.js';

const RULE = 'canister-concepts/own-storage';

/** What a canister's code writes stays as it is in transitions in which it did not run and which were not about it. */
export const ownState: Law = {
  name: 'own-state',
  clauses: [RULE],
  judge: (bench) => ({
    transition: ({ record, world }) => {
      for (const after of record.after) {
        const before = world.canister(after.canister);
        if (before === undefined || isAbout(record, after.canister)) continue;
        // Uninstalled for lack of cycles.
        if (before.moduleHash !== undefined && after.moduleHash === undefined) continue;
        bench.check(RULE);
        for (const field of differingFields(STATE_FIELDS, before, after)) {
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

/** Whether the canister ran, or was what the stimulus or choice is about. */
function isAbout({ cause, executions }: TransitionRecord, canister: Principal): boolean {
  if ('canister' in cause && cause.canister === canister) return true;
  for (const execution of executions) if (execution.canister === canister) return true;
  return false;
}
