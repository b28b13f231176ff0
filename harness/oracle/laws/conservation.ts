// spec-shaped: nothing creates cycles — canister-interface.md#system-api-cycles
import type { Principal } from '../../../spec/vocabulary/brands.js';
import type { CanisterDigest } from '../../../spec/vocabulary/record.js';
import type { Law, Observation } from '../law.js';
import { NON_REPLICATED } from '../commit-table.js';
import { anyTrapped, succeeded } from '../world.js';

const RULE = 'cycles/conserved';

/** Where cycles can be, and where they can have gone. Together they hold what was put in. */
const PLACES = [
  'balances',
  'reserved',
  'inMessages',
  'inCallContexts',
  'setAside',
  'burned',
  'charged',
  'lost',
] as const;
/** What only grows. */
const GONE = ['putIn', 'burned', 'charged', 'lost'] as const;

export const conservation: Law = {
  name: 'conservation',
  clauses: [RULE, 'cycles/burn-reports', 'atomicity/cycles'],
  judge: (bench) => ({
    transition: (observation) => {
      const { before, after } = observation.ledger;
      const differs = (kind: string, what: string, expected: bigint, actual: bigint, rule = RULE) => {
        bench.violate({ rule, tier: 'spec', kind, expected: `${what}: ${expected}`, actual: String(actual) });
      };

      // What is somewhere or went somewhere is what was put in.
      let somewhere = 0n;
      for (const place of PLACES) somewhere += after[place];
      if (after.putIn !== somewhere)
        differs('ledger', 'cycles that were put in, found in all places together', after.putIn, somewhere);
      // What was put in changes by what came from outside.
      const putIn = before.putIn + fromOutside(observation);
      if (putIn !== after.putIn) differs('ledger', 'cycles put in from outside so far', putIn, after.putIn);
      // Nothing that went away comes back, and no place holds less than nothing.
      for (const place of GONE) {
        if (after[place] >= before[place]) continue;
        const expected = `${place} does not go below ${before[place]}`;
        bench.violate({ rule: RULE, tier: 'spec', kind: 'ledger', expected, actual: String(after[place]) });
      }
      for (const place of PLACES) {
        if (after[place] >= 0n) continue;
        const expected = `${place} is not negative`;
        bench.violate({ rule: RULE, tier: 'spec', kind: 'ledger', expected, actual: String(after[place]) });
      }
      // Only executions that returned burn.
      const rule = anyTrapped(observation.record.executions) ? 'atomicity/cycles' : 'cycles/burn-reports';
      bench.check(rule);
      const burned = before.burned + burnedBy(observation);
      if (burned !== after.burned) differs('burned', 'cycles burned so far', burned, after.burned, rule);
      // The balances that the canisters show are the balances that the ledger counts.
      const { balances, reserved } = shownBy(observation);
      if (after.balances !== balances)
        differs('balance', 'sum of the balances that the canisters show', after.balances, balances);
      if (after.reserved !== reserved)
        differs('reservedBalance', 'sum of the reserved balances that the canisters show', after.reserved, reserved);
      bench.check(RULE, 4);
    },
  }),
};

function fromOutside({ record, outcome }: Observation): bigint {
  const { cause } = record;
  if (!succeeded(outcome)) return 0n;
  if (cause.kind === 'create') return cause.cycles + cause.reservedCycles;
  return cause.kind === 'deposit' ? cause.cycles : 0n;
}

function burnedBy({ record: { cause, executions }, outcome }: Observation): bigint {
  // An installation is one unit: where it fails, what its steps burned is not burned either.
  if (cause.kind === 'install' && !succeeded(outcome)) return 0n;
  let sum = 0n;
  for (const { outcome, entryPoint, burned } of executions)
    if (outcome.kind === 'returned' && !NON_REPLICATED.has(entryPoint)) sum += burned;
  return sum;
}

/** What the canisters show together after the transition. */
function shownBy({ record: { cause, after }, world, outcome }: Observation): { balances: bigint; reserved: bigint } {
  const latest = new Map<Principal, CanisterDigest>();
  for (const canister of world.canisters()) latest.set(canister.canister, canister);
  if (cause.kind === 'delete' && succeeded(outcome)) latest.delete(cause.canister);
  for (const canister of after) latest.set(canister.canister, canister);
  let balances = 0n;
  let reserved = 0n;
  for (const canister of latest.values()) {
    balances += canister.balance;
    reserved += canister.reservedBalance;
  }
  return { balances, reserved };
}
