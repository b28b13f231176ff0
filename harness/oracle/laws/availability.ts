// spec-shaped: each import is available exactly where the import table lists it — canister-interface.md#system-api-imports
import { contextOf, type Context } from '../../../spec/vocabulary/entry-point.js';
import type { SystemCallRecord } from '../../../spec/vocabulary/record.js';
import { SYSTEM_API } from '../../../spec/system-api.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import { cellsOf } from '../cells.js';
import type { Law } from '../law.js';

/** What the text leaves open: in these contexts a target may have the function or not (docs/ambiguities.md, 2, 14, 15). */
const OPEN: Readonly<Partial<Record<string, ReadonlySet<Context>>>> = {
  msg_deadline: new Set<Context>(['RQ', 'NRQ', 'TQ']),
  msg_reject_code: new Set<Context>(['CC']),
  msg_reject_msg_size: new Set<Context>(['Ry', 'C', 'CRy', 'CC']),
  msg_reject_msg_copy: new Set<Context>(['Ry', 'C', 'CRy', 'CC']),
};

export const availability: Law = {
  name: 'availability',
  clauses: SYSTEM_API.map(({ name }) => `availability/${name}`),
  judge: (bench) => ({
    transition: ({ record: { executions } }) => {
      for (const execution of executions) {
        const { entryPoint, width, trace } = execution;
        const cells = cellsOf(entryPoint, width);
        for (const call of trace) {
          if (call.trap !== undefined && !tellsAvailability(call)) continue;
          const cell = cells.get(call.name);
          if (cell === undefined)
            throw new Crash(`the trace names a function that is not in the import table: ${call.name}`);
          bench.checkCell(cell);
          if (cell.available === (call.trap !== 'system-call-unavailable')) continue;
          const context = contextOf(entryPoint);
          bench.violate({
            rule: cell.rule,
            tier: OPEN[call.name]?.has(context) ? 'profile' : 'spec',
            kind: 'availability',
            execution: executions.indexOf(execution),
            call: trace.indexOf(call),
            entryPoint,
            import: call.name,
            expected: cell.available
              ? `ic0.${call.name} is available in ${entryPoint} (context ${context})`
              : `ic0.${call.name} traps in ${entryPoint}: context ${context} is not in its row`,
            actual: call.trap === undefined ? 'it returned' : `it trapped: ${call.trap}`,
          });
        }
      }
    },
  }),
};

/** A call that ran out of instructions by its own charge never got as far as availability. */
function tellsAvailability(call: SystemCallRecord): boolean {
  return call.trap !== 'instruction-limit' || call.name === 'stable_write' || call.name === 'stable64_write';
}
