// table: clauses — canister-interface.md#interpretation-of-numbers
import { chapter, must } from './rule.js';

export const interpretationOfNumbers = chapter(
  'interpretation-of-numbers',
  'canister-interface.md#interpretation-of-numbers',
  {
    unsigned: must(
      ['value', 'trap'],
      'i32 and i64 arguments and results are unsigned unless the text says otherwise: pointers, offsets, sizes, amounts, times.',
    ),
    'sums-do-not-wrap': must(
      ['trap'],
      'Where the text adds two of them (offset + size, src + size) the sum is exact; it does not wrap at 2^32 or 2^64.',
    ),
  },
);
