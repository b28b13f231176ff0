// plumbing: the command `fill`
import { Worker } from 'node:worker_threads';
import { Option, type Command } from 'commander';
import { plural } from '../../../reports/figures.js';
import type { FillOptions } from '../../fill/directory.js';
import { prepareDirectory } from '../../fill/prepare.js';
import type { StaticIndex } from '../../fill/static-case.js';
import { familiesNamed } from '../../runner/cases.js';
import { DEFAULTS, requireDirectory } from '../../runner/options.js';
import { STACK_MB } from '../../stack.js';
import { familiesOption } from '../options.js';
import { wholeNumber } from '../usage.js';

interface Options {
  readonly out: string;
  readonly seed: string;
  readonly cases: number;
  readonly families?: readonly string[];
}

const DEFAULT_CASES = 50;

export function addFill(program: Command): void {
  program
    .command('fill')
    .description('write static cases with everything that may be seen, for any consumer (docs/static-cases.md)')
    .requiredOption('--out <DIR>', 'directory that the cases, their index and their schemas are written to')
    .option('--seed <TEXT>', 'any text; decides everything', DEFAULTS.seed)
    .addOption(new Option('--cases <N>', 'number of cases').argParser(wholeNumber(1)).default(DEFAULT_CASES))
    .addOption(familiesOption())
    .action(async ({ out, seed, cases, families = [] }: Options) => {
      const chosen = familiesNamed(families);
      requireDirectory(out, '--out');
      prepareDirectory(out);
      const index = await filled({ out, seed, cases, families: chosen });
      const expectations = index.cases.reduce((sum, one) => sum + one.expectations, 0);
      process.stdout.write(
        `${out}: ${plural(index.cases.length, 'case')} with ${plural(expectations, 'expectation')}, ${index.skipped.length} left out; index.json lists them\n`,
      );
    });
}

/** Of a terminal: removes what stands from the cursor to the end of the line. */
const CLEAR_LINE = '\u001b[K';

type Message = { readonly done: number } | { readonly index: StaticIndex };

function filled(options: FillOptions): Promise<StaticIndex> {
  const worker = new Worker(new URL('../../fill/worker.js', import.meta.url), {
    workerData: options,
    resourceLimits: { stackSizeMb: STACK_MB },
  });
  const show = (text: string) => process.stderr.isTTY && process.stderr.write(`\r${CLEAR_LINE}${text}`);
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if ('index' in message) {
        show('');
        resolve(message.index);
      } else show(`${message.done} of ${options.cases}`);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      reject(new Error(`the worker of fill ended with ${code}`));
    });
  });
}
