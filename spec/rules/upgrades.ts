// table: clauses — canister-interface.md#system-api-upgrades
import { chapter, informative, must } from './rule.js';

export const upgrades = chapter('upgrades', 'canister-interface.md#system-api-upgrades', {
  'pre-upgrade-on-old': must(
    ['order', 'state'],
    'canister_pre_upgrade of the old code runs first, on the old instance.',
  ),
  'pre-upgrade-skipped': must(['order'], 'skip_pre_upgrade = opt true: canister_pre_upgrade is not run.'),
  'start-on-new': must(['order'], 'Then the new module is instantiated with fresh state, (start) included.'),
  'post-upgrade-on-new': must(['order'], 'Then canister_post_upgrade of the new code runs, if exported.'),
  'post-upgrade-argument': must(['value'], 'canister_post_upgrade sees the argument of install_code.', {
    sameAs: ['method-arguments/post-upgrade-argument'],
  }),
  'stable-memory-kept': must(['state'], 'The stable memory is kept through an upgrade.', {
    sameAs: ['canister-concepts/upgrade-keeps-stable-memory', 'stable-memory/kept-by-upgrade'],
  }),
  'wasm-memory-replaced': must(['state'], 'The Wasm memory is discarded unless wasm_memory_persistence is opt keep.', {
    sameAs: ['canister-concepts/upgrade-clears-wasm-memory'],
  }),
  'wasm-memory-kept': must(['state'], 'With wasm_memory_persistence = opt keep the Wasm memory is preserved.'),
  'other-state-discarded': must(
    ['state'],
    'All other WebAssembly state (globals, tables, dropped segments) is discarded.',
  ),
  'nothing-between': must(['order'], 'No other entry point of the old or new code runs during the steps.'),
  'init-not-run': must(['order'], 'canister_init of the new code is not run.'),
  atomic: must(
    ['state', 'response'],
    'If canister_pre_upgrade or canister_post_upgrade traps the upgrade fails and the canister is what it was.',
    { sameAs: ['atomicity/upgrade'] },
  ),
  'start-trap-fails': must(
    ['state', 'response'],
    'A trap in (start) or in the instantiation of the new module fails the upgrade.',
    {
      anchor: 'abstract-behavior.md#ic-management-canister-code-upgrade',
      sameAs: ['atomicity/upgrade'],
    },
  ),
  'old-instance-discarded': must(['state'], 'After a successful upgrade only the new code answers.'),
  'stable-writes-seen': must(
    ['state', 'value'],
    'What pre_upgrade and (start) write to the stable memory is seen by post_upgrade.',
  ),
  'skip-loses-data': informative('Skipping pre_upgrade can lose data; it is meant as a last resort.'),
});
