// plumbing: when two failures are one and the same — the clause or one of its twins, and what differed
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import type { Failure } from '../types.js';

/** The clause's group: the same id for a clause and everything that `sameAs` ties to it. */
export type GroupOf = (rule: ClauseId) => string;

/** A clause and its twins, of whichever side the tie was written down. The group's name is its smallest id. */
export function groupsOf(rules: readonly { readonly id: ClauseId; readonly sameAs: readonly ClauseId[] }[]): GroupOf {
  const parent = new Map<ClauseId, ClauseId>();
  const root = (id: ClauseId): ClauseId => {
    const up = parent.get(id);
    return up === undefined || up === id ? id : root(up);
  };
  for (const { id, sameAs } of rules) {
    for (const twin of sameAs) {
      const [a, b] = [root(id), root(twin)];
      if (a < b) parent.set(b, a);
      else if (b < a) parent.set(a, b);
    }
  }
  return root;
}

/** Whether `other` shows what `failure` shows. */
export function sameFailure(failure: Failure, other: Failure, groupOf: GroupOf): boolean {
  return groupOf(failure.rule) === groupOf(other.rule) && failure.kind === other.kind;
}

/** Text that two failures share when they are one finding: clause, and where the two sides first parted. */
export function divergenceKey({ rule, kind, entryPoint, import: name }: Failure): string {
  return [rule, kind, entryPoint ?? '', name ?? ''].join(' | ');
}
