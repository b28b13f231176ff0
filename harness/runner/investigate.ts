// plumbing: from a failing case to what is reported — reduced, told, kept on disk
import { compileModules, moduleToWat, printProgram } from '../../generators/index.js';
import type { ReportFailure } from '../../reports/report.js';
import type { Story } from '../../reports/story-types.js';
import { tellStory, type PrintedModule } from '../../reports/story.js';
import type { Verdict } from '../../spec/vocabulary/verdict.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { Corpus, caseId } from '../corpus/store.js';
import { reduce } from '../reducer/reduce.js';
import { divergenceKey, sameFailure } from '../reducer/same-failure.js';
import type { CaseFile, Failure } from '../types.js';
import { caseFile, judge, type Job } from './job.js';
import { replayCommand } from './replay-command.js';

/** A finding as it is reported, but for the number of cases that show it. */
export interface Finding {
  /** What the finding was called before it was reduced: the key under which cases were counted. */
  readonly key: string;
  readonly failure: Omit<ReportFailure, 'occurrences'>;
}

/** Modules larger than this are not printed as text. */
const LONGEST_MODULE = 65_536;

/**
 * Reduces case `k`, which fails, and keeps the result.
 * @param budget evaluations of the reducer; 0: the case is told as it is
 * @throws Crash when the case does not fail
 */
export async function investigate(job: Job, k: number, budget: number): Promise<Finding> {
  const original = job.source.at(k).scenario;
  const first = firstFailure(job, original);
  if (first === undefined) throw new Crash(`case ${k} failed before and does not fail now`);
  const { scenario, failure, minimized } = await minimise(job, original, first, budget);
  const corpus = new Corpus(job.spec.corpus);
  const kept = corpus.keep(caseFile(job.spec, scenario, { k, minimized, failure }));
  const before = caseId(caseFile(job.spec, original, { k, minimized: false, failure: first }));
  if (before !== kept.id) corpus.remove(before);
  return { key: divergenceKey(first), failure: await tell(job, kept.id, kept.case, failure, k) };
}

/** The failure of a scenario, or undefined where it does not fail. */
export function firstFailure(job: Job, scenario: Scenario): Failure | undefined {
  return judge(job, scenario).failures[0];
}

/** The smallest scenario found that shows the same: the same kind of failure, of the same clause or a twin. */
export async function minimise(
  job: Job,
  scenario: Scenario,
  failure: Failure,
  budget: number,
): Promise<{ readonly scenario: Scenario; readonly failure: Failure; readonly minimized: boolean }> {
  if (budget === 0) return { scenario, failure, minimized: false };
  const stillFails = (candidate: Scenario): boolean => {
    const other = firstFailure(job, candidate);
    return other?.tier === failure.tier && sameFailure(failure, other);
  };
  const reduction = await reduce(scenario, stillFails, { budget });
  return {
    scenario: reduction.scenario,
    failure: firstFailure(job, reduction.scenario) ?? failure,
    minimized: reduction.finished && reduction.verified,
  };
}

/** What became of a case from a file. */
export interface Replay {
  readonly verdict: Verdict;
  readonly reason?: string;
  /** Absent where it does not fail. */
  readonly failure?: Omit<ReportFailure, 'occurrences'>;
  /** The case as a story, with the failure that was found, if any. */
  readonly story: Story;
}

/** Runs a case that was read from a file. */
export async function replayCase(job: Job, id: string, value: CaseFile): Promise<Replay> {
  const { verdict, reason, failures } = judge(job, value.scenario);
  const [failure] = failures;
  const story = await storyOf(job, id, value.scenario, failure);
  return {
    verdict,
    ...(reason !== undefined && { reason }),
    ...(failure !== undefined && { failure: reported(id, value, failure, story, value.origin?.k) }),
    story,
  };
}

/** What became of a case that was to be made smaller. */
export interface Minimized {
  readonly verdict: Verdict;
  readonly reason?: string;
  /** A smaller case that shows the same; absent where the case does not fail. */
  readonly case?: CaseFile;
}

/** Makes a case smaller that was read from a file. */
export async function minimizeCase(job: Job, value: CaseFile, budget: number): Promise<Minimized> {
  const { verdict, reason, failures } = judge(job, value.scenario);
  const [first] = failures;
  if (first === undefined) return { verdict, ...(reason !== undefined && { reason }) };
  const { scenario, failure, minimized } = await minimise(job, value.scenario, first, budget);
  const k = value.origin?.k;
  const made = caseFile(job.spec, scenario, { ...(k !== undefined && { k }), minimized, failure });
  return { verdict, case: { ...made, ...(value.origin && { origin: value.origin }) } };
}

/** What a report says of a failing case. */
export async function tell(
  job: Job,
  id: string,
  value: CaseFile,
  failure: Failure,
  k?: number,
): Promise<Omit<ReportFailure, 'occurrences'>> {
  return reported(id, value, failure, await storyOf(job, id, value.scenario, failure), k);
}

/** Runs the scenario once more and tells it, up to the failure if there is one. */
async function storyOf(job: Job, id: string, scenario: Scenario, failure: Failure | undefined): Promise<Story> {
  const { observed, seenIn } = judge(job, scenario, true);
  const { against } = job.spec;
  return tellStory({
    scenario,
    ...(failure !== undefined && { failure }),
    observed: observed ?? [],
    ...(against !== undefined && against !== 'reference' && { against }),
    ...((job.comparison.kind === 'black boxes' || seenIn === 'model') && { seenIn: 'model' }),
    modules: await printed(scenario),
    replay: replayCommand(job.spec, id),
  });
}

function reported(
  id: string,
  { minimized }: CaseFile,
  { rule, tier, kind, step, transition, entryPoint, import: name, expected, actual }: Failure,
  story: Story,
  k: number | undefined,
): Omit<ReportFailure, 'occurrences'> {
  return {
    rule,
    tier,
    kind,
    case: { ...(k !== undefined && { k }), id },
    step,
    transition,
    ...(entryPoint !== undefined && { entryPoint }),
    ...(name !== undefined && { import: name }),
    expected,
    actual,
    minimized,
    story,
  };
}

async function printed(scenario: Scenario): Promise<readonly PrintedModule[]> {
  const bytes = compileModules(scenario);
  return Promise.all(
    scenario.modules.map(async (source, i): Promise<PrintedModule> => {
      const module = bytes[i] ?? new Uint8Array();
      const program = source.kind === 'program' ? printProgram(source.program) : source.description;
      return { program, wat: module.length > LONGEST_MODULE ? '' : await watOf(module) };
    }),
  );
}

/** Modules may be invalid on purpose. */
async function watOf(bytes: Uint8Array): Promise<string> {
  try {
    return await moduleToWat(bytes);
  } catch {
    return ';; wabt cannot read this module';
  }
}
