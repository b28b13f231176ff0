// plumbing: tests of the order in which a family tells its stories
import type { Family } from '../config.js';
import { generateCase } from '../index.js';

/** How often each story is told in so many cases of a family. */
function tellings(family: Family, cases: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let k = 0; k < cases; k++) {
    for (const aim of generateCase('tellings', k, { families: [family] }).aims) {
      const [, name] = /^story \w+: (.*) \/ i(?:32|64)$/.exec(aim) ?? [];
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

describe('the stories of a family', () => {
  it.each([
    ['memory', 280, ['a memory of many pages', 'a memory written as a whole']],
    ['lifecycle', 480, ['an installation of many instructions']],
  ] as const)('are told equally often, but the long ones half as often: %s', (family, cases, long) => {
    const counts = tellings(family, cases);
    const others = [...counts].filter(([name]) => !long.some((one) => one === name)).map(([, count]) => count);
    const [fewest, most] = [Math.min(...others), Math.max(...others)];
    expect(fewest).toBeGreaterThan(6);
    expect(most - fewest).toBeLessThanOrEqual(1);
    for (const name of long) {
      expect(counts.get(name)).toBeGreaterThanOrEqual(Math.floor(fewest / 2));
      expect(counts.get(name)).toBeLessThanOrEqual(Math.ceil(most / 2));
    }
  });
});
