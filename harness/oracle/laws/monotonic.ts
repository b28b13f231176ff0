// spec-shaped: time, version and performance counters never go back — canister-interface.md#system-api-time
import type { Principal } from '../../../spec/vocabulary/brands.js';
import type { CallContextId } from '../../../spec/vocabulary/ids.js';
import type { ExecutionRecord, SystemCallRecord } from '../../../spec/vocabulary/record.js';
import type { ClauseId } from '../../../spec/vocabulary/verdict.js';
import { NON_REPLICATED } from '../commit-table.js';
import type { Bench, Law } from '../law.js';
import { succeeded } from '../world.js';

const TIME = 'time/monotonic';
const CONSTANT = 'time/constant-within-execution';
const VERSION = 'canister-version/never-decreases';
const COUNTER = 'performance-counter/monotonic';

export const monotonic: Law = {
  name: 'monotonic',
  clauses: [TIME, CONSTANT, VERSION, COUNTER],
  judge: (bench) => {
    const times = new Map<Principal, bigint>();
    const versions = new Map<Principal, bigint>();
    const counters = new Map<CallContextId, bigint>();
    return {
      transition: ({ record, world, outcome }) => {
        // The version that an installation showed before it failed was never that of the canister.
        const undone = record.cause.kind === 'install' && !succeeded(outcome);
        const seen = { times, versions: undone ? new Map(versions) : versions, counters };
        for (const execution of record.executions) judgeExecution(bench, execution, record.executions, seen);
        for (const after of record.after) {
          const before = world.canister(after.canister);
          if (before === undefined) continue;
          bench.check(VERSION);
          if (after.version >= before.version) continue;
          bench.violate({
            rule: VERSION,
            tier: 'spec',
            kind: 'version',
            expected: `version at least ${before.version}`,
            actual: `${after.version}`,
          });
        }
      },
    };
  },
};

interface Seen {
  readonly times: Map<Principal, bigint>;
  readonly versions: Map<Principal, bigint>;
  readonly counters: Map<CallContextId, bigint>;
}

function judgeExecution(
  bench: Bench,
  execution: ExecutionRecord,
  executions: readonly ExecutionRecord[],
  { times, versions, counters }: Seen,
): void {
  const { canister, callContext, entryPoint, trace } = execution;
  // Non-replicated executions may run on a node that is behind: nothing follows from what they see.
  const replicated = !NON_REPLICATED.has(entryPoint);
  let time: bigint | undefined;
  let counter0 = 0n;
  const differs = (rule: ClauseId, call: SystemCallRecord, expected: string) => {
    bench.violate({
      rule,
      tier: 'spec',
      kind: 'systemCallResult',
      execution: executions.indexOf(execution),
      call: trace.indexOf(call),
      entryPoint,
      import: call.name,
      expected,
      actual: `${call.result}`,
    });
  };
  const atLeast = <K>(rule: ClauseId, call: SystemCallRecord, seen: Map<K, bigint>, key: K, what: string) => {
    const { result = 0n } = call;
    const least = seen.get(key) ?? 0n;
    bench.check(rule);
    if (result < least) differs(rule, call, `${what} at least ${least}`);
    seen.set(key, result);
  };

  for (const call of trace) {
    const { name, args, result } = call;
    if (result === undefined) continue;
    if (name === 'time') {
      if (time !== undefined) {
        bench.check(CONSTANT);
        if (result !== time) differs(CONSTANT, call, `time ${time}, as earlier in the execution`);
      }
      time = result;
      if (replicated) atLeast(TIME, call, times, canister, 'time');
    } else if (name === 'canister_version') {
      if (replicated) atLeast(VERSION, call, versions, canister, 'version');
    } else if (name === 'performance_counter') {
      if (args[0] === 0n) {
        bench.check(COUNTER);
        if (result < counter0) differs(COUNTER, call, `counter 0 at least ${counter0}`);
        counter0 = result;
      } else if (args[0] === 1n && callContext !== undefined) {
        atLeast(COUNTER, call, counters, callContext, 'counter 1');
      }
    }
  }
}
