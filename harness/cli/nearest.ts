// plumbing: which clauses somebody may have meant
import { RULES } from '../../spec/rules/index.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

const MOST = 5;

/** The clauses whose ids are spelled most like a text, the nearest first; where none is near, those of the same chapter. */
export function nearest(text: string): readonly ClauseId[] {
  const wanted = text.toLowerCase();
  const near = RULES.map(({ id }) => ({ id, steps: stepsTo(wanted, id) }))
    .filter(({ steps }) => steps <= 1 + wanted.length / 4)
    .sort((a, b) => a.steps - b.steps)
    .map(({ id }) => id);
  const [chapter = ''] = wanted.split('/');
  const found = near.length > 0 ? near : RULES.map(({ id }) => id).filter((id) => id.startsWith(`${chapter}/`));
  return found.slice(0, MOST);
}

/** To the whole id, or to its last part: who knows a statement does not always know its chapter. */
function stepsTo(wanted: string, id: ClauseId): number {
  return Math.min(distance(wanted, id), 1 + distance(lastPart(wanted), lastPart(id)));
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** How many characters must be put in, taken out or changed to make one text of the other (Levenshtein). */
export function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}
