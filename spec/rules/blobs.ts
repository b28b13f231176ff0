// table: clauses — canister-interface.md#blob-typed-arguments-and-results
import { ambiguous, chapter, must } from './rule.js';

export const blobs = chapter('blobs', 'canister-interface.md#blob-typed-arguments-and-results', {
  'size-gives-length': must(['value'], 'A *_size function gives the length of the blob in bytes.'),
  'copy-copies-range': must(
    ['value'],
    'A *_copy function copies blob[offset, offset + size) to memory[dst, dst + size), and nothing else.',
  ),
  'copy-source-bounds': must(
    ['trap'],
    'A *_copy function traps if offset + size is greater than the length of the blob.',
  ),
  'copy-destination-bounds': must(['trap'], 'A *_copy function traps if dst + size exceeds the Wasm memory.'),
  'copy-offset-at-end': must(['value'], 'offset = length with size 0 is within bounds.'),
  'size-zero-at-end': must(['value'], 'Size 0 exactly at the end of the memory is within bounds.'),
  'no-memory': must(
    ['trap', 'value'],
    'A module without memory has a memory of 0 bytes: only address 0 with size 0 is within bounds.',
  ),
  'source-read-at-call': must(
    ['value'],
    'A blob argument is copied out when the function is invoked; later writes to the memory do not change it.',
  ),
  'argument-bounds': must(
    ['trap'],
    'A function with a blob argument traps if src + size exceeds the Wasm memory, unless noted otherwise.',
  ),
  'sums-exact': must(['trap'], 'The sums in these checks do not wrap.', {
    sameAs: ['interpretation-of-numbers/sums-do-not-wrap'],
  }),
  'size-zero-out-of-bounds': ambiguous(55, ['trap'], 'A copy of size 0 beyond the bounds.', [
    'It traps as any other (interface text).',
    'Stable reads and writes of size 0 return (a production replica).',
  ]),
});
