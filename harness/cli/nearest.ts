// plumbing: which clauses somebody may have meant
import { RULES } from '../../spec/rules/index.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { distance } from '../spelling.js';

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
