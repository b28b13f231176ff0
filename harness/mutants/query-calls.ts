// table: mutants of query calls as a whole — abstract-behavior.md#query-call
import type { Execution } from '../../executor/execution.js';
import { executorMutants, part, systemCall } from './mutant.js';

type UnderWay = NonNullable<Execution['evaluation']>;

/** Calls that an evaluation has made, whether they are answered or not. */
const made = new WeakMap<UnderWay, UnderWay>();

export const queryCalls = executorMutants('values', [
  [
    'query-call-spends-without-limit',
    'All evaluations of a query call together may spend as many instructions as they like.',
    ['query-calls/composite-budget'],
    part('stimuli', 'query', (query) => (machine, stimulus) => {
      const { options } = machine;
      const limits = { ...options.profile.limits, queryGraphInstructions: 1n << 64n };
      return query({ ...machine, options: { ...options, profile: { ...options.profile, limits } } }, stimulus);
    }),
  ],
  [
    'answered-calls-of-a-query-stay-queued',
    'A composite query that was answered sixteen times by one canister cannot call it again.',
    ['calls/perform-result', 'calls/perform-may-fail', 'profile/queue-capacity'],
    systemCall('call_perform', (perform) => (execution) => {
      const { evaluation, pending } = execution;
      if (evaluation === undefined || pending === undefined) return perform(execution);
      const all = made.get(evaluation) ?? new Map<typeof pending.callee, number>();
      made.set(evaluation, all);
      const { callee } = pending;
      const underWay = evaluation.get(callee) ?? 0;
      evaluation.set(callee, all.get(callee) ?? 0);
      const code = perform(execution);
      evaluation.set(callee, underWay);
      if (code === 0) all.set(callee, (all.get(callee) ?? 0) + 1);
      return code;
    }),
  ],
]);
