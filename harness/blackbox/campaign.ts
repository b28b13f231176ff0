// plumbing: what black-box judgement is worth — are mutants caught that show replies, rejects and status only, and is nobody accused wrongly
//
//   npm run campaign:blackbox -- mutants --cases 2000            every mutant until it is caught
//   npm run campaign:blackbox -- mutants --only accept --json F
//   npm run campaign:blackbox -- mutants --after F --first 2000  those that were not caught when F was written, in other cases
//   npm run campaign:blackbox -- chaos --cases 10000 --first 0   chaos, with a seed of its own for each thousand cases
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { generateCase } from '../../generators/index.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { readCommandLine, wholeNumber } from '../command-line.js';
import { isOwn, type Catch } from '../mutants/hunt.js';
import { mutants } from '../mutants/index.js';
import { STACK_MB } from '../stack.js';
import { now } from '../timing.js';
import type { CaseResult } from '../types.js';
import { blackBoxOf } from './box.js';
import { judgePrepared, prepare } from './judge.js';
import { BOX_TIERS, type BoxTier } from './play.js';
import { isRelevant, recordingExecutor } from './relevant.js';
import { caughtShares, REQUIRED_PERCENT } from './required-share.js';
import { UNSEEN } from './unseen.js';

interface Options {
  readonly what: string;
  readonly cases: number;
  readonly first: number;
  readonly seed: string;
  readonly seconds: number;
  readonly every: number;
  readonly only?: string;
  readonly unseen?: true;
  readonly tier: BoxTier;
  readonly json?: string;
  readonly after?: readonly Catch[];
}

/** Cases after which the chaos campaign says how far it is. */
const PROGRESS = 500;

/** At once: nothing that goes through the main thread is printed while the worker works. */
const say = (text: string) => writeSync(1, `${text}\n`);

function profileOf(name: string) {
  const profile = profileNamed(name);
  if (profile === undefined) throw new Crash(`there is no profile ${name}`);
  return profile;
}

/** Runs cases, in order, on each mutant of the executor until one fails. */
function huntMutants(options: Options): number {
  const { cases, first, seed, seconds, tier, unseen, json } = options;
  const chosen = chosenOf(options);
  const found: Catch[] = earlierCatches(options);
  const earlier = new Set(found.map(({ mutant }) => mutant));
  const triesAll = unseen === true || tier === 'profile';
  const tried = chosen.filter(({ name }) => !earlier.has(name) && (triesAll || !UNSEEN.has(name)));
  const alive = new Map(tried.map((mutant) => [mutant.name, { mutant, box: blackBoxOf(mutant.engine) }]));
  const verdicts = new Map<string, number>();
  const ends = now() + 1000 * seconds;
  let k = first;
  for (; k < first + cases && alive.size > 0 && now() < ends; k++) {
    const { scenario } = generateCase(seed, k);
    const capabilities = [...alive.values()][0]?.box.capabilities;
    if (capabilities === undefined) break;
    const prepared = prepare(scenario, capabilities, profileOf(scenario.profile), { tier });
    if ('verdict' in prepared) continue;
    const ran = new Set<string>();
    // Where the executor itself cannot run the case, no mutant of it can.
    if (judgePrepared(prepared, blackBoxOf(recordingExecutor(ran)).target).verdict === 'skipped') continue;
    for (const { mutant, box } of alive.values()) {
      if (!isRelevant(mutant, ran)) continue;
      const { verdict, failures } = judgePrepared(prepared, box.target);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      const [failure] = failures;
      if (failure === undefined) continue;
      alive.delete(mutant.name);
      const { rule, kind, expected, actual } = failure;
      const own = isOwn(mutant, rule);
      found.push({
        mutant: mutant.name,
        family: mutant.family,
        caught: { cases: k + 1, rule, own, kind, expected, actual },
      });
      say(
        `${`${mutant.family}/${mutant.name}`.padEnd(60)} ${String(k + 1).padStart(5)} cases  ${own ? 'own  ' : 'other'} ${rule}`,
      );
    }
  }
  const caughtNames = new Set(found.map(({ mutant }) => mutant));
  for (const mutant of chosen.filter(({ name }) => !caughtNames.has(name))) {
    found.push({ mutant: mutant.name, family: mutant.family });
    const reason = tier === 'spec' ? UNSEEN.get(mutant.name) : undefined;
    say(`${`${mutant.family}/${mutant.name}`.padEnd(60)} not caught${reason === undefined ? '' : `: ${reason}`}`);
  }
  const own = found.filter((one) => one.caught?.own === true).length;
  const { all, seeable, isEnough } = caughtShares(found, tier);
  const required = (of: BoxTier) => (of === tier ? `; required: ${REQUIRED_PERCENT[tier]} %` : '');
  say(`\nverdicts: ${[...verdicts].map(([verdict, times]) => `${verdict} ${times}`).join(', ')}`);
  say(
    `${all.caught} of ${all.of} mutants caught (${all.percent.toFixed(1)} %${required('profile')}) within ${k - first} cases, ${own} by their own clause or a twin`,
  );
  say(
    `${seeable.caught} of the ${seeable.of} that can be seen from outside at tier spec (${seeable.percent.toFixed(1)} %${required('spec')})`,
  );
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(found, null, 2)}\n`);
  return isEnough ? 0 : 1;
}

/** Of the chosen mutants, what an earlier campaign caught. */
function earlierCatches({ after = [], ...options }: Options): Catch[] {
  const names = new Set(chosenOf(options).map(({ name }) => name));
  return after.filter(({ mutant, caught }) => caught !== undefined && names.has(mutant));
}

/** What a campaign has written with --json. */
function readCatches(path: string): readonly Catch[] {
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(written) || !written.every(isCatch))
    throw new InvalidArgumentError('It is not what --json writes.');
  return written;
}

const isCatch = (one: unknown): one is Catch =>
  typeof one === 'object' && one !== null && 'mutant' in one && typeof one.mutant === 'string';

function told({ failures }: CaseResult): string {
  return failures
    .map(
      ({ rule, step, kind, expected, actual }) =>
        `${rule} at step ${step}, ${kind}\n  expected ${expected}\n  actual   ${actual}`,
    )
    .join('\n');
}

/** Runs cases on a target that conforms: every failure is a false alarm. */
async function tryChaos({ cases, first, seed, seconds, tier }: Options): Promise<number> {
  const { chaos } = await import('../targets/chaos/chaos.js');
  const verdicts = new Map<string, number>();
  const reasons = new Map<string, number>();
  const ends = now() + 1000 * seconds;
  let alarms = 0;
  let k = first;
  for (; k < first + cases && now() < ends; k++) {
    const { scenario } = generateCase(seed, k);
    const { target, capabilities } = chaos(`${seed} ${Math.floor(k / 1000)}`, tier);
    const prepared = prepare(scenario, capabilities, profileOf(scenario.profile), { tier });
    const result = 'verdict' in prepared ? prepared : judgePrepared(prepared, target);
    verdicts.set(result.verdict, (verdicts.get(result.verdict) ?? 0) + 1);
    if (result.reason !== undefined) reasons.set(result.reason, (reasons.get(result.reason) ?? 0) + 1);
    if (result.verdict === 'fail') {
      alarms += 1;
      say(`case ${k}: ${told(result)}`);
    }
    if ((k + 1 - first) % PROGRESS === 0) say(`${k + 1 - first} cases, ${alarms} alarms so far`);
  }
  say(
    `${alarms} alarms in ${k - first} cases: ${[...verdicts].map(([verdict, times]) => `${verdict} ${times}`).join(', ')}`,
  );
  for (const [reason, times] of [...reasons].sort((a, b) => b[1] - a[1])) say(`  ${times} x ${reason}`);
  return alarms === 0 ? 0 : 1;
}

function optionsOf(): Options {
  const tool = new Command('campaign')
    .addArgument(new Argument('<what>', 'what is tried').choices(['mutants', 'chaos']))
    .addOption(new Option('--cases <n>', 'how many').default(2000).argParser(wholeNumber(1)))
    .addOption(new Option('--first <k>', 'number of the first').default(0).argParser(wholeNumber(0)))
    .addOption(new Option('--seed <text>', 'seed of the cases').default('black boxes'))
    .addOption(new Option('--seconds <n>', 'stop after so many').default(1e9).argParser(wholeNumber(1)))
    .addOption(
      new Option('--every <n>', 'of the mutants only each n-th: a sample').default(1).argParser(wholeNumber(1)),
    )
    .option('--only <text>', 'mutants whose family/name contains it')
    .addOption(
      new Option('--tier <tier>', 'whom the targets are taken for: anybody, or who follows the profile')
        .choices(BOX_TIERS)
        .default('spec'),
    )
    .option('--unseen', 'try those too that no black box can show at tier spec')
    .option('--json <file>', 'write what became of the mutants')
    .addOption(
      new Option(
        '--after <file>',
        'what an earlier campaign wrote: mutants that it caught count, and are not tried again',
      ).argParser(readCatches),
    );
  const [what = ''] = readCommandLine(tool).args;
  const options = { what, ...tool.opts<Omit<Options, 'what'>>() };
  if (chosenOf(options).length === 0) {
    tool.error(`error: --only ${options.only ?? ''}: no mutant of the executor has this in its family/name`);
  }
  return options;
}

/** The mutants of the executor that are asked for. */
function chosenOf({ only = '', every }: Pick<Options, 'only' | 'every'>): typeof mutants {
  return mutants
    .filter(({ family, name }) => family !== 'model' && `${family}/${name}`.includes(only))
    .filter((_mutant, i) => i % every === 0);
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: optionsOf(),
    resourceLimits: { stackSizeMb: STACK_MB },
  });
  worker.on('message', (code: number) => {
    process.exitCode = code;
  });
} else {
  const options = workerData as Options;
  parentPort?.postMessage(options.what === 'chaos' ? await tryChaos(options) : huntMutants(options));
}
