// spec-shaped: an upgrade keeps the stable memory — canister-interface.md#system-api-upgrades
import { WRITERS } from '../commit-table.js';
import type { Law } from '../law.js';
import { sameValue, shownField } from '../values.js';
import { succeeded } from '../world.js';

const RULE = 'upgrades/stable-memory-kept';

/** Judged for upgrades in which no execution wrote to the stable memory; it does not shrink in any. */
export const upgrades: Law = {
  name: 'upgrades',
  clauses: [RULE],
  judge: (bench) => ({
    transition: ({ record, outcome, world }) => {
      const { cause } = record;
      if (cause.kind !== 'install' || cause.mode !== 'upgrade' || !succeeded(outcome)) return;
      const before = world.canister(cause.canister);
      const after = record.after.find(({ canister }) => canister === cause.canister);
      if (before === undefined || after === undefined) return;
      // The canister can have run out of cycles by the charge, and was then uninstalled.
      if (after.moduleHash === undefined) return;

      const used = new Set(record.executions.flatMap(({ trace }) => trace.map(({ name }) => name)));
      const wrote = (functions: readonly string[]) => functions.some((name) => used.has(name));
      bench.check(RULE);
      if (
        after.stablePages < before.stablePages ||
        (!wrote(WRITERS.stablePages) && after.stablePages !== before.stablePages)
      ) {
        bench.violate({
          rule: RULE,
          tier: 'spec',
          kind: 'stablePages',
          expected: `${shownField('stablePages', before.stablePages)}, as before the upgrade`,
          actual: shownField('stablePages', after.stablePages),
        });
      }
      if (wrote(WRITERS.stableMemory) || sameValue(before.stableMemory, after.stableMemory)) return;
      bench.violate({
        rule: RULE,
        tier: 'spec',
        kind: 'stableMemory',
        expected: `${shownField('stableMemory', before.stableMemory)}, as before the upgrade`,
        actual: shownField('stableMemory', after.stableMemory),
      });
    },
  }),
};
