// table: mutants of query calls as a whole — abstract-behavior.md#query-call
import { executorMutants, part } from './mutant.js';

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
]);
