// plumbing: the story of a case — what ran, what was committed at each message boundary, and where it went wrong
import { ruleNamed } from '../spec/rules/index.js';
import type { Principal } from '../spec/vocabulary/brands.js';
import { ENTRY_POINTS } from '../spec/vocabulary/entry-point.js';
import { canisterId } from '../spec/vocabulary/ids.js';
import type { CanisterDigest, ExecutionRecord, NewMessage, TransitionRecord } from '../spec/vocabulary/record.js';
import type { ModuleSource, Scenario } from '../spec/vocabulary/scenario.js';
import type { Failure, ObservedTransition } from '../harness/types.js';
import { changesOf, fieldName, modelChanges } from './changes.js';
import type {
  Story,
  StoryBoundary,
  StoryCall,
  StoryCanister,
  StoryChange,
  StoryExecution,
  StoryModule,
  StoryStep,
  StoryViolation,
} from './story-types.js';
import { annotated, withTrapPlace, type TrapPlace } from './wat.js';
import {
  blob,
  canisterName,
  choiceText,
  grouped,
  isStimulus,
  messageText,
  nameOf,
  oneLine,
  outcomeText,
  responseText,
  settingsText,
  sideName,
  stimulusText,
  systemCallText,
} from './words.js';

/** A module's program and WebAssembly text; the generators print them. */
export interface PrintedModule {
  readonly program: string;
  readonly wat: string;
}

export interface StoryInput {
  readonly scenario: Scenario;
  /** Absent: the whole run is told. */
  readonly failure?: Failure;
  /** All transitions of the run up to the failure at least, in order. */
  readonly observed: readonly ObservedTransition[];
  /** For each module of the scenario. */
  readonly modules: readonly PrintedModule[];
  /** Command that shows the failure again. */
  readonly replay: string;
  /** Name of the target that it is compared with; default: the model. */
  readonly against?: string;
  /** Whose transitions these are; default: those of the target. A black box shows none. */
  readonly seenIn?: 'target' | 'model';
}

/** System calls shown at the beginning and at the end of an execution. */
const SHOWN_CALLS = 24;

/** The story of a case. Deterministic: it follows from its input alone. */
export function tellStory(input: StoryInput): Story {
  const { scenario, failure } = input;
  return {
    headline:
      (failure === undefined ? 'The case shows no violation.' : headline(failure, input.against)) + whose(input),
    ...(input.against === undefined ? {} : { against: input.against }),
    ...(failure === undefined ? {} : { violation: violationOf(failure) }),
    canisters: scenario.setup.canisters.map((_, k) => canisterOf(scenario, k)),
    modules: scenario.modules.map((module, i) => moduleOf(input, module, i)),
    steps: stepsOf(input),
    replay: input.replay,
  };
}

function violationOf({ rule: id, expected, actual }: Failure): StoryViolation {
  const rule = ruleNamed(id);
  return { clause: { id, paraphrase: rule?.text ?? '', anchor: rule?.anchor ?? '' }, expected, actual };
}

/** What differs, in words; a kind that is not here is a field of a canister, or speaks for itself. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  enabled: 'what may happen next',
  execution: 'which executions run',
  systemCallOrder: 'which system calls are made',
  systemCallTrap: 'whether a system call traps',
  systemCallResult: 'what a system call gives',
  outcome: 'how an execution ends',
  response: 'what is answered',
  calls: 'which calls leave',
  messages: 'which messages come into being',
  ended: 'how requests end',
  stimulusOutcome: 'what the caller is told',
  ledger: 'where cycles are',
};

function headline({ step, kind, tier, entryPoint, import: name }: Failure, against?: string): string {
  const where = step < 0 ? 'In the setup' : `In step ${step + 1}`;
  const execution = entryPoint === undefined ? '' : `, ${entryPoint}`;
  const call = name === undefined ? '' : `, ic0.${name}`;
  const what = tier === 'differential' ? `the target and ${sideName(against)} part` : 'what must hold does not';
  return `${where}${execution}${call}: ${what} (${KIND_WORDS[kind] ?? fieldName(kind)}).`;
}

function whose({ seenIn, against }: StoryInput): string {
  if (seenIn !== 'model') return '';
  const who = against === undefined ? 'The target is a black box' : 'Both are seen from outside';
  return ` ${who}: the transitions below are those of the model.`;
}

function canisterOf(scenario: Scenario, k: number): StoryCanister {
  const { module, initArg, cycles, reservedCycles, settings } = scenario.setup.canisters[k] ?? never(`canister ${k}`);
  const parts = [
    module === undefined ? 'empty' : `module ${module}`,
    `${grouped(cycles)} cycles`,
    ...(reservedCycles > 0n ? [`${grouped(reservedCycles)} reserved`] : []),
    ...(initArg === '' ? [] : [`init argument ${blob(initArg)}`]),
    settingsText(settings),
  ];
  return { name: canisterName(k), id: canisterId(k), title: parts.join(', ') };
}

function never(what: string): never {
  throw new RangeError(`${what} is not in the scenario`);
}

function moduleOf(input: StoryInput, module: ModuleSource, index: number): StoryModule {
  const printed = input.modules[index] ?? never(`module ${index}`);
  const users = input.scenario.setup.canisters.flatMap((canister, k) =>
    canister.module === index ? [canisterName(k)] : [],
  );
  const kind = module.kind === 'program' ? (module.gzip === true ? 'program, gzipped' : 'program') : module.description;
  const text = annotated(printed.wat);
  const place = trapPlace(input, index);
  return {
    title: `Module ${index}: ${kind}${users.length > 0 ? `, in ${users.join(', ')}` : ''}`,
    program: printed.program,
    wat: place === undefined ? text : withTrapPlace(text, place),
  };
}

/** The last trap in the transition of the failure, when the trapped canister can have had no other module than this one. */
function trapPlace({ scenario, failure, observed }: StoryInput, index: number): TrapPlace | undefined {
  if (failure === undefined) return undefined;
  const executions = observed[failure.transition]?.actual.executions ?? [];
  const trapped = executions.findLast(({ outcome }) => outcome.kind === 'trapped');
  if (trapped?.outcome.kind !== 'trapped') return undefined;
  const setupModule = scenario.setup.canisters.find((_, k) => canisterId(k) === trapped.canister)?.module;
  const installs = scenario.steps.some(({ stimulus }) => stimulus?.kind === 'install');
  if (setupModule !== index || installs) return undefined;
  const last = trapped.trace.at(-1);
  const name = exportName(trapped);
  return {
    trap: trapped.outcome.trap,
    ...(last?.trap === undefined ? {} : { import: last.name }),
    ...(name === undefined ? {} : { export: name }),
  };
}

/** Name of the export that runs for an entry point; callbacks and start are not exports. */
function exportName({ entryPoint, method }: ExecutionRecord): string | undefined {
  const word = entryPoint.split(' ')[0] ?? entryPoint;
  if (!word.startsWith('canister_')) return undefined;
  return method === undefined ? word : `${word} ${method}`;
}

/** Steps with their boundaries. Of a failing case's setup only what went wrong, and nothing after the failure. */
function stepsOf({ scenario, failure, observed, against }: StoryInput): readonly StoryStep[] {
  const teller = new Teller(failure, sideName(against));
  const told = failure === undefined ? observed : observed.slice(0, failure.transition + 1);
  const boundaries = told.map((transition, index) => ({
    step: transition.step,
    boundary: teller.boundary(transition, index),
  }));
  const ofStep = (index: number) => boundaries.filter(({ step }) => step === index).map(({ boundary }) => boundary);
  const setup = ofStep(-1).filter(({ mark, rolledBack }) => failure === undefined || mark || rolledBack !== undefined);
  const setupStep: StoryStep = {
    index: -1,
    title: 'the canisters are created and installed',
    boundaries: setup,
  };
  return [
    ...(setup.length > 0 ? [setupStep] : []),
    ...scenario.steps.flatMap((step, index): StoryStep[] => {
      if (failure !== undefined && index > failure.step) return [];
      const what = step.stimulus === undefined ? 'nothing from outside' : stimulusText(step.stimulus);
      const taken = (step.picks ?? []).map(({ kind, rank }) => `${kind} ${rank}`).join(', ');
      const picks = taken === '' ? '' : `; picks ${taken}`;
      const hold = step.hold === true ? '; messages are held back' : '';
      return [{ index, title: what + picks + hold, boundaries: ofStep(index) }];
    }),
  ];
}

/** Follows a run and remembers what canisters looked like before each transition. */
class Teller {
  private readonly canisters = new Map<Principal, CanisterDigest>();
  private readonly messages = new Map<number, NewMessage>();

  /** @param other name of the side that the target is compared with */
  constructor(
    private readonly failure: Failure | undefined,
    private readonly other: string,
  ) {}

  boundary({ step, actual, expected, outcome }: ObservedTransition, index: number): StoryBoundary {
    const mark = index === this.failure?.transition;
    const title = isStimulus(actual.cause)
      ? (step < 0 ? stimulusText(actual.cause) : 'from outside') +
        (outcome === undefined ? '' : ` → ${outcomeText(outcome.actual)}`)
      : choiceText(actual.cause, (message) => this.messageName(message));
    const executions = actual.executions.map((execution, i) =>
      executionOf(execution, expected?.executions[i], this.failure, mark, this.other),
    );
    const missing = (expected?.executions ?? [])
      .slice(executions.length)
      .map((one) => missingExecution(one, this.other));
    for (const message of actual.messages) this.messages.set(message.id, message);
    const committed = actual.after.flatMap((after) => changesOf(this.canisters.get(after.canister), after));
    const model = expected === undefined ? [] : this.modelSide(expected, actual);
    const rolledBack = rollbackText(actual);
    for (const digest of actual.after) this.canisters.set(digest.canister, digest);
    return {
      transition: index,
      title,
      executions: [...executions, ...missing],
      messages: [
        ...actual.messages.map((message) => `new: ${messageText(message)}`),
        ...actual.ended.map(({ request, response }) => `request ${request} ends: ${responseText(response)}`),
      ],
      committed,
      expected: model,
      ...(rolledBack === undefined ? {} : { rolledBack }),
      mark,
    };
  }

  private messageName(message: number): string {
    const known = this.messages.get(message);
    return known === undefined ? `message ${message} (ingress)` : messageText(known);
  }

  /** The fields that the model left otherwise than the target: as they were before, and as the model has them. */
  private modelSide(expected: TransitionRecord, actual: TransitionRecord): readonly StoryChange[] {
    return expected.after.flatMap((model) => {
      const before = this.canisters.get(model.canister);
      const target = actual.after.find(({ canister }) => canister === model.canister) ?? before;
      return modelChanges(before, target, model);
    });
  }
}

function executionOf(
  execution: ExecutionRecord,
  model: ExecutionRecord | undefined,
  failure: Failure | undefined,
  inMarked: boolean,
  other: string,
): StoryExecution {
  const differing = inMarked && model !== undefined ? firstDifference(execution, model) : -1;
  const blamed =
    inMarked && model === undefined ? execution.trace.findLastIndex((call) => call.name === failure?.import) : -1;
  const calls = execution.trace.map((call, i): StoryCall => ({
    text: systemCallText(call),
    mark: i === differing || i === blamed,
  }));
  const expected = model === undefined ? undefined : expectedText(execution, model, differing, other);
  return {
    canister: nameOf(execution.canister),
    entryPoint: execution.entryPoint,
    title: titleOf(execution),
    calls: middleOut(calls),
    outcome: endText(execution, true),
    effects: effectsOf(execution),
    ...(expected === undefined ? {} : { expected }),
  };
}

/** The first system call in which the two differ; -1: none. */
function firstDifference({ trace }: ExecutionRecord, model: ExecutionRecord): number {
  return trace.findIndex((call, i) => {
    const other = model.trace[i];
    return other === undefined || systemCallText(call) !== systemCallText(other);
  });
}

function expectedText(
  execution: ExecutionRecord,
  model: ExecutionRecord,
  call: number,
  other: string,
): string | undefined {
  const instead = call < 0 ? undefined : model.trace[call];
  if (instead !== undefined) return `${other}: ${systemCallText(instead)}`;
  if (titleOf(execution) !== titleOf(model)) return `${other}: ${titleOf(model)}`;
  const ends = (record: ExecutionRecord) => [endText(record, false), ...effectsOf(record)].join('; ');
  return ends(execution) === ends(model) ? undefined : `${other}: ${ends(model)}`;
}

/** An execution that the other side ran and the target did not. */
function missingExecution(model: ExecutionRecord, other: string): StoryExecution {
  return {
    canister: nameOf(model.canister),
    entryPoint: model.entryPoint,
    title: titleOf(model),
    calls: [],
    outcome: 'did not run',
    effects: [],
    expected: `${other}: ${[endText(model, false), ...effectsOf(model)].join('; ')}`,
  };
}

function titleOf({ canister, entryPoint, method, width }: ExecutionRecord): string {
  const name = method === undefined ? entryPoint : `${entryPoint} ${JSON.stringify(method)}`;
  return `${name} of ${nameOf(canister)} (${width === 'i32' ? 'wasm32' : 'wasm64'}, context ${ENTRY_POINTS[entryPoint]})`;
}

function middleOut(calls: readonly StoryCall[]): readonly StoryCall[] {
  const left = calls.length - 2 * SHOWN_CALLS;
  if (left <= 1) return calls;
  const middle = calls.slice(SHOWN_CALLS, -SHOWN_CALLS);
  const marked = middle.filter(({ mark }) => mark);
  const gap: StoryCall = { text: `… ${left - marked.length} more`, mark: false };
  return [...calls.slice(0, SHOWN_CALLS), gap, ...marked, ...calls.slice(-SHOWN_CALLS)];
}

/** `trapped: unreachable, after ic0.msg_reply`: how it ended, and where. Details are an engine's own words. */
function endText({ outcome, trace, instructions }: ExecutionRecord, withDetail: boolean): string {
  const used = `${grouped(instructions)} instructions`;
  if (outcome.kind === 'returned') return `returned, ${used}`;
  const last = trace.at(-1);
  const detail = outcome.detail === undefined || !withDetail ? '' : ` (${oneLine(outcome.detail)})`;
  const where =
    last === undefined ? 'before any system call' : `${last.trap === undefined ? 'after' : 'in'} ic0.${last.name}`;
  return `trapped: ${outcome.trap}${detail}, ${where}, ${used}`;
}

function effectsOf({ response, calls, accepted, burned }: ExecutionRecord): readonly string[] {
  return [
    ...(response === undefined ? [] : [`responded: ${responseText(response)}`]),
    ...calls.map(
      ({ message, callee, method, arg, cycles }) =>
        `called ${nameOf(callee)}.${JSON.stringify(method)}${message < 0 ? '' : ` as message ${message}`}, argument ${blob(arg)}, ${grouped(cycles)} cycles`,
    ),
    ...(accepted > 0n ? [`accepted ${grouped(accepted)} cycles`] : []),
    ...(burned > 0n ? [`burned ${grouped(burned)} cycles`] : []),
  ];
}

/** What must be gone after a trap; what stays is said too, since "rolled back" is easily read as "nothing happened". */
function rollbackText({ executions, cause }: TransitionRecord): string | undefined {
  const trapped = executions.filter(({ outcome }) => outcome.kind === 'trapped');
  if (trapped.length === 0) return undefined;
  const names = trapped.map(({ entryPoint, canister }) => `${entryPoint} of ${nameOf(canister)}`).join(', ');
  if (cause.kind === 'query' || cause.kind === 'transform')
    return `${names} trapped; of a query nothing is kept in any case`;
  return `${names} trapped: nothing that it did may stay, except the charge for its instructions and the canister log. What earlier transitions did stays`;
}
