// table: clauses of availability, one for each import, derived from the import table — canister-interface.md#system-api-imports
import { CONTEXTS } from '../vocabulary/entry-point.js';
import { SYSTEM_API } from '../system-api.js';
import { ambiguous, chapter, informative, must, type Statement } from './rule.js';

/** A clause for each import: it can be called from its contexts and traps in all others. */
const perImport: Readonly<Record<string, Statement>> = Object.fromEntries(
  SYSTEM_API.map(({ name, contexts, only32 }) => [
    name,
    must(
      ['value', 'trap'],
      `ic0.${name} can be invoked from ${CONTEXTS.filter((context) => contexts.has(context)).join(' ')}; ` +
        `anywhere else it traps.${only32 ? ' It exists for I = i32 only.' : ''}`,
    ),
  ]),
);

export const availability = chapter('availability', 'canister-interface.md#system-api-imports', {
  'module-ic0': must(['module'], 'All functions of the table belong to the module ic0.', {
    sameAs: ['module-requirements/imports-from-ic0'],
  }),
  'width-from-memory': must(['module'], 'I is the bit width of the declared memory.', {
    sameAs: ['module-requirements/import-width-from-memory', 'entry-points/callback-width-from-memory'],
  }),
  'width-default': must(['module'], 'I is i32 where no memory is declared.', {
    sameAs: ['module-requirements/import-width-default', 'entry-points/callback-width-default'],
  }),
  'only-32': must(
    ['module'],
    'Nine functions exist for I = i32 only; a module with a 64-bit memory that imports one of them is refused.',
  ),
  'elsewhere-traps': must(
    ['trap'],
    'A function invoked from a context that its row does not list traps; importing it is no reason to refuse the module.',
  ),
  'amounts-high-low': must(['value'], '128-bit arguments are two 64-bit numbers, the high bits first.'),
  'stable32-deprecated': informative('The 32-bit stable memory functions are deprecated; the 64-bit ones are advised.'),
  'msg_deadline-context-q': ambiguous(
    2,
    ['trap', 'value'],
    'From which queries msg_deadline can be invoked: its row says Q.',
    ['Q means RQ, NRQ and TQ.', 'Q means RQ and NRQ.', 'Q means nothing: it traps in queries.'],
  ),
  'msg_reject_code-in-cc': ambiguous(14, ['trap', 'value'], 'msg_reject_code in a composite cleanup callback.', [
    'It traps (the table lists C, not CC).',
    'It gives the code of the reject, or 0 (the prose speaks of cleanup callbacks).',
  ]),
  'msg_reject_msg-elsewhere': ambiguous(15, ['trap'], 'msg_reject_msg_* in reply and cleanup callbacks.', [
    'Not available there: it traps as any unavailable function (table).',
    'Available in Ry and C, trapping where the reject code is 0 (prose).',
  ]),
  'is_controller-in-start': ambiguous(23, ['value'], 'is_controller in (start).', [
    'It works as anywhere (table).',
    'Its result is not defined there (abstract behaviour).',
  ]),
  ...perImport,
});
