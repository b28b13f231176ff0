// spec-shaped: time, version and performance counters never go back — canister-interface.md#system-api-time
import type { Principal } from '../../../spec/vocabulary/brands.js';
import type { CallContextId } from '../../../spec/vocabulary/ids.js';
import type { ExecutionRecord } from '../../../spec/vocabulary/record.js';
import { NON_REPLICATED } from '../commit-table.js';
import type { Bench, Law, Violation } from '../law.js';
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
        record.executions.forEach((execution, index) => judgeExecution(bench, execution, index, seen));
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
  index: number,
  { times, versions, counters }: Seen,
): void {
  const { canister, callContext, entryPoint, trace } = execution;
  // Non-replicated executions may run on a node that is behind: nothing follows from what they see.
  const replicated = !NON_REPLICATED.has(entryPoint);
  let time: bigint | undefined;
  let counter0 = 0n;
  trace.forEach((call, position) => {
    const { name, result } = call;
    if (result === undefined) return;
    const judge = (rule: Violation['rule'], holds: boolean, expected: string) => {
      bench.check(rule);
      if (holds) return;
      bench.violate({
        rule,
        tier: 'spec',
        kind: 'systemCallResult',
        execution: index,
        call: position,
        entryPoint,
        import: name,
        expected,
        actual: `${result}`,
      });
    };
    if (name === 'time') {
      if (time !== undefined) judge(CONSTANT, result === time, `time ${time}, as earlier in the execution`);
      time = result;
      if (replicated) atLeast(TIME, times, canister, 'time');
    } else if (name === 'canister_version' && replicated) {
      atLeast(VERSION, versions, canister, 'version');
    } else if (name === 'performance_counter') {
      if (call.args[0] === 0n) {
        judge(COUNTER, result >= counter0, `counter 0 at least ${counter0}`);
        counter0 = result;
      } else if (call.args[0] === 1n && callContext !== undefined) {
        atLeast(COUNTER, counters, callContext, 'counter 1');
      }
    }
    function atLeast<K>(rule: Violation['rule'], seen: Map<K, bigint>, key: K, what: string): void {
      const least = seen.get(key) ?? 0n;
      judge(rule, (result as bigint) >= least, `${what} at least ${least}`);
      seen.set(key, result as bigint);
    }
  });
}
