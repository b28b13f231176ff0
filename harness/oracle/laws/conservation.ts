// spec-shaped: nothing creates cycles — canister-interface.md#system-api-cycles
import type { CyclesLedger } from '../../../spec/vocabulary/record.js';
import type { Law, Observation } from '../law.js';
import { NON_REPLICATED } from '../commit-table.js';
import { succeeded } from '../world.js';

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
  judge: (bench) => {
    const judge = (kind: string, expected: bigint, actual: bigint, what: string, rule = RULE) => {
      bench.check(rule);
      if (expected === actual) return;
      bench.violate({ rule, tier: 'spec', kind, expected: `${what}: ${expected}`, actual: String(actual) });
    };
    return {
      transition: (observation) => {
        const { record, ledger } = observation;
        // What is somewhere or went somewhere is what was put in.
        const somewhere = PLACES.reduce((sum, place) => sum + ledger.after[place], 0n);
        judge('ledger', ledger.after.putIn, somewhere, 'cycles that were put in, found in all places together');
        // What was put in changes by what came from outside.
        judge(
          'ledger',
          ledger.before.putIn + fromOutside(observation),
          ledger.after.putIn,
          'cycles put in from outside so far',
        );
        // Nothing that went away comes back, and no place holds less than nothing.
        for (const place of GONE) judgeGrows(bench, ledger, place);
        for (const place of PLACES) {
          if (ledger.after[place] >= 0n) continue;
          bench.violate({
            rule: RULE,
            tier: 'spec',
            kind: 'ledger',
            expected: `${place} is not negative`,
            actual: String(ledger.after[place]),
          });
        }
        // Only executions that returned burn.
        const rule = record.executions.some(({ outcome }) => outcome.kind === 'trapped')
          ? 'atomicity/cycles'
          : 'cycles/burn-reports';
        judge(
          'burned',
          ledger.before.burned + burnedBy(observation),
          ledger.after.burned,
          'cycles burned so far',
          rule,
        );
        // The balances that the canisters show are the balances that the ledger counts.
        judgeBalances(observation, judge);
      },
    };
  },
};

function judgeGrows(
  bench: Parameters<Law['judge']>[0],
  ledger: Observation['ledger'],
  place: keyof CyclesLedger,
): void {
  if (ledger.after[place] >= ledger.before[place]) return;
  bench.violate({
    rule: RULE,
    tier: 'spec',
    kind: 'ledger',
    expected: `${place} does not go below ${ledger.before[place]}`,
    actual: String(ledger.after[place]),
  });
}

function fromOutside({ record, outcome }: Observation): bigint {
  const { cause } = record;
  if (!succeeded(outcome)) return 0n;
  if (cause.kind === 'create') return cause.cycles + cause.reservedCycles;
  return cause.kind === 'deposit' ? cause.cycles : 0n;
}

function burnedBy({ record: { cause, executions }, outcome }: Observation): bigint {
  // An installation is one unit: where it fails, what its steps burned is not burned either.
  if (cause.kind === 'install' && !succeeded(outcome)) return 0n;
  return executions
    .filter(({ outcome, entryPoint }) => outcome.kind === 'returned' && !NON_REPLICATED.has(entryPoint))
    .reduce((sum, { burned }) => sum + burned, 0n);
}

function judgeBalances(
  { record, world, ledger, outcome }: Observation,
  judge: (kind: string, expected: bigint, actual: bigint, what: string) => void,
): void {
  let balances = 0n;
  let reserved = 0n;
  const changed = new Set(record.after.map(({ canister }) => canister));
  const deleted = record.cause.kind === 'delete' && succeeded(outcome) ? record.cause.canister : undefined;
  for (const canister of world.canisters()) {
    if (changed.has(canister.canister) || canister.canister === deleted) continue;
    balances += canister.balance;
    reserved += canister.reservedBalance;
  }
  for (const canister of record.after) {
    balances += canister.balance;
    reserved += canister.reservedBalance;
  }
  judge('balance', ledger.after.balances, balances, 'sum of the balances that the canisters show');
  judge('reservedBalance', ledger.after.reserved, reserved, 'sum of the reserved balances that the canisters show');
}
