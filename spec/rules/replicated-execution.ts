// table: clauses — canister-interface.md#replicated-and-non-replicated-execution-mode
import { chapter, informative, must } from './rule.js';

export const replicatedExecution = chapter(
  'replicated-execution',
  'canister-interface.md#replicated-and-non-replicated-execution-mode',
  {
    'trade-off': informative('Replicated results go through consensus, non-replicated ones come from one node.'),
    'update-not-as-query': must(['response'], 'A query call of an update method is rejected.'),
    'query-both': must(['response'], 'A query method runs in both modes.'),
    'composite-not-as-update': must(
      ['response'],
      'An update call or a replicated inter-canister call of a composite query method is rejected.',
    ),
    'composite-in-query': must(['response'], 'A composite query method runs in a query call.'),
    'composite-from-query': must(['trap'], 'A query method cannot call: neither queries nor composite queries.', {
      sameAs: ['availability/call_new'],
    }),
    'inspect-not-replicated': must(['value'], 'canister_inspect_message runs in non-replicated mode.'),
    'install-replicated': must(
      ['value'],
      'canister_init, canister_pre_upgrade and canister_post_upgrade run in replicated mode.',
    ),
    'system-tasks-replicated': must(['value'], 'Heartbeat, timer and low-memory hook run in replicated mode.'),
    'system-tasks-not-callable': must(['response'], 'System entry points cannot be called as methods.'),
  },
);
