// table: clauses — canister-interface.md#system-api-time
import { chapter, informative, must } from './rule.js';

export const time = chapter('time', 'canister-interface.md#system-api-time', {
  nanoseconds: must(['value'], 'time is in nanoseconds since 1970-01-01.'),
  monotonic: must(['value'], 'The time that a canister sees never goes back, not by upgrades either.'),
  'constant-within-execution': must(['value'], 'Within one execution of an entry point the time is constant.'),
  'unrelated-canisters': informative('Times of different canisters are unrelated.'),
  'real-time-informative': informative('That the time is close to real time is not part of the specification.'),
});
