// plumbing: what changed between two reports, clause by clause
import { plural } from './figures.js';
import type { Report } from './report.js';

/** `worse`: it fails now. `better`: it failed. `lost`: it was judged, and is not any more. `new`: it is judged for the first time. */
interface ClauseChange {
  readonly kind: 'worse' | 'better' | 'lost' | 'new';
  readonly clause: string;
  readonly what: string;
}

/** Clauses that fail in one report only, or are judged in one only. */
export function changesBetween(before: Report, after: Report): readonly ClauseChange[] {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]));
  return after.rules.flatMap(({ id: clause, checks, failures }): ClauseChange[] => {
    const was = old.get(clause) ?? { checks: 0, failures: 0 };
    const failed = `${plural(was.failures, 'failure')} before`;
    // What is not judged has no failures either: that is no improvement.
    if (checks === 0 && was.checks > 0)
      return [{ kind: 'lost', clause, what: `not judged any more${was.failures > 0 ? `; ${failed}` : ''}` }];
    if (failures > 0 && was.failures === 0)
      return [{ kind: 'worse', clause, what: `${plural(failures, 'failure')}, none before` }];
    if (failures === 0 && was.failures > 0) return [{ kind: 'better', clause, what: `no failures, ${failed}` }];
    if (checks > 0 && was.checks === 0) return [{ kind: 'new', clause, what: 'judged now' }];
    return [];
  });
}

/** A change as a line. */
export function changeText({ kind, clause, what }: ClauseChange): string {
  return `${kind.padEnd(6)}  ${clause}: ${what}`;
}

/** Why two reports can hardly be compared: runs of another target, seed or tier. */
export function unlike(before: Report, after: Report): readonly string[] {
  const facts = ({ target, seed, tier }: Report) => ({ target: target.name, seed, tier });
  const [was, is] = [facts(before), facts(after)];
  return (['target', 'seed', 'tier'] as const)
    .filter((name) => was[name] !== is[name])
    .map((name) => `${name} ${JSON.stringify(was[name])} before, ${JSON.stringify(is[name])} now`);
}
