// plumbing: the commands `run` and `check`
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import { FAMILIES } from '../../../generators/index.js';
import { DEFAULT_CORPUS } from '../../../reports/report.js';
import { showProgress } from '../../../reports/terminal.js';
import { RULES, ruleNamed } from '../../../spec/rules/index.js';
import type { Tier } from '../../../spec/vocabulary/verdict.js';
import type { CheckArguments } from '../../check/index.js';
import { globs } from '../../runner/globs.js';
import { DEFAULT_CASES, UsageError, type RunOptions } from '../../runner/options.js';
import { run } from '../../runner/run.js';
import { TARGET_NAMES } from '../../targets/builtin.js';
import { readWaivers } from '../../waivers/waivers.js';
import { REPORT_KINDS, reportRequest, writeReports, type ReportRequest } from '../reports.js';
import { duration, list, repeated, shard, tier, wholeNumber } from '../usage.js';

interface Common {
  readonly target?: string;
  readonly against?: string;
  readonly seed?: string;
  readonly cases?: number;
  readonly time?: number;
  readonly tier?: Tier;
  readonly jobs?: number;
  readonly shard?: { readonly index: number; readonly count: number };
  readonly corpus?: string;
  readonly interesting?: number;
  readonly resume?: boolean;
  readonly waivers?: string;
  readonly report?: readonly string[];
  readonly maxFailures?: number;
  readonly timeout?: number;
  readonly stepTimeout?: number;
  readonly profile?: string;
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
function common(command: Command, cases: number): Command {
  return command
    .option('--target <T>', `implementation under test: ${TARGET_NAMES}`, 'executor')
    .option('--against <T>', 'compare with this target instead of the default one')
    .option('--seed <TEXT>', 'any text; decides everything', '0')
    .addOption(new Option('--cases <N>', 'number of cases').argParser(wholeNumber(1)).default(cases))
    .addOption(new Option('--time <D>', 'run for so long instead, e.g. 90s, 15m, 2h').argParser(duration))
    .addOption(
      new Option(
        '--tier <TIER>',
        'ceiling of what is asserted: spec, profile, differential; default: differential for engines of ours and with --against, else spec',
      ).argParser(tier),
    )
    .option('--profile <NAME>', 'profile of every case, instead of its own')
    .addOption(new Option('--jobs <N>', 'worker threads; default: one for each processor').argParser(wholeNumber(1)))
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
      new Option('--max-failures <N>', 'findings that are reduced and listed').argParser(wholeNumber(0)).default(20),
    )
    .addOption(new Option('--timeout <D>', 'what a case may take').argParser(duration))
    .addOption(new Option('--step-timeout <D>', 'what one answer of the target may take').argParser(duration));
}

export function addRun(program: Command): void {
  common(program.command('run').description('run random cases'), DEFAULT_CASES)
    .option('--families <NAMES>', `what the cases are about: ${FAMILIES.join(', ')}`, list)
    .option('--rules <GLOB>', 'judge only these clauses, e.g. "cycles/*"; may be repeated', list)
    .option('--list', 'print the clauses and families that would be run, and stop')
    .action(async (options: RunArguments) => {
      if (options.list === true) printSelection(options);
      else await execute(options, {
          ...(options.families && { families: options.families }),
          ...(options.rules && { rules: options.rules }),
        }); // prettier-ignore
    });
}

export function addCheck(program: Command): void {
  common(
    program
      .command('check')
      .description('call the methods of real canisters in random order')
      .argument('<MODULE.wasm...>', 'modules; several make canisters that can call one another'),
    200,
  )
    .option('--did <FILE>', 'types of the methods; NAME=FILE where there are several modules', repeated)
    .option('--init <ARG>', 'init argument in Candid text; NAME=ARG where there are several modules', repeated)
    .option(
      '--wire <NAME=MODULE>',
      "give every canister an environment variable NAME with MODULE's canister id",
      repeated,
    )
    .action(async (files: readonly string[], options: CheckOptions) => {
      await execute(options, { check: checkArguments(files, options) });
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
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`${basename(file)}: ${file} cannot be read (${reason}). Check the name and the permissions`);
  }
}

/** Runs, reports, and sets the exit code. */
async function execute(options: Common, more: Partial<RunOptions>): Promise<void> {
  const requests = (options.report ?? []).map(reportRequest);
  const waivers =
    options.waivers === undefined ? undefined : readWaivers(options.waivers, (id) => ruleNamed(id) !== undefined);
  const {
    target,
    against,
    seed,
    cases,
    time,
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
  process.on('SIGINT', onInterrupt);
  const own = time !== undefined ? undefined : Math.ceil((cases ?? DEFAULT_CASES) / (options.shard?.count ?? 1));
  const progress = showProgress(process.stderr, own);
  try {
    const { report, exitCode } = await run({
      ...defined({
        target,
        against,
        seed,
        cases,
        time,
        jobs,
        corpus,
        interesting,
        maxFailures,
        timeout,
        stepTimeout,
        profile,
      }),
      ...(ceiling && { tier: ceiling }),
      ...(options.shard && { shard: options.shard }),
      ...(waivers && { waivers }),
      ...more,
      signal: interrupt.signal,
      ...(options.resume === true && { resume: true }),
      onNotice: (message) => process.stderr.write(`${message}\n`),
      onProgress: ({ totals }) => {
        progress.update(totals);
      },
    });
    progress.stop();
    finish(report, requests, exitCode);
  } finally {
    progress.stop();
    process.off('SIGINT', onInterrupt);
  }
}

function finish(
  report: Parameters<typeof writeReports>[0],
  requests: readonly ReportRequest[],
  exitCode: number,
): void {
  process.exitCode = exitCode;
  writeReports(report, requests);
}

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function printSelection({ rules = [], families = FAMILIES }: RunArguments): void {
  const selected = rules.length === 0 ? () => true : globs(rules);
  const lines = RULES.filter(({ id }) => selected(id)).map(({ id, level }) => `${level.padEnd(11)} ${id}`);
  process.stdout.write(`families: ${families.join(', ')}\n${lines.join('\n')}\n`);
}
