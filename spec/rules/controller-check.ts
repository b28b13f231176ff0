// table: clauses — canister-interface.md#system-api-controller-check
import { chapter, must } from './rule.js';

export const controllerCheck = chapter('controller-check', 'canister-interface.md#system-api-controller-check', {
  'is-controller': must(['value'], 'is_controller gives 1 for a controller of the canister.'),
  'is-not-controller': must(['value'], 'is_controller gives 0 for any other principal.'),
  'many-times': must(['value'], 'It can be called many times.'),
  bounds: must(['trap'], 'It traps if src + size exceeds the memory.', { sameAs: ['blobs/argument-bounds'] }),
  'invalid-principal': must(
    ['trap'],
    'It traps if the blob is not a valid principal (over 29 bytes); the empty blob is one.',
  ),
});
