// plumbing: the commands `run` and `check`
import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { FAMILIES } from '../../../generators/index.js';
import { DEFAULT_CORPUS } from '../../../reports/report.js';
import { showProgress } from '../../../reports/terminal.js';
import { RULES, ruleNamed } from '../../../spec/rules/index.js';
import type { CheckArguments } from '../../check/index.js';
import { globs } from '../../runner/globs.js';
import { checkOptions, DEFAULTS, UsageError, type RunOptions } from '../../runner/options.js';
import { run } from '../../runner/run.js';
import { errorCode } from '../../system-error.js';
import { TARGET_NAMES } from '../../targets/builtin.js';
import { readWaivers } from '../../waivers/waivers.js';
import { REPORT_KINDS, reportRequest, requireReports, writeReports, type ReportRequest } from '../reports.js';
import { duration, list, repeated, shard, tier, wholeNumber } from '../usage.js';
import { familiesOption, stepTimeoutOption, timeoutOption } from '../options.js';

/** The options of both commands: those of a run that have the meaning of their fields, and what is read or written beside it. */
interface Common extends Omit<
  RunOptions,
  'families' | 'rules' | 'check' | 'waivers' | 'signal' | 'onProgress' | 'onNotice' | 'pool'
> {
  readonly waivers?: string;
  readonly report?: readonly string[];
}

interface RunArguments extends Common {
  readonly families?: readonly string[];
  readonly rules?: readonly string[];
  readonly list?: boolean;
}

interface CheckOptions extends Common {
  readonly did?: readonly string[];
  readonly init?: readonly string[];
  readonly wire?: readonly string[];
}

/** Options that every command has which runs cases. */
function common(command: Command, cases: string): Command {
  return command
    .option('--target <T>', `implementation under test: ${TARGET_NAMES}`, DEFAULTS.target)
    .option('--against <T>', 'compare with this target instead of the default one')
    .option('--seed <TEXT>', 'any text; decides everything', DEFAULTS.seed)
    .addOption(new Option('--cases <N>', `number of cases (default: ${cases})`).argParser(wholeNumber(1)))
    .addOption(new Option('--time <D>', 'run for so long instead, e.g. 90s, 15m, 2h').argParser(duration))
    .addOption(
      new Option(
        '--tier <TIER>',
        'ceiling of what is asserted: spec, profile, differential; default: differential for engines of ours and with --against, else spec',
      ).argParser(tier),
    )
    .option('--profile <NAME>', 'profile of every case, instead of its own')
    .addOption(
      new Option('--jobs <N>', 'workers, each a process; default: one for each processor').argParser(wholeNumber(1)),
    )
    .addOption(new Option('--shard <i/n>', 'run part i of n').argParser(shard))
    .option(
      '--corpus <DIR>',
      `where failing cases are kept; those that are there come first (default: ${DEFAULT_CORPUS}, where none come first)`,
    )
    .addOption(
      new Option('--interesting <N>', 'passing cases kept, too: each alone judged a clause').argParser(wholeNumber(0)),
    )
    .option('--resume', 'go on where the same run was cut off before')
    .option('--waivers <FILE>', 'clauses whose violation is accepted, with reasons')
    .option('--report <KIND[=PATH]>', `${REPORT_KINDS}; may be repeated`, repeated)
    .addOption(
      new Option('--max-failures <N>', 'findings that are reduced and listed')
        .argParser(wholeNumber(0))
        .default(DEFAULTS.maxFailures),
    )
    .addOption(timeoutOption())
    .addOption(stepTimeoutOption());
}

export function addRun(program: Command): void {
  common(
    program.command('run').description('run random cases'),
    `${DEFAULTS.cases}, and ${DEFAULTS.searchedCases} below tier differential`,
  )
    .addOption(familiesOption())
    .option('--rules <GLOB>', 'judge only these clauses, e.g. "cycles/*"; may be repeated', list)
    .option('--list', 'print the clauses and families that would be run, and stop')
    .action(async (options: RunArguments, command: Command) => {
      const { families, rules } = options;
      const selected = { ...(families && { families }), ...(rules && { rules }) };
      if (options.list === true) await printSelection(options, selected);
      else await execute(command, options, selected);
    });
}

export function addCheck(program: Command): void {
  common(
    program
      .command('check')
      .description('call the methods of real canisters in random order')
      .argument('<MODULE.wasm...>', 'modules; several make canisters that can call one another'),
    String(DEFAULTS.checkCases),
  )
    .option('--did <FILE>', 'types of the methods; NAME=FILE where there are several modules', repeated)
    .option(
      '--init <ARG>',
      'init argument in Candid text, in which principal "$user0" (the controller) and "$user1" are those who call; NAME=ARG where there are several modules',
      repeated,
    )
    .option(
      '--wire <NAME=MODULE>',
      "give every canister an environment variable NAME with MODULE's canister id",
      repeated,
    )
    .action(async (files: readonly string[], options: CheckOptions, command: Command) => {
      await execute(command, options, { check: checkArguments(files, options) });
    });
}

function checkArguments(files: readonly string[], { did = [], init = [], wire = [] }: CheckOptions): CheckArguments {
  return {
    modules: files.map((file) => ({ file, bytes: new Uint8Array(readInput(file)) })),
    dids: did.map((text) => {
      const [, module, file] = /^([^=]+)=(.*)$/.exec(text) ?? [];
      const path = file ?? text;
      return { ...(module !== undefined && { module }), did: { file: path, text: readInput(path).toString('utf8') } };
    }),
    inits: init,
    wires: wire,
  };
}

function readInput(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file}: cannot be read (${errorCode(error)}). Check the name and the permissions`);
  }
}

/** Runs, reports, and sets the exit code. */
async function execute(command: Command, options: Common, more: Partial<RunOptions>): Promise<void> {
  const { requests, waivers } = requested(options);
  requireReports(requests);
  const {
    target,
    against,
    seed,
    tier: ceiling,
    jobs,
    corpus,
    interesting,
    maxFailures,
    timeout,
    stepTimeout,
    profile,
  } = options;
  const interrupt = new AbortController();
  const onInterrupt = () => {
    // A second Ctrl-C does not wait for the summary.
    if (interrupt.signal.aborted) process.exit(3);
    process.stderr.write('\ninterrupted: the summary so far follows\n');
    interrupt.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onInterrupt);
  const progress = showProgress(process.stderr);
  try {
    const { report, exitCode } = await run({
      ...defined({ target, against, seed, jobs, corpus, interesting, maxFailures, timeout, stepTimeout, profile }),
      ...lengthOf(command, options),
      ...(ceiling && { tier: ceiling }),
      ...(options.shard && { shard: options.shard }),
      ...(waivers && { waivers }),
      ...more,
      signal: interrupt.signal,
      ...(options.resume === true && { resume: true }),
      onNotice: (message) => process.stderr.write(`${message}\n`),
      onProgress: ({ totals, all }) => {
        progress.update(totals, all);
      },
    });
    progress.stop();
    process.exitCode = exitCode;
    writeReports(report, requests);
  } finally {
    progress.stop();
    for (const signal of SIGNALS) process.off(signal, onInterrupt);
  }
}

/** What ends a run early, with a summary: Ctrl-C, and what schedulers send before they kill. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The reports and waivers that were asked for. @throws UsageError, WaiverError */
function requested({ report = [], waivers }: Common): {
  readonly requests: readonly ReportRequest[];
  readonly waivers?: ReturnType<typeof readWaivers>;
} {
  const isClause = (id: string) => ruleNamed(id) !== undefined;
  return {
    requests: report.map(reportRequest),
    ...(waivers !== undefined && { waivers: readWaivers(waivers, isClause) }),
  };
}

/** A number of cases or a time: of the two, what the command line says counts before the configuration file. */
function lengthOf(command: Command, { cases, time }: Common): Pick<RunOptions, 'cases' | 'time'> {
  const source = (name: 'cases' | 'time') => command.getOptionValueSource(name);
  if (time !== undefined && source('cases') === source('time')) {
    throw new UsageError('--cases and --time: a run has a number of cases or a time. Give one of the two');
  }
  const isTimed = time !== undefined && !(source('cases') === 'cli' && source('time') === 'config');
  return isTimed ? { time } : defined({ cases });
}

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** @throws UsageError, UnknownFamilyError, WaiverError as a run would */
async function printSelection(options: RunArguments, selected: Pick<RunOptions, 'families' | 'rules'>): Promise<void> {
  requested(options);
  await checkOptions({ ...defined({ profile: options.profile }), ...selected });
  const { rules = [], families = FAMILIES } = selected;
  const isSelected = rules.length === 0 ? () => true : globs(rules);
  const lines = RULES.filter(({ id }) => isSelected(id)).map(({ id, level }) => `${level.padEnd(11)} ${id}`);
  process.stdout.write(`families: ${families.join(', ')}\n${lines.join('\n')}\n`);
}
