// table: clauses — canister-interface.md#system-api-replicated-execution-check
import { chapter, must } from './rule.js';

export const replicatedExecutionCheck = chapter(
  'replicated-execution-check',
  'canister-interface.md#system-api-replicated-execution-check',
  {
    replicated: must(['value'], 'in_replicated_execution is 1 in replicated mode.'),
    'non-replicated': must(['value'], 'in_replicated_execution is 0 in non-replicated mode.'),
  },
);
