// plumbing: npm run soak [-- --cases N] — whether memory stays flat over many cases: those of a run, as a user starts it
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { readCommandLine, wholeNumber } from '../harness/command-line.js';
import { CannotListProcesses, processes, residentSet, type ResidentSet } from '../harness/processes.js';

const PROGRAM = fileURLToPath(new URL('../harness/cli/main.js', import.meta.url));

/** How much larger than after a tenth of the cases the resident set may be in the end. */
const MOST_GROWTH = 1.2;

/** Milliseconds between two looks at the processes. */
const PERIOD_MS = 250;

/** One look sees a saw tooth of garbage: the memory at a moment is the median of so many looks up to it, those of ten seconds. */
const LOOKS = 40;

/** Fewer cases are over before there is anything to see. */
const LEAST_CASES = 1_000;

const USAGE = 2;
const BROKEN = 3;

const tool = new Command('soak')
  .description(
    'runs cases and looks at the resident set of all processes; exit code 1 when it is over 1.2 times in the end what it was after a tenth, 3 when the run did not succeed',
  )
  .addOption(new Option('--cases <n>', 'how many').default(100_000).argParser(wholeNumber(LEAST_CASES)))
  .addOption(new Option('--jobs <n>', 'workers; default: that of run').argParser(wholeNumber(1)))
  .option('--corpus <dir>', 'where failing cases are kept; default: that of run');
const { cases, jobs, corpus } = readCommandLine(tool).opts<{ cases: number; jobs?: number; corpus?: string }>();

try {
  processes();
} catch (error) {
  if (!(error instanceof CannotListProcesses)) throw error;
  process.stderr.write(`soak: ${error.message}\n`);
  process.exit(USAGE);
}

const more = [...(jobs === undefined ? [] : ['--jobs', String(jobs)]), ...(corpus === undefined ? [] : ['--corpus', corpus])]; // prettier-ignore
const run = spawn(process.execPath, [PROGRAM, 'run', '--seed', 'soak', '--cases', String(cases), ...more], {
  stdio: ['ignore', 'ignore', 'pipe'],
});

const seen: ResidentSet[] = [];
const timer = setInterval(() => {
  if (run.pid !== undefined) seen.push(residentSet(run.pid));
}, PERIOD_MS);

/** The median of the last looks, in bytes. */
function recent(): number {
  const sorted = seen
    .slice(-LOOKS)
    .map(({ bytes }) => bytes)
    .sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

const inMB = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** What there was after a number of cases, in bytes. */
interface Moment {
  readonly done: number;
  readonly bytes: number;
}
let early: Moment | undefined;
let late: Moment | undefined;
createInterface({ input: run.stderr }).on('line', (line) => {
  const done = /^(\d+) of \d+ cases/.exec(line)?.[1];
  if (done === undefined) {
    process.stderr.write(`${line}\n`);
    return;
  }
  late = { done: Number(done), bytes: recent() };
  early ??= late;
  process.stdout.write(`${done} cases: ${inMB(late.bytes)} in ${seen.at(-1)?.processes ?? 0} processes\n`);
});

run.on('close', (code, killer) => {
  clearInterval(timer);
  if (code !== 0) {
    process.stderr.write(
      `soak: the run ended with ${killer ?? `code ${code}`}. To see why: ic0-conformance run --seed soak --cases ${cases}\n`,
    );
    process.exitCode = BROKEN;
  }
  if (early === undefined || late === undefined || early.bytes === 0) return;
  const growth = late.bytes / early.bytes;
  const most = Math.max(...seen.map(({ bytes }) => bytes));
  process.stdout.write(
    `resident set of all processes: ${growth.toFixed(2)} times that after ${early.done} cases; never more than ${inMB(most)}\n`,
  );
  if (growth > MOST_GROWTH && code === 0) process.exitCode = 1;
});
