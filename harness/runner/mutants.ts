// plumbing: which mutants break a clause
import { twins } from '../../spec/rules/index.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

/** Names of the mutants in the catalogue by clause, the clause's twins included, ascending. */
export async function mutantsByClause(): Promise<ReadonlyMap<ClauseId, readonly string[]>> {
  const { mutants } = await import('../mutants/index.js');
  const byClause = new Map<ClauseId, Set<string>>();
  for (const { name, clauses } of mutants) {
    for (const id of clauses.flatMap(twins)) byClause.set(id, (byClause.get(id) ?? new Set()).add(name));
  }
  return new Map([...byClause].map(([id, names]) => [id, [...names].sort()]));
}
