// table: clauses — canister-interface.md#system-api-init
import { ambiguous, chapter, must } from './rule.js';

export const initialization = chapter('initialization', 'canister-interface.md#system-api-init', {
  'init-runs-first': must(
    ['order'],
    'canister_init, where present, is the first exported function that the system invokes.',
  ),
  'start-before-init': must(['order'], '(start) runs with the instantiation, before canister_init.', {
    anchor: 'canister-interface.md#system-api-upgrades',
  }),
  argument: must(['value'], 'canister_init sees the argument of the installation through msg_arg_data_*.', {
    sameAs: ['method-arguments/init-argument'],
  }),
  'instantiated-when-returned': must(
    ['state'],
    'The canister is installed when canister_init returns, or at once where there is none.',
  ),
  'trap-reverts': must(
    ['state', 'response'],
    'When canister_init traps the installation fails: after install the canister is empty, after reinstall it is what it was.',
    { sameAs: ['atomicity/init'] },
  ),
  'start-trap-reverts': must(
    ['state', 'response'],
    'A trap in (start) or in the instantiation fails the installation too.',
    {
      anchor: 'abstract-behavior.md#ic-management-canister-code-installation',
      sameAs: ['atomicity/init'],
    },
  ),
  'failed-install-effects': ambiguous(39, ['cycles'], 'What a failed installation leaves.', [
    'No effect at all (management canister).',
    'A charge for the instructions used (concepts page), and the log.',
  ]),
  'initial-memory': ambiguous(42, ['state'], 'Initial memory and active segments, in particular after keep.', [
    'Active segments are written in every instantiation, also over a kept memory.',
    'Active segments are not applied to a kept memory.',
  ]),
});
