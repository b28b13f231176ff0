// spec-shaped: what moves is what was asked for — canister-interface.md#system-api-cycles
import type { ExecutionRecord, SystemCallRecord } from '../../../spec/vocabulary/record.js';
import type { ClauseId } from '../../../spec/vocabulary/verdict.js';
import type { Bench, Law } from '../law.js';

/** The amount that a call asks to move: one argument of 64 bits, or the first two as high and low half. */
function asked({ name, args }: SystemCallRecord): bigint {
  const [first = 0n, second = 0n] = args;
  return name.endsWith('128') ? (first << 64n) | second : first;
}

const ACCEPT = 'cycles/accept-at-most-asked';
const BURN = 'cycles/burn-at-most-asked';
const ADD = 'cycles/add-moves';

export const amounts: Law = {
  name: 'amounts',
  clauses: [ACCEPT, BURN, ADD],
  judge: (bench) => ({
    transition: ({ record: { executions } }) => {
      for (const execution of executions)
        if (execution.outcome.kind === 'returned') judgeExecution(bench, execution, executions);
    },
  }),
};

function judgeExecution(bench: Bench, execution: ExecutionRecord, executions: readonly ExecutionRecord[]): void {
  const { trace, accepted, burned, calls, entryPoint } = execution;
  const differs = (rule: ClauseId, kind: string, expected: string, actual: string) => {
    bench.violate({ rule, tier: 'spec', kind, execution: executions.indexOf(execution), entryPoint, expected, actual });
  };
  let toAccept = 0n;
  let toBurn = 0n;
  let performs = false;
  for (const call of trace) {
    const { name } = call;
    if (name === 'msg_cycles_accept' || name === 'msg_cycles_accept128') toAccept += asked(call);
    else if (name === 'cycles_burn128') toBurn += asked(call);
    else if (name === 'call_perform') performs = true;
  }
  bench.check(ACCEPT);
  if (accepted > toAccept) differs(ACCEPT, 'accepted', `at most ${toAccept} cycles accepted`, `${accepted}`);
  bench.check(BURN);
  if (burned > toBurn) differs(BURN, 'burned', `at most ${toBurn} cycles burned`, `${burned}`);
  if (!performs) return;

  // Each performed call carries the sum of what was added to it since its call_new.
  let added = 0n;
  let performed = 0;
  for (const call of trace) {
    if (call.name === 'call_new') added = 0n;
    else if (call.name === 'call_cycles_add' || call.name === 'call_cycles_add128') added += asked(call);
    else if (call.name === 'call_perform' && call.result === 0n) {
      const sent = calls[performed++];
      bench.check(ADD);
      if (sent?.cycles === added) continue;
      const actual = sent === undefined ? 'no such call' : `${sent.cycles} cycles`;
      differs(ADD, 'calls', `call ${performed} of the execution carries ${added} cycles`, actual);
    }
  }
}
