// table: clauses — canister-interface.md#system-api-performance-counter
import { chapter, may, must } from './rule.js';

export const performanceCounter = chapter(
  'performance-counter',
  'canister-interface.md#system-api-performance-counter',
  {
    monotonic: must(['value'], 'A counter never goes down within its scope.'),
    deterministic: must(['value'], 'The same execution gives the same counter values.'),
    'type-0': must(['value'], 'Counter 0 counts the instructions of the current execution; it starts anew with each.'),
    'type-1-replicated': must(
      ['value'],
      'Counter 1 counts the instructions in the call context, over all its executions.',
    ),
    'type-1-at-least-type-0': must(['value'], 'Counter 1 is never below counter 0 read before it.'),
    'type-1-composite': must(
      ['value'],
      'In a composite query counter 1 counts the method and its callbacks, without what runs further below.',
    ),
    'other-types': may(['value', 'trap'], 'Further counters may come; other types are not defined.'),
  },
);
