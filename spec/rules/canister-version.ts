// table: clauses, one for each trigger — canister-interface.md#system-api-canister-version
import { ambiguous, chapter, may, must } from './rule.js';

export const canisterVersion = chapter('canister-version', 'canister-interface.md#system-api-canister-version', {
  value: must(['value'], 'canister_version is the current version.'),
  'zero-at-creation': must(['value'], 'The version is 0 at creation.'),
  'never-decreases': must(['value'], 'The version does not decrease (a later replicated execution never sees less).'),
  'by-update': must(['value'], 'A successful update increments it.'),
  'by-reply-callback': must(['value'], 'A successful reply callback increments it.'),
  'by-reject-callback': must(['value'], 'A successful reject callback increments it.'),
  'by-heartbeat': must(['value'], 'A successful heartbeat increments it.'),
  'by-global-timer': must(['value'], 'A successful global timer increments it.'),
  'by-replicated-query': ambiguous(5, ['value'], 'The version after a successful replicated query.', [
    'Incremented (interface text).',
    'Unchanged (abstract behaviour).',
  ]),
  'by-install': must(['value'], 'Installing code increments it.'),
  'by-reinstall': must(['value'], 'Reinstalling code increments it; it does not start anew.'),
  'by-upgrade': must(['value'], 'An upgrade increments it.'),
  'by-uninstall': must(['value'], 'Uninstalling code increments it.'),
  'by-update-settings': must(['value'], 'A successful update_settings increments it.'),
  'by-start': must(['value'], 'A successful start_canister increments it.'),
  'by-stop': must(['value'], 'A successful stop_canister increments it.'),
  'by-waiting-stop': ambiguous(
    60,
    ['value'],
    'The version while a stop_canister waits for open call contexts, and after one that did so in vain.',
    [
      'Each stop_canister increments it when it arrives (abstract behaviour).',
      'Each successful stop_canister increments it when it succeeds (interface text).',
    ],
  ),
  'by-stopped': must(['value'], 'The transition from stopping to stopped increments it.'),
  'by-out-of-cycles': must(['value'], 'Uninstallation for lack of cycles increments it.'),
  'by-load-snapshot': must(['value'], 'A successful load_canister_snapshot increments it.'),
  'by-balance': ambiguous(6, ['value'], 'The version when only the balance changes (deposit, refund, charge).', [
    'Every change of the balance increments it.',
    'Only the listed events do.',
  ]),
  'by-hook-and-snapshot': ambiguous(
    7,
    ['value'],
    'The version after the low-memory hook, and after a snapshot that uninstalls.',
    ['Incremented (abstract behaviour).', 'Unchanged (not in the list of the interface text).'],
  ),
  'extra-increments': may(['value'], 'The system may increment it at any time.'),
  'pre-upgrade-sees-old': must(['value'], 'canister_pre_upgrade sees the old value.'),
  'post-upgrade-sees-new': must(['value'], 'canister_post_upgrade sees the new value.'),
});
