// plumbing: `npm run mutants`: is every known fault caught, by which clause, after how many cases, and how small is what is left
//
//   npm run mutants                          all: each case in order, the catch reduced and replayed; nothing to do beside it
//   npm run mutants -- --quick               looks first where each was caught last time: for CI
//   npm run mutants -- --budget 0            reduces nothing
//   npm run mutants -- --only accept         those whose family/name contains it
//   npm run mutants -- --remember            writes harness/mutants/caught-at.ts
//   npm run mutants -- --cases 500 --seed x --jobs 1 --timeout 30 --budget 300 --json FILE
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { readCommandLine, wholeNumber } from '../command-line.js';
import { packageRoot } from '../runner/suite.js';
import { CAUGHT_AT, CAUGHT_WITH } from './caught-at.js';
import type { Catch } from './hunt.js';
import { mutants } from './index.js';
import { huntWatched } from './watch.js';

interface Options {
  readonly cases: number;
  readonly seed: string;
  readonly jobs: number;
  /** Seconds. */
  readonly timeout: number;
  readonly budget: number;
  readonly quick?: true;
  readonly remember?: true;
  readonly only?: string;
  readonly json?: string;
}

/** What the whole must show. */
const REQUIRED = { ownPercent: 95, medianCases: 200, steps: 5 } as const;

function options(): Options {
  const positive = wholeNumber(1);
  const tool = new Command('mutants')
    .addOption(new Option('--cases <n>', 'cases within which each must be caught').default(2000).argParser(positive))
    .addOption(new Option('--seed <text>', 'seed of the cases').default(CAUGHT_WITH))
    .addOption(new Option('--jobs <n>', 'workers').default(availableParallelism()).argParser(positive))
    .addOption(new Option('--timeout <s>', 'seconds that a case may take').default(60).argParser(positive))
    .addOption(
      new Option('--budget <n>', 'evaluations of the reducer; 0: nothing is reduced')
        .default(300)
        .argParser(wholeNumber(0)),
    )
    .option('--quick', 'look first where each was caught last time')
    .option('--remember', 'write where each was caught to harness/mutants/caught-at.ts')
    .option('--only <text>', 'mutants whose family/name contains it')
    .option('--json <file>', 'write the results');
  return readCommandLine(tool).opts<Options>();
}

function line({ mutant, family, caught, reduced }: Catch): string {
  const name = `${family}/${mutant}`.padEnd(60);
  if (caught === undefined) return `${name} NOT CAUGHT`;
  const { cases, own, rule, kind } = caught;
  const after = `caught after ${String(cases).padStart(4)} cases`;
  if (rule === '') return `${name} ${after} by no clause: ${kind}`;
  const small = reduced && `, ${reduced.steps} steps, ${reduced.replays ? 'replays' : 'DOES NOT REPLAY'}`;
  return `${name} ${after} by ${own ? 'its own clause' : 'another clause'}: ${rule}${small ?? ''}`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** What is not as it must be. */
function faults(results: readonly Catch[], whole: boolean): string[] {
  const caught = results.flatMap((one) => (one.caught === undefined ? [] : [one.caught]));
  const own = (100 * caught.filter((one) => one.own).length) / Math.max(1, caught.length);
  const middle = median(caught.map(({ cases }) => cases));
  const reduced = results.flatMap((one) => (one.reduced === undefined ? [] : [{ name: one.mutant, ...one.reduced }]));
  const long = reduced.filter(({ steps }) => steps > REQUIRED.steps).map(({ name }) => name);
  const other = reduced.filter(({ replays }) => !replays).map(({ name }) => name);
  const small = `; ${reduced.length} reduced, to ${median(reduced.map(({ steps }) => steps))} steps in the median`;
  process.stdout.write(
    `\n${caught.length} of ${results.length} mutants caught, ${own.toFixed(1)} % by their own clause or a twin, ` +
      `median ${middle} cases${reduced.length === 0 ? '' : small}\n`,
  );
  const missed = results.filter((one) => one.caught === undefined).map(({ mutant }) => mutant);
  const found: readonly (readonly [is: boolean, fault: string])[] = [
    [missed.length > 0, `not caught: ${missed.join(', ')}`],
    [whole && own < REQUIRED.ownPercent, `fewer than ${REQUIRED.ownPercent} % by their own clause or a twin`],
    [whole && middle > REQUIRED.medianCases, `a median over ${REQUIRED.medianCases} cases`],
    [long.length > 0, `more than ${REQUIRED.steps} steps left: ${long.join(', ')}`],
    [other.length > 0, `the reduced case does not replay: ${other.join(', ')}`],
  ];
  return found.filter(([is]) => is).map(([, fault]) => fault);
}

/** The table that a quick run begins with. */
function remember(results: readonly Catch[], seed: string): void {
  const at = new Map<string, number>(seed === CAUGHT_WITH ? Object.entries(CAUGHT_AT) : []);
  for (const { mutant, family, caught } of results) {
    if (caught !== undefined && family !== 'model') at.set(mutant, caught.cases - 1);
  }
  const rows = mutants.flatMap(({ name }) => (at.has(name) ? [`  '${name}': ${at.get(name)},\n`] : []));
  writeFileSync(
    join(packageRoot(), 'harness/mutants/caught-at.ts'),
    '// table: the number of the case that caught each mutant last, written by `npm run mutants -- --remember`\n' +
      '//\n// `--quick` looks there first. A number that is out of date costs time and nothing else.\n\n' +
      `/** The seed of these cases. */\nexport const CAUGHT_WITH = '${seed}';\n\n` +
      `export const CAUGHT_AT: Readonly<Record<string, number>> = {\n${rows.join('')}};\n`,
  );
}

async function main(): Promise<number> {
  const { cases, seed, jobs, timeout, budget, quick, only = '', json, ...more } = options();
  const chosen = mutants.filter(({ family, name }) => `${family}/${name}`.includes(only));
  if (chosen.length === 0) {
    process.stderr.write(
      `mutants: --only ${only}: no mutant has this in its family/name; without --only all are listed\n`,
    );
    return 2;
  }
  const results: Catch[] = [];
  const parts = Array.from({ length: Math.min(jobs, chosen.length) }, (_, i) =>
    chosen.filter((_mutant, k) => k % jobs === i).map(({ name }) => name),
  );
  const how = {
    ...(quick === true && seed === CAUGHT_WITH && { remembered: CAUGHT_AT }),
    ...(budget > 0 && { budget }),
  };
  await Promise.all(
    parts.map((names) =>
      huntWatched(names, { seed, cases, ...how }, timeout * 1_000, (one) => {
        results.push(one);
        process.stdout.write(`${line(one)}\n`);
      }),
    ),
  );
  const order = new Map(mutants.map(({ name }, i) => [name, i]));
  results.sort((a, b) => (order.get(a.mutant) ?? 0) - (order.get(b.mutant) ?? 0));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  if (more.remember === true) remember(results, seed);
  const found = faults(results, only === '');
  for (const fault of found) process.stdout.write(`mutants: ${fault}\n`);
  return found.length === 0 ? 0 : 1;
}

process.exitCode = await main();
