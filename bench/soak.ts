// plumbing: npm run soak [-- --cases N] — whether memory stays flat: cases one after the other in one thread, as a worker runs them
import { Command, Option } from 'commander';
import { readCommandLine, wholeNumber } from '../harness/command-line.js';
import { prepareJob, CaseRunner } from '../harness/runner/job.js';

const tool = new Command('soak')
  .description(
    'runs cases in one thread; exit code 1 when the resident set at the end is over 1.2 times that after a tenth',
  )
  .addOption(new Option('--cases <n>', 'how many').default(100_000).argParser(wholeNumber(1)))
  .option('--corpus <dir>', 'where failing cases are kept', '.ic0-conformance/corpus');
const { cases, corpus } = readCommandLine(tool).opts<{ cases: number; corpus: string }>();

const CHUNK = 100;
const MOST_GROWTH = 1.2;
const tenth = Math.ceil(cases / 10 / CHUNK) * CHUNK;

const runner = new CaseRunner(
  await prepareJob({
    target: 'executor', seed: 'soak', tier: 'differential', families: [], rules: [], corpus,
  }),
); // prettier-ignore

let early = 0;
let late = 0;
for (let done = 0; done < cases; done += CHUNK) {
  runner.run(Array.from({ length: CHUNK }, (_, i) => done + i));
  // What finalizers free (WebAssembly's memories and code), they free between tasks.
  await new Promise((resolve) => setImmediate(resolve));
  late = process.memoryUsage().rss;
  if (done + CHUNK === tenth) early = late;
  if ((done + CHUNK) % tenth === 0) {
    const { heapUsed, external } = process.memoryUsage();
    console.log([done + CHUNK, late, heapUsed, external].map((n, i) => (i === 0 ? `${n} cases:` : `${Math.round(n / 1e6)} MB`)).join(' ')); // prettier-ignore
  }
}
const growth = late / early;
console.log(`resident set: ${growth.toFixed(2)} times that after ${tenth} cases`);
if (growth > MOST_GROWTH) process.exitCode = 1;
