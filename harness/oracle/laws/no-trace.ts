// spec-shaped: non-replicated executions leave no trace — abstract-behavior.md#query-call
import type { CanisterDigest } from '../../../spec/vocabulary/record.js';
import { STATE_FIELDS } from '../commit-table.js';
import type { ClauseId } from '../../../spec/vocabulary/verdict.js';
import type { Bench, Law, Observation } from '../law.js';
import { differingFields, shownField } from '../values.js';
import { ranOutOfCycles } from '../world.js';

const QUERY = 'query-calls/leaves-no-trace';
const TRANSFORM = 'transform/leaves-no-trace';
const INSPECTION = 'inspect-message/changes-nothing';
/** The clause of what a query, or a transform, does to the balances. */
const NO_CYCLES = 'query-calls/no-cycles';

/** All of a canister's state; inspection goes before a charge for the ingress message. */
const OF_QUERIES = [
  ...STATE_FIELDS,
  'balance',
  'reservedBalance',
  'version',
  'status',
  'moduleHash',
  'log',
  'openCallContexts',
] as const;
const OF_INSPECTION = [...STATE_FIELDS, 'reservedBalance', 'version', 'status', 'moduleHash', 'log'] as const;

export const noTrace: Law = {
  name: 'no-trace',
  clauses: [QUERY, TRANSFORM, INSPECTION, NO_CYCLES],
  judge: (bench) => ({
    transition: (observation) => {
      const { cause, messages, after } = observation.record;
      if (cause.kind !== 'query' && cause.kind !== 'transform' && cause.kind !== 'ingress') return;
      const query = cause.kind !== 'ingress';
      const rule = cause.kind === 'transform' ? TRANSFORM : query ? QUERY : INSPECTION;
      bench.check(rule);
      if (query) bench.check(NO_CYCLES);
      judgeState(bench, observation, rule, query ? OF_QUERIES : OF_INSPECTION);
      if (query && messages.length > 0) {
        bench.violate({
          rule,
          tier: 'spec',
          kind: 'messages',
          expected: 'no messages',
          actual: `${messages.length} messages`,
        });
      }
      if (query && after.some(({ canister }) => observation.world.canister(canister) === undefined)) {
        bench.violate({ rule, tier: 'spec', kind: 'canisters', expected: 'no new canister', actual: 'a new canister' });
      }
    },
  }),
};

function judgeState(
  bench: Bench,
  { record, world }: Observation,
  rule: ClauseId,
  fields: readonly (keyof CanisterDigest)[],
): void {
  const entryPoint = record.executions[0]?.entryPoint;
  for (const after of record.after) {
    const before = world.canister(after.canister);
    if (before === undefined) continue;
    // The fee of an ingress message can take a canister's last cycles: it is uninstalled, which is no effect of the inspection.
    if (record.cause.kind === 'ingress' && ranOutOfCycles(before, after)) continue;
    for (const field of differingFields(fields, before, after)) {
      const cycles = record.cause.kind !== 'ingress' && (field === 'balance' || field === 'reservedBalance');
      bench.violate({
        rule: cycles ? NO_CYCLES : rule,
        tier: 'spec',
        kind: field,
        ...(entryPoint !== undefined && { entryPoint }),
        expected: `${shownField(field, before[field])}, as before the ${record.cause.kind}`,
        actual: shownField(field, after[field]),
      });
    }
  }
}
