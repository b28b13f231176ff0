// spec-shaped: nothing of a trapped execution is left — canister-interface.md#entry-points
import type { CanisterDigest, ExecutionRecord } from '../../../spec/vocabulary/record.js';
import type { ClauseId } from '../../../spec/vocabulary/verdict.js';
import { COMMITTED_ON_RETURN, STATE_FIELDS, WRITERS, type StateField } from '../commit-table.js';
import type { Bench, Law, Observation, Violation } from '../law.js';
import { sameValue, shownField } from '../values.js';
import { anyTrapped, ranOutOfCycles } from '../world.js';

/** The clause for each part of the state. */
export const FIELD_CLAUSES: Readonly<Record<StateField, ClauseId>> = {
  wasmMemory: 'atomicity/wasm-memory',
  wasmPages: 'atomicity/wasm-memory-size',
  globals: 'atomicity/globals',
  tables: 'atomicity/tables-and-segments',
  droppedSegments: 'atomicity/tables-and-segments',
  stableMemory: 'atomicity/stable-memory',
  stablePages: 'atomicity/stable-memory-size',
  certifiedData: 'atomicity/certified-data',
  globalTimer: 'atomicity/global-timer-value',
};

/** Judged by the commit table: what no execution that returned can have written must be what it was before the transition. */
export const atomicity: Law = {
  name: 'atomicity',
  clauses: [
    ...new Set(Object.values(FIELD_CLAUSES)),
    'atomicity/timer-stays-off',
    'atomicity/init',
    'atomicity/upgrade',
    'atomicity/version',
    'atomicity/response',
    'atomicity/calls',
    'atomicity/cycles',
  ],
  judge: (bench) => ({
    transition: (observation) => {
      const { executions } = observation.record;
      if (!anyTrapped(executions)) return;
      for (const execution of executions) if (trapped(execution)) judgeEffects(bench, execution, executions);
      judgeCalls(bench, observation);
      const { kind } = observation.record.cause;
      // Non-replicated executions leave nothing in any case: the law of laws/no-trace.ts.
      if (kind === 'query' || kind === 'transform' || kind === 'ingress') return;
      for (const after of observation.record.after) {
        const before = observation.world.canister(after.canister);
        if (before !== undefined) judgeState(bench, observation, before, after);
      }
    },
  }),
};

function trapped(execution: ExecutionRecord): boolean {
  return execution.outcome.kind === 'trapped';
}

/** What the execution itself made visible: nothing. */
function judgeEffects(bench: Bench, execution: ExecutionRecord, executions: readonly ExecutionRecord[]): void {
  const { entryPoint, response, calls, accepted, burned } = execution;
  const leaves = (rule: ClauseId, kind: string, actual: string) => {
    bench.violate({
      rule,
      tier: 'spec',
      kind,
      execution: executions.indexOf(execution),
      entryPoint,
      expected: `no ${kind}: the execution trapped`,
      actual,
    });
  };
  bench.check('atomicity/response');
  if (response !== undefined) leaves('atomicity/response', 'response', `a ${response.kind}`);
  bench.check('atomicity/calls');
  if (calls.length > 0) leaves('atomicity/calls', 'calls', `${calls.length} calls`);
  bench.check('atomicity/cycles', 2);
  if (accepted !== 0n) leaves('atomicity/cycles', 'accepted', `${accepted} cycles accepted`);
  if (burned !== 0n) leaves('atomicity/cycles', 'burned', `${burned} cycles burned`);
}

/** No call of a trapped execution is on its way. */
function judgeCalls(bench: Bench, { record, world }: Observation): void {
  const sent = new Set<number>(record.executions.flatMap(({ calls }) => calls.map(({ message }) => message)));
  for (const message of record.messages) {
    if (message.kind !== 'call' || world.canister(message.caller) === undefined) continue;
    bench.check('atomicity/calls');
    if (sent.has(message.id)) continue;
    bench.violate({
      rule: 'atomicity/calls',
      tier: 'spec',
      kind: 'messages',
      expected: 'only calls of executions that returned are sent',
      actual: `message ${message.id} calls ${JSON.stringify(message.method)} of ${message.callee}`,
    });
  }
}

function judgeState(bench: Bench, observation: Observation, before: CanisterDigest, after: CanisterDigest): void {
  const { cause } = observation.record;
  const own = observation.record.executions.filter(({ canister }) => canister === before.canister);
  const last = own.findLast(trapped);
  if (last === undefined) return;
  // A canister that ran out of cycles by the charge is uninstalled: that is no effect of the execution.
  if (ranOutOfCycles(before, after)) return;

  const compare = (rule: ClauseId, tier: Violation['tier'], field: keyof CanisterDigest, expected: unknown) => {
    bench.check(rule);
    if (sameValue(after[field], expected)) return;
    bench.violate({
      rule,
      tier,
      kind: field,
      entryPoint: last.entryPoint,
      expected: `${shownField(field, expected)}, as before the execution that trapped`,
      actual: shownField(field, after[field]),
    });
  };

  if (cause.kind === 'install') {
    // pre_upgrade, start, init or post_upgrade are one unit: one trap, and the canister is what it was.
    const rule = cause.mode === 'upgrade' ? 'atomicity/upgrade' : 'atomicity/init';
    for (const field of STATE_FIELDS) compare(rule, 'spec', field, before[field]);
    compare(rule, 'spec', 'moduleHash', before.moduleHash);
    compare('atomicity/version', 'profile', 'version', before.version);
    return;
  }

  const writable = new Set(own.flatMap(writableBy));
  for (const field of STATE_FIELDS) {
    if (writable.has(field)) continue;
    if (field === 'globalTimer' && cause.kind === 'global-timer')
      compare('atomicity/timer-stays-off', 'spec', field, 0n);
    else
      compare(
        FIELD_CLAUSES[field],
        field === 'tables' || field === 'droppedSegments' ? 'profile' : 'spec',
        field,
        before[field],
      );
  }
  if (own.every(trapped) && before.status === after.status)
    compare('atomicity/version', 'profile', 'version', before.version);
}

/** The fields that an execution can have written: those that its entry point commits, and that it had the means to write. */
function writableBy(execution: ExecutionRecord): readonly StateField[] {
  if (trapped(execution)) return [];
  const writers: Readonly<Partial<Record<StateField, readonly string[]>>> = WRITERS;
  return COMMITTED_ON_RETURN[execution.entryPoint].filter((field) => {
    const functions = writers[field];
    return functions === undefined || execution.trace.some(({ name }) => functions.includes(name));
  });
}
