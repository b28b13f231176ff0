// table: clauses — abstract-behavior.md#rule-uninstall
import { ambiguous, chapter, must } from './rule.js';

export const uninstall = chapter('uninstall', 'abstract-behavior.md#rule-uninstall', {
  'removes-code-and-state': must(
    ['state', 'response'],
    'Uninstalling removes module, Wasm memory, stable memory, globals and certified data.',
  ),
  'keeps-balance-and-settings': must(['state', 'cycles'], 'Cycles, controllers and settings stay.'),
  'rejects-open-calls': must(
    ['response'],
    'Calls that have not been answered are rejected, with the cycles still available in them.',
  ),
  'reject-code': ambiguous(
    33,
    ['response'],
    'The code of these rejects, and of those when a canister runs out of cycles.',
    [
      'CANISTER_REJECT (abstract behaviour).',
      'CANISTER_ERROR: CANISTER_REJECT is for explicit rejects (HTTPS interface).',
    ],
  ),
  'no-callbacks': must(['order'], 'Responses to its calls run no callbacks any more.', {
    sameAs: ['call-contexts/deleted-no-callback'],
  }),
  'refunds-still-arrive': must(['cycles'], 'Their refunds are still added to the balance.'),
  'clears-logs': must(['state'], 'The log is cleared.'),
  'out-of-cycles': must(['state', 'response'], 'A canister whose balance and reserved balance are 0 is uninstalled.', {
    anchor: 'abstract-behavior.md#canister-out-of-cycles',
  }),
  'chunk-store': ambiguous(46, ['state'], 'The chunk store at uninstallation and when out of cycles.', [
    'It is cleared.',
    'It is kept.',
  ]),
});
