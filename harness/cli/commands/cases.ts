// plumbing: the commands `replay`, `minimize` and `show`
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Option, type Command } from 'commander';
import { plural } from '../../../reports/figures.js';
import { DEFAULT_CORPUS } from '../../../reports/report.js';
import { showCase } from '../../../reports/show.js';
import { storyText } from '../../../reports/story-text.js';
import type { Tier, Verdict } from '../../../spec/vocabulary/verdict.js';
import { encodeCase } from '../../corpus/case-file.js';
import { caseId, Corpus, readCase } from '../../corpus/store.js';
import { staticCasesIn } from '../../fill/read-index.js';
import type { Replay } from '../../runner/investigate.js';
import type { JobSpec } from '../../runner/job.js';
import { REDUCTION_BUDGET, WorkerPool } from '../../runner/pool.js';
import { DEFAULTS, requireDirectory, UsageError } from '../../runner/options.js';
import { replayCommand } from '../../runner/replay-command.js';
import { defaultTier } from '../../targets/builtin.js';
import { describeTarget } from '../../targets/describe.js';
import type { CaseFile } from '../../types.js';
import { requireFile, writeFile } from '../reports.js';
import { stepTimeoutOption, timeoutOption } from '../options.js';
import { tier, wholeNumber } from '../usage.js';

interface Options {
  readonly target?: string;
  readonly against?: string;
  readonly tier?: Tier;
  readonly corpus: string;
  readonly timeout?: number;
  readonly stepTimeout?: number;
}

interface MinimizeOptions extends Options {
  readonly out?: string;
  readonly budget: number;
}

function common(command: Command): Command {
  return command
    .option('--target <T>', 'implementation under test; default: that of the case')
    .option('--against <T>', 'compare with this target instead of the default one')
    .addOption(
      new Option(
        '--tier <TIER>',
        'ceiling of what is asserted: spec, profile, differential; default: as for run',
      ).argParser(tier),
    )
    .option('--corpus <DIR>', 'where cases are looked for by their id', DEFAULT_CORPUS)
    .addOption(timeoutOption())
    .addOption(stepTimeoutOption());
}

export function addReplay(program: Command): void {
  common(
    program
      .command('replay')
      .description('run cases again: files, directories, or ids of the corpus')
      .argument('<CASE...>'),
  ).action(async (names: readonly string[], options: Options) => {
    const paths = names.flatMap((name) => find(name, options.corpus));
    // What cannot be read is said before anything is run.
    const cases = paths.map((path) => ({ path, value: readCase(path) }));
    const verdicts = new Set<Verdict>();
    for (const { path, value } of cases) {
      const replay = await replayed(path, value, options);
      process.stdout.write(`${path}: ${replay === undefined ? 'errored' : verdictLine(value, replay)}\n`);
      if (replay?.failure !== undefined) process.stdout.write(`\n${storyText(replay.story, { wat: false })}\n`);
      verdicts.add(replay?.verdict ?? 'errored');
    }
    const isJudged = verdicts.has('pass') || verdicts.has('fail');
    if (!isJudged) process.stderr.write('nothing was judged: no case passed or failed\n');
    process.exitCode = verdicts.has('fail') ? 1 : verdicts.has('errored') || !isJudged ? 3 : 0;
  });
}

export function addShow(program: Command): void {
  common(
    program
      .command('show')
      .description('print a case: steps, message boundaries, what was committed, the modules as text')
      .argument('<CASE>'),
  ).action(async (name: string, options: Options) => {
    const path = one(name, options.corpus);
    const value = readCase(path);
    const replay = await replayed(path, value, options);
    if (replay === undefined) process.exitCode = 3;
    else process.stdout.write(`${verdictLine(value, replay)}\n${showCase(value, replay.story)}`);
  });
}

export function addMinimize(program: Command): void {
  common(program.command('minimize').description('make a failing case smaller').argument('<CASE>'))
    .option('--out <FILE>', 'where the smaller case is written; default: the corpus')
    .addOption(
      new Option('--budget <N>', 'runs of the case at most').argParser(wholeNumber(1)).default(REDUCTION_BUDGET),
    )
    .action(async (name: string, options: MinimizeOptions) => {
      const value = readCase(one(name, options.corpus));
      if (options.out === undefined) requireDirectory(options.corpus, '--corpus');
      else requireFile(options.out);
      const answer = await withPool(specFor(value, options), options, (pool) =>
        pool.do({ kind: 'minimize', case: value, budget: options.budget }),
      );
      if (answer.kind === 'lost') {
        process.stderr.write(`${name}: ${answer.reason}\n`);
        process.exitCode = 3;
      } else if (answer.minimized.case === undefined) {
        const { verdict, reason } = answer.minimized;
        process.stdout.write(
          `${name} does not fail (${reason ?? verdict}): there is nothing to reduce, and nothing is written\n`,
        );
        process.exitCode = verdict === 'pass' ? 0 : 3;
      } else {
        const smaller = answer.minimized.case;
        const path = options.out ?? new Corpus(options.corpus).keep(smaller).path;
        if (options.out !== undefined) writeFile(options.out, encodeCase(smaller));
        const { steps, setup } = smaller.scenario;
        const size = `${plural(steps.length, 'step')}, ${plural(setup.canisters.length, 'canister')}`;
        process.stdout.write(`${path}: ${size}; ${smaller.failure?.rule ?? ''}\n`);
      }
    });
}

function verdictLine(value: CaseFile, { verdict, reason, failure }: Replay): string {
  const said = value.failure;
  const found = failure === undefined ? '' : ` ${failure.rule} (${failure.kind})`;
  const because = reason === undefined ? '' : ` (${reason})`;
  if (said === undefined) return `${verdict}${found}${because}`;
  const same = failure !== undefined && failure.rule === said.rule && failure.kind === said.kind;
  return `${verdict}${found}${because}; ${same ? 'as the file says' : `the file says ${said.rule} (${said.kind})`}`;
}

async function replayed(path: string, value: CaseFile, options: Options): Promise<Replay | undefined> {
  const spec = specFor(value, options);
  const answer = await withPool(spec, options, (pool) => pool.do({ kind: 'replay', id: caseId(value), case: value }));
  // The file is what was named, whether it lies in a corpus or not.
  if (answer.kind === 'replay') {
    return { ...answer.replay, story: { ...answer.replay.story, replay: replayCommand(spec, path) } };
  }
  process.stderr.write(`${path}: ${answer.reason}\n`);
  return undefined;
}

function specFor(value: CaseFile, options: Options): JobSpec {
  const target = options.target ?? value.target;
  return {
    target,
    ...(options.against !== undefined && { against: options.against }),
    seed: value.origin?.seed ?? '',
    tier: options.tier ?? defaultTier(target, options.against),
    families: [],
    rules: [],
    corpus: options.corpus,
    ...(options.stepTimeout !== undefined && { stepTimeout: options.stepTimeout }),
  };
}

async function withPool<T>(spec: JobSpec, options: Options, act: (pool: WorkerPool) => Promise<T>): Promise<T> {
  // A target that does not exist is the user's mistake, not the worker's death.
  await describeTarget(spec.target, spec.stepTimeout);
  if (spec.against !== undefined) await describeTarget(spec.against, spec.stepTimeout);
  const pool = new WorkerPool(spec, 1, options.timeout ?? DEFAULTS.timeout);
  try {
    return await act(pool);
  } finally {
    await pool.close();
  }
}

function one(name: string, corpus: string): string {
  const [path, ...more] = find(name, corpus);
  if (path === undefined || more.length > 0) {
    throw new UsageError(
      `${name}: this names ${plural(more.length + 1, 'case')}. Name one of them, such as ${path ?? name}`,
    );
  }
  return path;
}

/** A file, the cases of a directory, or the cases of the corpus whose ids begin so: one at least. */
function find(name: string, corpus: string): readonly string[] {
  if (existsSync(name)) return statSync(name).isDirectory() ? casesIn(name) : [name];
  if (/^[0-9a-f]{4,64}$/.test(basename(name))) {
    const found = new Corpus(corpus).find(name);
    if (found.length > 0) return found;
  }
  throw new UsageError(
    `${name}: no such file, and no case of ${join(corpus, '')} has an id that begins so. Name a case file or an id`,
  );
}

/** The cases of a corpus, or of a directory that `fill` wrote. */
function casesIn(directory: string): readonly string[] {
  const paths = staticCasesIn(directory) ?? new Corpus(directory).list().map(({ path }) => path);
  if (paths.length === 0)
    throw new UsageError(`${directory}: there is no case in this directory. Name one that has case files`);
  return paths;
}
