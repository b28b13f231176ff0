// table: clauses — canister-interface.md#system-api-module
import { ambiguous, chapter, may, must } from './rule.js';

export const moduleRequirements = chapter('module-requirements', 'canister-interface.md#system-api-module', {
  'valid-wasm': must(['module'], 'A module that is not valid WebAssembly is refused.', {
    anchor: 'canister-interface.md#canister-module-format',
  }),
  'at-most-one-memory': must(['module'], 'A module declares at most one memory, imported and exported ones counted.'),
  'imports-listed': must(['module'], 'A function may be imported only if the overview of imports lists it.'),
  'imports-from-ic0': must(['module'], 'Every imported function belongs to the module ic0.', {
    sameAs: ['availability/module-ic0', 'host-references/no-ic-module'],
  }),
  'import-signature': must(['module'], 'An imported function must have exactly the listed signature.'),
  'import-width-from-memory': must(
    ['module'],
    'I is i64 where the memory is 64-bit and i32 where it is 32-bit; imports must have the signature for that I.',
    { sameAs: ['entry-points/callback-width-from-memory', 'availability/width-from-memory'] },
  ),
  'import-width-default': must(['module'], 'Without a memory I is i32.', {
    sameAs: ['entry-points/callback-width-default', 'availability/width-default'],
  }),
  'start-allowed': must(['module'], 'A (start) function is allowed.'),
  'type-of-init': must(['module'], 'An exported function canister_init has type () -> ().', {
    sameAs: ['entry-points/init'],
  }),
  'type-of-inspect-message': must(['module'], 'An exported function canister_inspect_message has type () -> ().', {
    sameAs: ['entry-points/inspect-message'],
  }),
  'type-of-pre-upgrade': must(['module'], 'An exported function canister_pre_upgrade has type () -> ().', {
    sameAs: ['entry-points/pre-upgrade'],
  }),
  'type-of-post-upgrade': must(['module'], 'An exported function canister_post_upgrade has type () -> ().', {
    sameAs: ['entry-points/post-upgrade'],
  }),
  'type-of-heartbeat': must(['module'], 'An exported function canister_heartbeat has type () -> ().', {
    sameAs: ['entry-points/heartbeat'],
  }),
  'type-of-on-low-wasm-memory': must(
    ['module'],
    'An exported function canister_on_low_wasm_memory has type () -> ().',
    {
      sameAs: ['entry-points/on-low-wasm-memory'],
    },
  ),
  'type-of-global-timer': must(['module'], 'An exported function canister_global_timer has type () -> ().', {
    sameAs: ['entry-points/global-timer'],
  }),
  'type-of-methods': must(
    ['module'],
    'Exported functions canister_update N, canister_query N and canister_composite_query N have type () -> ().',
    { sameAs: ['entry-points/update', 'entry-points/query', 'entry-points/composite-query'] },
  ),
  'method-names-unique': must(['module'], 'One name may not be exported as two kinds of method.'),
  'no-other-canister-exports': must(
    ['module'],
    'No other exported method may have a name that starts with canister_ .',
  ),
  'custom-section-public-and-private': must(
    ['module'],
    'There may not be both icp:public N and icp:private N for the same N.',
  ),
  'custom-section-names': must(['module'], 'No other custom section may have a name that starts with icp: .'),
  'limit-functions': may(['module'], 'A module with more than 50,000 functions may be refused.'),
  'limit-globals': may(['module'], 'A module with more than 1,000 globals may be refused.'),
  'limit-custom-sections': may(['module'], 'A module with more than 16 custom sections named icp:… may be refused.'),
  'limit-methods': may(['module'], 'A module with more than 1,000 exported methods may be refused.'),
  'limit-method-names': may(['module'], 'A module whose method names add up to more than 20,000 may be refused.'),
  'limit-custom-section-bytes': may(
    ['module'],
    'A module whose icp: sections, names and contents, add up to more than 1 MiB may be refused.',
  ),
  'conforming-module-accepted': must(
    ['module'],
    'A module that conforms to the requirements and stays below the optional limits is usable as canister code.',
  ),
  'start-or-export': ambiguous(3, ['module', 'order'], 'What "start" is.', [
    'The WebAssembly (start) function (interface text).',
    'An exported function named start (abstract behaviour).',
  ]),
  'declares-a-memory': ambiguous(43, ['module'], 'What it is to declare a memory, and what may be imported.', [
    'Imported memories, tables and globals are refused (nothing but listed functions may be imported).',
    'Imported ones count as declared and are allowed.',
  ]),
  'memory-size': ambiguous(48, ['module'], 'Widths and sizes of the Wasm memory.', [
    '32-bit with at most 4 GiB (concepts page).',
    '32-bit or 64-bit (interface text), 64-bit with at most 6 GiB (resource limits).',
  ]),
  'webassembly-version': ambiguous(
    56,
    ['module'],
    'Which edition of WebAssembly a module has to be valid in, and which proposals count.',
    [
      'The current text that the link leads to (3.0): among others global.get of the own immutable globals in constant expressions.',
      'An older edition (2.0: imported globals only), with the proposals that the implementation enables.',
    ],
    { anchor: 'canister-interface.md#canister-module-format' },
  ),
  'custom-section-twice': ambiguous(
    57,
    ['module'],
    'Two custom sections icp:public N, or two icp:private N, of one N.',
    [
      'They are accepted: only one of each kind is excluded.',
      'They are refused: there is one content for each name (abstract behaviour: a map).',
    ],
  ),
});
