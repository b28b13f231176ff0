// table: mutants of the reference model, which the golden vectors must catch — spec/vectors
import { makeReference } from '../../reference-model/index.js';
import { msgCyclesAccept128 } from '../../reference-model/ic/system-api/msg-cycles-accept128.js';
import { msgReply } from '../../reference-model/ic/system-api/msg-reply.js';
import { globalTimerSet } from '../../reference-model/ic/system-api/global-timer-set.js';
import { cyclesBurn128 } from '../../reference-model/ic/system-api/cycles-burn128.js';
import { canisterStatus } from '../../reference-model/ic/system-api/canister-status.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import { standardAssembly } from '../../reference-model/ic/assembly.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Mutant } from './mutant.js';

type Assembly = typeof standardAssembly;

const mutant = (name: string, breaks: string, clauses: readonly ClauseId[], change: Partial<Assembly>): Mutant => ({
  name,
  family: 'model',
  breaks,
  clauses,
  engine: makeReference({ ...standardAssembly, ...change }),
});

const systemApi = (handlers: Assembly['systemApi']): Partial<Assembly> => ({
  systemApi: { ...standardAssembly.systemApi, ...handlers },
});

export const model: readonly Mutant[] = [
  mutant(
    'model-accept-ignores-high-half',
    'In the model msg_cycles_accept128 looks at the low 64 bits of the amount only.',
    ['cycles/accept-as-many-as-possible', 'cycles/128-bit', 'cycles/accept-moves', 'availability/amounts-high-low'],
    systemApi({
      msg_cycles_accept128: (es: Execution, _: bigint, low: bigint, dst: bigint) =>
        msgCyclesAccept128(es, 0n, low, dst),
    }),
  ),
  mutant(
    'model-reply-twice',
    'In the model a second msg_reply replaces the first.',
    ['responding/reply-at-most-once'],
    systemApi({
      msg_reply: (es: Execution) => {
        es.response = undefined;
        return msgReply(es);
      },
    }),
  ),
  mutant(
    'model-timer-gives-new-value',
    'In the model global_timer_set returns the new value.',
    ['global-timer/previous-value', 'global-timer/previous-zero'],
    systemApi({
      global_timer_set: (es: Execution, timestamp: bigint) => {
        globalTimerSet(es, timestamp);
        return timestamp;
      },
    }),
  ),
  mutant(
    'model-burn-reports-what-was-asked',
    'In the model cycles_burn128 burns nothing above the low 64 bits.',
    ['cycles/burn-reports', 'cycles/burn-as-many-as-possible', 'cycles/128-bit'],
    systemApi({
      cycles_burn128: (es: Execution, _: bigint, low: bigint, dst: bigint) => cyclesBurn128(es, 0n, low, dst),
    }),
  ),
  mutant(
    'model-status-of-stopping',
    'In the model canister_status is 3 while the canister is stopping.',
    ['canister-status/stopping'],
    systemApi({
      canister_status: (es: Execution) => {
        const status = canisterStatus(es);
        return status === 2n ? 3n : status;
      },
    }),
  ),
  mutant(
    'model-query-cannot-be-replicated',
    'In the model in_replicated_execution is always 0.',
    ['replicated-execution-check/replicated'],
    systemApi({ in_replicated_execution: () => 0n }),
  ),
];
