// spec-shaped: what moves is what was asked for — canister-interface.md#system-api-cycles
import type { ExecutionRecord, SystemCallRecord } from '../../../spec/vocabulary/record.js';
import type { Bench, Law, Violation } from '../law.js';

/** The amount that a call asks to move: one argument of 64 bits, or the first two as high and low half. */
function asked({ name, args }: SystemCallRecord): bigint {
  const [first = 0n, second = 0n] = args;
  return name.endsWith('128') ? (first << 64n) | second : first;
}

export const amounts: Law = {
  name: 'amounts',
  clauses: ['cycles/accept-at-most-asked', 'cycles/burn-at-most-asked', 'cycles/add-moves'],
  judge: (bench) => ({
    transition: ({ record }) => {
      record.executions.forEach((execution, index) => {
        if (execution.outcome.kind !== 'returned') return;
        judgeAtMost(
          bench,
          execution,
          index,
          'accepted',
          ['msg_cycles_accept', 'msg_cycles_accept128'],
          'cycles/accept-at-most-asked',
        );
        judgeAtMost(bench, execution, index, 'burned', ['cycles_burn128'], 'cycles/burn-at-most-asked');
        judgeAttached(bench, execution, index);
      });
    },
  }),
};

function violation(
  rule: Violation['rule'],
  kind: string,
  { entryPoint }: ExecutionRecord,
  execution: number,
  expected: string,
  actual: string,
): Violation {
  return { rule, tier: 'spec', kind, execution, entryPoint, expected, actual };
}

function judgeAtMost(
  bench: Bench,
  execution: ExecutionRecord,
  index: number,
  kind: 'accepted' | 'burned',
  functions: readonly string[],
  rule: string,
): void {
  const most = execution.trace
    .filter(({ name }) => functions.includes(name))
    .reduce((sum, call) => sum + asked(call), 0n);
  bench.check(rule);
  if (execution[kind] <= most) return;
  bench.violate(violation(rule, kind, execution, index, `at most ${most} cycles ${kind}`, `${execution[kind]}`));
}

/** Each performed call carries the sum of what was added to it since its call_new. */
function judgeAttached(bench: Bench, execution: ExecutionRecord, index: number): void {
  let added = 0n;
  let performed = 0;
  for (const call of execution.trace) {
    if (call.name === 'call_new') added = 0n;
    else if (call.name === 'call_cycles_add' || call.name === 'call_cycles_add128') added += asked(call);
    else if (call.name === 'call_perform' && call.result === 0n) {
      const sent = execution.calls[performed++];
      bench.check('cycles/add-moves');
      if (sent?.cycles === added) continue;
      bench.violate(
        violation(
          'cycles/add-moves',
          'calls',
          execution,
          index,
          `call ${performed} of the execution carries ${added} cycles`,
          sent === undefined ? 'no such call' : `${sent.cycles} cycles`,
        ),
      );
    }
  }
}
