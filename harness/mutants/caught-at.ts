// table: the number of the case that caught each mutant last, written by `npm run mutants -- --remember`
//
// `--quick` looks there first. A number that is out of date costs time and nothing else.

/** The seed of these cases. */
export const CAUGHT_WITH = 'mutants';

export const CAUGHT_AT: Readonly<Record<string, number>> = {};
