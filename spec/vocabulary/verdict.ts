// plumbing: verdicts, tiers and failures

/** What a case says about a target; see docs/verdicts.md. */
export type Verdict = 'pass' | 'fail' | 'poisoned' | 'skipped' | 'errored';

/** Who an assertion binds: every conforming implementation, one named implementation, or the compared pair of engines. */
export const TIERS = ['spec', 'profile', 'differential'] as const;
export type Tier = (typeof TIERS)[number];

/** Id of a clause in the catalogue, `chapter/statement`. */
export type ClauseId = string;
