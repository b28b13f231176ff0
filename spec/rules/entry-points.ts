// table: clauses — canister-interface.md#entry-points
import { chapter, must } from './rule.js';

export const entryPoints = chapter('entry-points', 'canister-interface.md#entry-points', {
  init: must(['order'], 'canister_init of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-init'],
  }),
  'pre-upgrade': must(['order'], 'canister_pre_upgrade of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-pre-upgrade'],
  }),
  'post-upgrade': must(['order'], 'canister_post_upgrade of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-post-upgrade'],
  }),
  'inspect-message': must(['order'], 'canister_inspect_message of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-inspect-message'],
  }),
  heartbeat: must(['order'], 'canister_heartbeat of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-heartbeat'],
  }),
  'global-timer': must(['order'], 'canister_global_timer of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-global-timer'],
  }),
  update: must(['order'], 'Each canister_update N of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-methods'],
  }),
  query: must(['order'], 'Each canister_query N of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-methods'],
  }),
  'composite-query': must(['order'], 'Each canister_composite_query N of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-methods'],
  }),
  'on-low-wasm-memory': must(['order'], 'canister_on_low_wasm_memory of type () -> () is an entry point.', {
    sameAs: ['module-requirements/type-of-on-low-wasm-memory'],
  }),
  callback: must(['order', 'trap'], 'Functions of type (env : I) -> () in the table may be callbacks of calls.', {
    sameAs: ['callbacks/table-type', 'calls/callback-type'],
  }),
  'callback-width-from-memory': must(['trap'], 'The I of a callback is the bit width of the declared memory.', {
    sameAs: ['module-requirements/import-width-from-memory', 'availability/width-from-memory'],
  }),
  'callback-width-default': must(['trap'], 'The I of a callback is i32 where the module declares no memory.', {
    sameAs: ['module-requirements/import-width-default', 'availability/width-default'],
  }),
});
