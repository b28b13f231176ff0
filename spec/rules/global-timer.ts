// table: clauses — canister-interface.md#global-timer
import { ambiguous, chapter, informative, may, must } from './rule.js';

const SET = 'canister-interface.md#global-timer-1';

export const globalTimer = chapter('global-timer', 'canister-interface.md#global-timer', {
  'runs-when-passed': must(
    ['order'],
    'canister_global_timer runs if the timer is set and the time has passed its value.',
  ),
  'not-before': must(['order'], 'It does not run while the time is below the value of the timer.'),
  'passed-or-reached': ambiguous(11, ['order'], 'Whether a timer is due at exactly its time.', [
    'Due when time > timer ("has passed").',
    'Due when time >= timer (abstract behaviour).',
  ]),
  'deactivated-when-scheduled': must(
    ['order', 'value'],
    'The timer is deactivated once canister_global_timer is scheduled.',
    {
      sameAs: ['atomicity/timer-stays-off'],
    },
  ),
  'deactivated-by-install': must(['order', 'value'], 'Installing code (install, reinstall) deactivates the timer.'),
  'deactivated-by-upgrade': must(
    ['order', 'value'],
    'An upgrade deactivates the timer; one set in pre_upgrade is dropped.',
  ),
  'deactivated-by-uninstall': must(['order', 'value'], 'Uninstalling the code deactivates the timer.'),
  'deactivated-by-out-of-cycles': must(['order', 'value'], 'Running out of cycles deactivates the timer.'),
  'snapshot-load': ambiguous(13, ['order'], 'Whether loading a snapshot deactivates the timer.', [
    'It does, as a change of the Wasm module (interface text).',
    'The timer is kept or set from the snapshot (abstract behaviour).',
  ]),
  'not-again-unless-set': must(['order'], 'It does not run again unless the timer is set again.'),
  scheduling: may(['order'], 'When a due timer runs is up to the implementation.'),
  'no-argument': must(['trap'], 'canister_global_timer has no argument.', {
    sameAs: ['availability/msg_arg_data_size'],
  }),
  'no-response': must(['trap'], 'canister_global_timer cannot reply or reject.', {
    sameAs: ['responding/no-response-needed'],
  }),
  'may-call': must(['response', 'order'], 'canister_global_timer can make calls.', {
    sameAs: ['availability/call_new'],
  }),
  'delay-informative': informative('How late the timer runs is not part of the specification.'),
  'only-when-running': must(['order'], 'The timer runs only in a canister that is running.', {
    anchor: 'abstract-behavior.md#call-context-creation',
  }),
  nanoseconds: must(['order'], 'global_timer_set takes nanoseconds since 1970-01-01.', { anchor: SET }),
  'previous-value': must(['value'], 'global_timer_set returns the previous value of the timer.', { anchor: SET }),
  'previous-zero': must(['value'], 'global_timer_set returns 0 where no timer was set.', { anchor: SET }),
  'zero-deactivates': must(['order', 'value'], 'global_timer_set(0) deactivates the timer.', { anchor: SET }),
});
