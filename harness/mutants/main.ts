// plumbing: `npm run mutants`: is every known fault caught, by which clause, and after how many cases
//
//   npm run mutants                          all, on two workers
//   npm run mutants -- --only accept         those whose name contains it
//   npm run mutants -- --cases 500 --seed x --jobs 1 --json FILE
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Command, Option } from 'commander';
import { huntExecutor, huntModel, type Catch } from './hunt.js';
import { mutants } from './index.js';
import { KNOWN_GAPS } from './known-gaps.js';

interface Options {
  readonly cases: number;
  readonly seed: string;
  readonly jobs: number;
  readonly only?: string;
  readonly json?: string;
}

interface Part {
  readonly names: readonly string[];
  readonly cases: number;
  readonly seed: string;
}

/** Host stack of a worker in MB: the stack budget of the profiles must fit many times over. */
const STACK_MB = 64;

async function hunt({ names, cases, seed }: Part, caught: (one: Catch) => void): Promise<void> {
  const chosen = mutants.filter(({ name }) => names.includes(name));
  huntExecutor(chosen.filter(({ family }) => family !== 'model'), seed, cases, caught); // prettier-ignore
  await huntModel(chosen.filter(({ family }) => family === 'model'), caught); // prettier-ignore
}

function inWorker(part: Part, caught: (one: Catch) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: part,
      resourceLimits: { stackSizeMb: STACK_MB },
    });
    worker.on('message', caught);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with ${code}`));
    });
  });
}

function line({ mutant, family, caught, broke }: Catch): string {
  const name = `${family}/${mutant}`.padEnd(60);
  const gap = KNOWN_GAPS[mutant];
  if (caught !== undefined) {
    const by = caught.own ? 'its own clause' : 'another clause';
    const after = `caught after ${String(caught.cases).padStart(4)} cases by ${by}: ${caught.rule}`;
    return `${name} ${after}${gap === undefined ? '' : ' (no gap any more: take it out of known-gaps.ts)'}`;
  }
  if (gap !== undefined) return `${name} not caught, a known gap: cases lack ${gap}`;
  return `${name} NOT CAUGHT${broke === undefined ? '' : `, and it breaks: ${broke}`}`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

async function main(): Promise<number> {
  const positive = (text: string) => Math.max(1, Math.trunc(Number(text)) || 1);
  const options = new Command('mutants')
    .addOption(new Option('--cases <n>', 'cases within which each must be caught').default(2000).argParser(positive))
    .addOption(new Option('--seed <text>', 'seed of the cases').default('mutants'))
    .addOption(new Option('--jobs <n>', 'workers').default(availableParallelism()).argParser(positive))
    .option('--only <text>', 'mutants whose family/name contains it')
    .option('--json <file>', 'write the results')
    .parse()
    .opts<Options>();
  const chosen = mutants.filter(({ family, name }) => `${family}/${name}`.includes(options.only ?? ''));
  if (chosen.length === 0) {
    process.stderr.write(
      `mutants: --only ${options.only ?? ''}: no mutant has this in its family/name; without --only all are listed\n`,
    );
    return 2;
  }
  const results: Catch[] = [];
  const parts = Array.from({ length: Math.min(options.jobs, chosen.length) }, (_, i): Part => ({
    names: chosen.filter((_mutant, k) => k % options.jobs === i).map(({ name }) => name),
    cases: options.cases,
    seed: options.seed,
  })); // prettier-ignore
  await Promise.all(
    parts.map((part) =>
      inWorker(part, (one) => {
        results.push(one);
        process.stdout.write(`${line(one)}\n`);
      }),
    ),
  );
  const caught = results.flatMap((one) => (one.caught === undefined ? [] : [one.caught]));
  const own = caught.filter((one) => one.own).length;
  const share = caught.length === 0 ? 0 : (100 * own) / caught.length;
  process.stdout.write(
    `\n${caught.length} of ${results.length} mutants caught within ${options.cases} cases, ${share.toFixed(1)} % by their own clause or a twin, ` +
      `median ${median(caught.map(({ cases }) => cases))} cases\n`,
  );
  if (options.json !== undefined) {
    const order = new Map(mutants.map(({ name }, i) => [name, i]));
    results.sort((a, b) => (order.get(a.mutant) ?? 0) - (order.get(b.mutant) ?? 0));
    writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  const gaps = results.filter((one) => one.caught === undefined && one.mutant in KNOWN_GAPS).length;
  if (gaps > 0) process.stdout.write(`${gaps} more are known gaps of the generators (harness/mutants/known-gaps.ts)\n`);
  return caught.length + gaps === results.length ? 0 : 1;
}

if (isMainThread) {
  process.exitCode = await main();
} else {
  await hunt(workerData as Part, (one) => parentPort?.postMessage(one));
}
