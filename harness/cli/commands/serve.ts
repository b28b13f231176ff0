// plumbing: the command `serve`
import { Worker } from 'node:worker_threads';
import type { Command } from 'commander';
import type { ServeOptions } from '../../serve/worker.js';
import { STACK_MB } from '../../stack.js';
import { builtinEngine, ENGINE_NAMES } from '../../targets/builtin.js';
import { UsageError } from '../../runner/options.js';

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('the built-in engines behind target-protocol@1, one JSON object a line (docs/target-protocol.md)')
    .option('--stdio', 'serve on standard input and output')
    .option('--target <T>', `which engine: ${ENGINE_NAMES}`, 'executor')
    .option('--black-box', 'show replies, rejects and status only', false)
    .action(async ({ stdio, target, blackBox }: { stdio?: boolean } & ServeOptions) => {
      if (stdio !== true)
        throw new UsageError('serve: there is only one way to serve, standard input and output. Give --stdio');
      await builtinEngine(target);
      await served({ target, blackBox });
    });
}

function served(options: ServeOptions): Promise<void> {
  const worker = new Worker(new URL('../../serve/worker.bundle.js', import.meta.url), {
    workerData: options,
    resourceLimits: { stackSizeMb: STACK_MB },
  });
  return new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', (code) => {
      process.exitCode = code === 0 ? 0 : 3;
      resolve();
    });
  });
}
