// table: mutants of query calls as a whole — abstract-behavior.md#query-call
import type { Execution } from '../../executor/execution.js';
import type { Canister } from '../../executor/state.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { executorMutants, part, systemCall } from './mutant.js';

type Limits = Profile['limits'];
type UnderWay = NonNullable<Execution['evaluation']>;

/** Calls that an evaluation has made, whether they are answered or not. */
const made = new WeakMap<UnderWay, UnderWay>();

/** The two evaluations of a canister that performed calls last. */
const evaluations = new WeakMap<Canister, readonly UnderWay[]>();

/** Runs something while the entry points of the system are methods of a module as well. */
function withSystemMethods<T>({ instance }: Partial<Canister>, kind: 'query' | 'update', run: () => T): T {
  if (instance === undefined) return run();
  const { methods, system } = instance.compiled.canister;
  const named = methods as Map<string, { readonly kind: string; readonly function: number }>;
  const added = [...system].filter(([name]) => !named.has(name));
  for (const [name, index] of added) named.set(name, { kind, function: index });
  try {
    return run();
  } finally {
    for (const [name] of added) named.delete(name);
  }
}

/** Query calls with other limits. */
function queryWith(other: (limits: Limits) => Partial<Limits>) {
  return part('stimuli', 'query', (query) => (machine, stimulus) => {
    const { options } = machine;
    const limits = { ...options.profile.limits, ...other(options.profile.limits) };
    return query({ ...machine, options: { ...options, profile: { ...options.profile, limits } } }, stimulus);
  });
}

export const queryCalls = executorMutants('values', [
  [
    'system-entry-points-queried',
    'The entry points of the system can be queried by their names.',
    ['replicated-execution/system-tasks-not-callable', 'replicated-execution/query-both'],
    part(
      'stimuli',
      'query',
      (query) => (machine, stimulus) =>
        withSystemMethods(machine.subnet.canisters.get(stimulus.canister) ?? {}, 'query', () =>
          query(machine, stimulus),
        ),
    ),
  ],
  [
    'system-entry-points-called',
    'The entry points of the system can be called as update methods by their names.',
    ['replicated-execution/system-tasks-not-callable', 'calls/call-reaches-callee'],
    part('choices', 'execute', (execute) => (machine, choice) => {
      const message = machine.subnet.messages.get(choice.message);
      const callee = message?.kind === 'call' ? machine.subnet.canisters.get(message.callee) : undefined;
      withSystemMethods(callee ?? {}, 'update', () => {
        execute(machine, choice);
      });
    }),
  ],
  [
    'evaluations-share-queues',
    'All evaluations of one canister in a query call have the same queues of calls.',
    ['calls/perform-result', 'calls/perform-may-fail', 'profile/queue-capacity'],
    systemCall('call_perform', (perform) => (execution) => {
      const { evaluation, pending, canister } = execution;
      if (evaluation === undefined || pending === undefined) return perform(execution);
      const others = (evaluations.get(canister) ?? []).filter((other) => other !== evaluation);
      const { callee } = pending;
      const underWay = evaluation.get(callee) ?? 0;
      // Those of earlier query calls are answered, or were left behind.
      evaluation.set(callee, underWay + others.reduce((sum, other) => sum + (other.get(callee) ?? 0), 0));
      const code = perform(execution);
      evaluation.set(callee, underWay);
      evaluations.set(canister, [...others, evaluation].slice(-2));
      return code;
    }),
  ],
  [
    'query-call-spends-without-limit',
    'All evaluations of a query call together may spend as many instructions as they like.',
    ['query-calls/composite-budget'],
    queryWith(() => ({ queryGraphInstructions: 1n << 64n })),
  ],
  [
    'query-call-goes-one-deeper',
    'The calls of a composite query may be one deeper than the limit.',
    ['query-calls/composite-depth'],
    queryWith(({ queryDepth }) => ({ queryDepth: queryDepth + 1 })),
  ],
  [
    'query-call-goes-one-less-deep',
    'A composite query at the depth of the limit is rejected.',
    ['query-calls/composite-depth'],
    queryWith(({ queryDepth }) => ({ queryDepth: queryDepth - 1 })),
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
