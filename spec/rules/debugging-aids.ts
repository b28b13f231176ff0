// table: clauses — canister-interface.md#debugging-aids
import { ambiguous, chapter, may, must } from './rule.js';

export const debuggingAids = chapter('debugging-aids', 'canister-interface.md#debugging-aids', {
  'print-logs': must(['trace', 'state'], 'debug_print appends the data at src/size to the canister log.'),
  'print-trims': may(['state'], 'Log data may be cut to a size that the implementation chooses.'),
  'print-never-traps': must(['trap'], 'debug_print never traps, not even if src + size exceeds the memory.'),
  'trap-traps': must(['trap'], 'ic0.trap always traps, whatever src and size are.'),
  'trap-logs': must(['trace', 'state'], 'ic0.trap appends its data to the canister log.'),
  'trap-message': may(
    ['response'],
    'The data may be part of the reject message, cut, without bytes that are not UTF-8.',
  ),
  trimming: ambiguous(27, ['state'], 'What is removed from a log that is too large.', [
    'The total of all contents is bounded (management canister).',
    'The removed part is bounded (formula of the abstract behaviour).',
  ]),
});
