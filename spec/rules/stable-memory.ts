// table: clauses — canister-interface.md#system-api-stable-memory
import { ambiguous, chapter, informative, may, must } from './rule.js';

export const stableMemory = chapter('stable-memory', 'canister-interface.md#system-api-stable-memory', {
  deprecated: informative('The 32-bit functions are deprecated.'),
  'kept-by-upgrade': must(['state'], 'Stable memory outlives upgrades.', { sameAs: ['upgrades/stable-memory-kept'] }),
  'initially-empty': must(['value'], 'It is empty at first, and again after reinstall.'),
  'grow-limit': must(['value'], 'It can be grown up to the limit of stable memory; beyond it growing fails.'),
  'grow-may-fail': may(['value'], 'Growing may fail where the subnet lacks capacity.'),
  size: must(['value'], 'stable64_size is the size in pages of 64 KiB.', { sameAs: ['stable-memory/size-32'] }),
  'size-32': must(['value'], 'stable_size is the size in pages of 64 KiB.', { sameAs: ['stable-memory/size'] }),
  'size-32-traps': must(['trap'], 'stable_size traps above 2^32 bytes.'),
  'grow-previous': must(['value'], 'stable64_grow returns the previous size in pages.', {
    sameAs: ['stable-memory/grow-32-previous'],
  }),
  'grow-32-previous': must(['value'], 'stable_grow returns the previous size in pages.', {
    sameAs: ['stable-memory/grow-previous'],
  }),
  'grow-zeroes': must(['value'], 'New pages hold zeroes.'),
  'grow-failure': must(['value'], 'stable64_grow returns -1 where growing fails, and changes nothing.'),
  'grow-32-failure': must(
    ['value'],
    'stable_grow returns -1 where growing fails or the new size exceeds 2^32 bytes, and changes nothing.',
  ),
  'grow-32-traps': must(['trap'], 'stable_grow traps if the previous size exceeds 2^32 bytes.'),
  'write-copies': must(['value'], 'stable64_write copies [src, src + size) to stable [offset, offset + size).', {
    sameAs: ['stable-memory/write-32-copies'],
  }),
  'write-32-copies': must(['value'], 'stable_write does the same.', { sameAs: ['stable-memory/write-copies'] }),
  'write-source-bounds': must(['trap'], 'A write traps if src + size exceeds the Wasm memory.'),
  'write-stable-bounds': must(['trap'], 'A write traps if offset + size exceeds the stable memory.'),
  'write-32-traps': must(['trap'], 'stable_write traps if the stable memory exceeds 2^32 bytes.'),
  'read-copies': must(['value'], 'stable64_read copies stable [offset, offset + size) to [dst, dst + size).', {
    sameAs: ['stable-memory/read-32-copies'],
  }),
  'read-32-copies': must(['value'], 'stable_read does the same.', { sameAs: ['stable-memory/read-copies'] }),
  'read-destination-bounds': must(['trap'], 'A read traps if dst + size exceeds the Wasm memory.'),
  'read-stable-bounds': must(['trap'], 'A read traps if offset + size exceeds the stable memory.'),
  'read-32-traps': must(['trap'], 'stable_read traps if the stable memory exceeds 2^32 bytes.'),
  'one-memory': must(['value'], 'Both interfaces work on one stable memory.'),
  'limit-32-of-what': ambiguous(20, ['trap'], 'Which memory the 32-bit functions measure against 2^32 bytes.', [
    'The stable memory (interface text).',
    'The Wasm memory (formula of the abstract behaviour).',
  ]),
});
