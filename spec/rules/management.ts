// table: clauses of the management canister that the state machine here touches — management-canister.md
import { ambiguous, chapter, must } from './rule.js';

const INSTALL = 'management-canister.md#ic-install_code';
const CHANGING = 'abstract-behavior.md#ic-management-canister-changing-settings';
const SETTINGS = 'management-canister.md#ic-update_settings';

export const management = chapter('management', 'management-canister.md#ic-management-canister', {
  'create-empty-running': must(['state', 'response'], 'A new canister is empty and running.', {
    anchor: 'management-canister.md#ic-create_canister',
  }),
  'create-controller': must(['value'], 'Its controller is its creator unless the settings say otherwise.', {
    anchor: 'management-canister.md#ic-create_canister',
  }),
  'create-id-unique': must(['value'], 'Its id has not been used before.', {
    sameAs: ['canister-concepts/unique-id'],
    anchor: 'management-canister.md#ic-create_canister',
  }),
  'creation-fee': ambiguous(
    41,
    ['cycles'],
    'Whether creation costs a fee out of the given cycles.',
    ['It does (cycle costs).', 'The new canister gets all the cycles (abstract behaviour).'],
    { anchor: 'management-canister.md#ic-create_canister' },
  ),
  'controllers-only': must(
    ['response'],
    'Installing, uninstalling, starting, stopping, deleting and changing settings need a controller.',
    {
      sameAs: ['canister-concepts/controllers-only'],
    },
  ),
  'install-needs-empty': must(['response'], 'Mode install needs an empty canister.', { anchor: INSTALL }),
  'reinstall-clears': must(['state'], 'Mode reinstall starts from fresh Wasm and stable memory.', { anchor: INSTALL }),
  'reinstall-clears-logs': must(
    ['state'],
    'Modes install and reinstall start from an empty log; an upgrade continues the log.',
    { anchor: 'management-canister.md#ic-fetch_canister_logs' },
  ),
  'upgrade-needs-code': must(['response'], 'Mode upgrade needs a canister with code.', { anchor: INSTALL }),
  'keep-needs-section': must(
    ['response'],
    'wasm_memory_persistence = opt keep needs a new module with a private custom section enhanced-orthogonal-persistence.',
    { anchor: 'abstract-behavior.md#ic-management-canister-code-upgrade' },
  ),
  'persistence-must-be-said': must(
    ['response'],
    'Upgrading a module that has such a section needs wasm_memory_persistence, keep or replace.',
    { anchor: 'abstract-behavior.md#ic-management-canister-code-upgrade' },
  ),
  'install-atomic': must(['state'], 'An installation that fails has no effect on the canister.', {
    sameAs: ['atomicity/init', 'atomicity/upgrade'],
    anchor: INSTALL,
  }),
  'contexts-survive': must(
    ['order'],
    'Open call contexts survive upgrade and reinstall: callbacks run on the new code.',
    {
      anchor: 'abstract-behavior.md#ic-management-canister-code-installation',
    },
  ),
  'invalid-module-rejected': must(
    ['response', 'module'],
    'Installing a module that breaks the requirements is rejected.',
    { anchor: INSTALL },
  ),
  'settings-keep-others': must(['state'], 'A setting that is not given keeps its value.', { anchor: SETTINGS }),
  'settings-invalid-rejected': must(['response'], 'Settings out of range are refused, and nothing changes.', {
    anchor: SETTINGS,
  }),
  'settings-controllers-max': must(['response'], 'At most 10 controllers.', { anchor: SETTINGS }),
  'settings-wasm-memory-range': must(['response'], 'wasm_memory_limit and wasm_memory_threshold are at most 2^48.', {
    anchor: 'management-canister.md#ic-create_canister',
  }),
  'settings-memory-fits': must(
    ['response'],
    'A change of settings is refused when the Wasm memory is larger than the wasm_memory_limit after it, given or standing.',
    { anchor: CHANGING },
  ),
  'reserved-cycles-limit': must(
    ['response', 'cycles'],
    'The reserved balance is at most reserved_cycles_limit: a creation or change of settings after which it is not is refused.',
    { anchor: CHANGING },
  ),
  'allocation-liquid': must(
    ['response'],
    'A creation with an allocation, and a change that raises one, needs a liquid balance of at least 0 after it.',
    { anchor: 'abstract-behavior.md#ic-management-canister-canister-creation' },
  ),
  'minimum-incoming-cycles': must(
    ['response', 'cycles'],
    'A call from another canister with fewer cycles than the minimum is rejected with CANISTER_ERROR, its cycles refunded.',
    { anchor: 'abstract-behavior.md#calls-with-insufficient-cycles-are-rejected' },
  ),
  'delete-needs-stopped': must(['response'], 'Only a stopped canister can be deleted.', {
    anchor: 'management-canister.md#ic-delete_canister',
  }),
  'delete-discards': must(
    ['state', 'cycles'],
    'A deleted canister is gone with its cycles; calls to it are rejected.',
    {
      anchor: 'management-canister.md#ic-delete_canister',
    },
  ),
  'deposit-adds': must(['cycles'], 'A deposit adds to the balance; anyone may make it.', {
    anchor: 'management-canister.md#ic-deposit_cycles',
  }),
  'top-up-sender': ambiguous(
    37,
    ['response'],
    'Who may top up a canister and use public snapshots by ingress.',
    ['Anyone (management canister).', 'Controllers (abstract behaviour).'],
    { anchor: 'management-canister.md#ic-provisional_top_up_canister' },
  ),
  'snapshot-content': ambiguous(
    45,
    ['state'],
    'What a snapshot holds and restores.',
    ['What the management canister lists.', 'What the abstract behaviour lists, or restores.'],
    { anchor: 'management-canister.md#ic-take_canister_snapshot' },
  ),
});
