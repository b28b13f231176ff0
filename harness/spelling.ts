// plumbing: what somebody may have meant who misspelled a name
const MOST = 5;

/**
 * Asks whether one of the names was meant.
 * @returns a sentence with a space before it; empty where no name is near
 */
export function didYouMean(text: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, steps: distance(text, name) }))
    .filter(({ steps }) => steps <= 1 + text.length / 4)
    .sort((a, b) => a.steps - b.steps)
    .slice(0, MOST)
    .map(({ name }) => name);
  return near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`;
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
