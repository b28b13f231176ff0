// table: clauses — abstract-behavior.md#cycle-bookkeeping-and-resource-consumption
import { ambiguous, chapter, may, must } from './rule.js';

const FROZEN = 'abstract-behavior.md#calls-to-frozen-canisters-are-rejected';

export const freezing = chapter('freezing', 'abstract-behavior.md#cycle-bookkeeping-and-resource-consumption', {
  'liquid-balance': must(['value', 'cycles'], 'Liquid balance = balance - max(freezing limit - reserved balance, 0).'),
  'limit-by-threshold': must(['cycles'], 'The freezing limit is the idle burn of freezing_threshold seconds.'),
  'calls-rejected': must(
    ['response', 'cycles'],
    'A call to a frozen canister is rejected with SYS_TRANSIENT, its cycles refunded.',
    { anchor: FROZEN },
  ),
  'ingress-refused': must(['response'], 'A frozen canister takes no ingress messages.', {
    anchor: 'abstract-behavior.md#api-request-submission',
  }),
  'queries-rejected': must(['response'], 'A query call to a frozen canister is rejected with SYS_TRANSIENT.', {
    anchor: 'abstract-behavior.md#query-call',
  }),
  'callbacks-run': must(['order'], 'Response callbacks run in a frozen canister too.', {
    anchor: 'abstract-behavior.md#rule-message-execution',
  }),
  'system-tasks-wait': must(['order'], 'Heartbeat, timer and hook do not run in a frozen canister.', {
    anchor: 'abstract-behavior.md#call-context-creation',
  }),
  'unfrozen-by-deposit': must(['response'], 'With enough cycles again the canister executes again.', {
    anchor: FROZEN,
  }),
  'reserved-first': must(['cycles'], 'Resources are paid from the reserved balance first.'),
  'reserved-not-spendable': must(['cycles'], 'Reserved cycles cannot be attached, burned or moved back.'),
  'idle-burn': may(['cycles'], 'Time costs cycles, by allocations and memory.', {
    anchor:
      'abstract-behavior.md#time-progressing-cycle-consumption-canister-version-increments-and-subnet-admins-updates',
  }),
  'between-frozen-and-executable': ambiguous(
    35,
    ['response'],
    'A liquid balance from 0 to below MAX_CYCLES_PER_MESSAGE.',
    ['The call waits until there are more cycles.', 'The call is rejected as for a frozen canister.'],
  ),
  'management-ingress': ambiguous(
    38,
    ['response'],
    'Ingress to the management canister about a frozen canister.',
    ['It is taken: the formula looks at the management canister.', 'It is refused: the canister concerned is frozen.'],
    { anchor: 'abstract-behavior.md#api-request-submission' },
  ),
});
