// plumbing: counts what cases aim at — `node dist/generators/testing/aims.js [cases] [seed]` prints it
import { pathToFileURL } from 'node:url';
import { generateCase } from '../index.js';

/** How often each aim occurs in the first cases of a seed. */
function countAims(seed: string, cases: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let k = 0; k < cases; k++) {
    for (const aim of generateCase(seed, k).aims) counts.set(aim, (counts.get(aim) ?? 0) + 1);
  }
  return counts;
}

/** One line for each kind of aim: how many there are, and how often the rarest and the most frequent one occur. */
function summary(counts: ReadonlyMap<string, number>): readonly string[] {
  const kinds = new Map<string, number[]>();
  for (const [aim, count] of counts) {
    const kind = aim.startsWith('trap after ') ? 'trap after' : (aim.split(' ')[0] ?? '');
    kinds.set(kind, [...(kinds.get(kind) ?? []), count]);
  }
  return [...kinds].map(([kind, list]) => {
    const [least, most] = [Math.min(...list), Math.max(...list)];
    return `${kind.padEnd(12)} ${String(list.length).padStart(6)} aims, each ${least} to ${most} times`;
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , cases = '2000', seed = ''] = process.argv;
  const counts = countAims(seed, Number(cases));
  for (const line of summary(counts)) process.stdout.write(`${line}\n`);
  const rare = [...counts].sort(([, a], [, b]) => a - b).slice(0, 10);
  process.stdout.write(`rarest: ${rare.map(([aim, count]) => `${aim} (${count})`).join('; ')}\n`);
}
