// plumbing: globs over clause ids
import { twins } from '../../spec/rules/index.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

/** Whether an id matches one of the globs: `*` is any text, everything else is itself. */
export function globs(patterns: readonly string[]): (id: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return (id) => expressions.some((expression) => expression.test(id));
}

/**
 * Whether a run judges a clause: all of them without globs, otherwise those that match one, and their twins.
 * @param patterns globs over clause ids
 */
export function selection(patterns: readonly string[]): (id: ClauseId) => boolean {
  if (patterns.length === 0) return () => true;
  const matches = globs(patterns);
  return (id) => twins(id).some(matches);
}
