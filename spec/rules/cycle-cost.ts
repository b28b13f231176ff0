// table: clauses — canister-interface.md#system-api-cycle-cost
import { ambiguous, chapter, informative, may, must } from './rule.js';

export const cycleCost = chapter('cycle-cost', 'canister-interface.md#system-api-cycle-cost', {
  'costs-change': may(['value'], 'The costs may change over time.'),
  '128-bit-at-dst': must(['value'], 'The cost is written to dst as 128 bits.', { sameAs: ['cycles/little-endian'] }),
  'wrong-inputs-still-answer': must(['value'], 'For inputs that no call could have a number is given all the same.'),
  'call-upper-bound': must(
    ['cycles'],
    'cost_call is what a canister must have above the freezing limit for a call to succeed; the call costs no more.',
  ),
  'call-below-refused': must(['value'], 'Below cost_call the call is not performed.', {
    sameAs: ['calls/perform-frozen-fails'],
  }),
  'call-monotonic': must(['value'], 'cost_call does not go down when name or payload grow: each byte has a cost.'),
  'create-canister': must(['value'], 'cost_create_canister is the cost of a canister on the same subnet.'),
  'http-request': must(['value'], 'cost_http_request is the cost of an outcall with these sizes.'),
  'http-request-default-size': ambiguous(50, ['value'], 'The default of the response limit.', [
    '2,000,000 bytes (interface text, management canister).',
    '2 MiB (cycle costs).',
  ]),
  'cmc-cost-differs': informative('Creation through the cycles minting canister can cost something else.'),
  'key-bounds': must(['trap'], 'cost_sign_* and cost_vetkd_derive_key trap if src + size exceeds the memory.'),
  'dst-bounds': must(['trap'], 'cost functions trap if dst + 16 exceeds the memory.'),
  'dst-bounds-and-error': ambiguous(21, ['trap', 'value'], 'dst out of bounds together with an invalid curve or key.', [
    'It traps (interface text).',
    'It returns 1 or 2 (abstract behaviour).',
  ]),
  success: must(['value'], '0: the cost is at dst.'),
  'invalid-curve': must(['value'], '1: the curve or algorithm is not defined; dst is unchanged.'),
  'invalid-key': must(['value'], '2: no such key for a valid curve or algorithm; dst is unchanged.'),
  'ecdsa-curves': must(['value'], 'ecdsa_curve 0 is secp256k1, and there is no other.'),
  'schnorr-algorithms': must(['value'], 'algorithm 0 is bip340secp256k1, 1 is ed25519, and there is no other.'),
  'vetkd-curves': must(['value'], 'vetkd_curve 0 is bls12_381, and there is no other.'),
});
