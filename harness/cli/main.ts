#!/usr/bin/env node
// plumbing: the command line program
import { Command, CommanderError } from 'commander';
import { suite } from '../runner/suite.js';
import { addMinimize, addReplay, addShow } from './commands/cases.js';
import { addFill } from './commands/fill.js';
import { addCompare, addMerge, addReport } from './commands/reports.js';
import { addExplain, addRules } from './commands/rules.js';
import { addCheck, addRun } from './commands/run.js';
import { addSmoke } from './commands/smoke.js';
import { addServe } from './commands/serve.js';
import { addTargets } from './commands/targets.js';
import { errorCode, isSystemError } from '../system-error.js';
import { TargetFault } from '../target.js';
import { optimiseLater } from '../v8-flags.js';
import { applyConfig } from './config.js';
import { isInputError } from './usage.js';

optimiseLater();

const USAGE = 2;
const BROKEN = 3;

// Who reads only the beginning (`| head`) has seen enough: the exit code stays that of what was found. A result that could not be
// written is none.
let isOutputLost = false;
process.stdout.on('error', (error) => {
  if (errorCode(error) === 'EPIPE' || isOutputLost) return;
  isOutputLost = true;
  process.stderr.write(
    `ic0-conformance: standard output cannot be written (${errorCode(error)}). Make room, or send it elsewhere\n`,
  );
});
process.stderr.on('error', () => {
  // There is nowhere left to say it.
});
process.on('exit', () => {
  if (isOutputLost && (process.exitCode ?? 0) === 0) process.exitCode = BROKEN;
});

const program = new Command('ic0-conformance')
  .description("judges implementations of the Internet Computer's canister interface")
  .version(suite().version)
  .option('--config <FILE>', 'configuration file; default: ic0-conformance.config.json where it exists')
  .showHelpAfterError('(--help shows the options)')
  .exitOverride();

for (const add of [
  addRun,
  addCheck,
  addReplay,
  addMinimize,
  addShow,
  addRules,
  addExplain,
  addFill,
  addMerge,
  addReport,
  addCompare,
  addServe,
  addSmoke,
  addTargets,
]) {
  add(program);
}
for (const command of program.commands)
  command.exitOverride().showHelpAfterError(`(ic0-conformance ${command.name()} --help shows the options)`);
program.hook('preAction', (_, command) => {
  applyConfig(command, program.commands, program.opts<{ config?: string }>().config);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help and version come this way too, with exit code 0. Commander has printed the message.
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else if (isInputError(error)) {
    process.stderr.write(`ic0-conformance: ${error.message}\n`);
    process.exitCode = USAGE;
  } else if (error instanceof TargetFault) {
    process.stderr.write(`ic0-conformance: ${error.message}\n${adviceOn(error)}`);
    process.exitCode = BROKEN;
  } else if (isSystemError(error)) {
    process.stderr.write(
      `ic0-conformance: the host refused: ${error.message}. See to its disk, permissions and limits\n`,
    );
    process.exitCode = BROKEN;
  } else {
    process.stderr.write(
      `ic0-conformance: this is a fault of the suite\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = BROKEN;
  }
}

/** What to do about a target that cannot be used; the smoke test has advice of its own. */
function adviceOn({ target }: TargetFault): string {
  if (target === undefined || process.argv.includes('smoke')) return '';
  return `To see what is wrong with it, try: ic0-conformance smoke --target ${JSON.stringify(target)}\n`;
}
