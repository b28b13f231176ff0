// plumbing: which clauses a transition has put to the test in which nothing differed — those that the tables of attribution-table.ts and shown.ts have for it
//
// What a row says depends on the place for the most part: cause, entry point, import. It is worked out once for each place, as a
// list of clauses; the same place always gives the same list. Few rows look at values.
import type { Profile } from '../../spec/profiles/profile.js';
import { twins } from '../../spec/rules/index.js';
import { existsFor, systemApiFunction } from '../../spec/system-api.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type {
  CanisterDigest,
  ExecutionRecord,
  Response,
  StimulusOutcome,
  SystemCallRecord,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { attribute } from './attribution.js';
import { shownByInstructions } from './certainly-run.js';
import { phaseOf } from './divergence-in.js';
import { DIGEST_FIELDS, type Aspect, type Divergence, type DivergenceKind } from './divergence.js';
import {
  ANY_EXECUTION,
  ANY_TRAP,
  CALLING_ROWS,
  CALLS_BY_NAME,
  ENTRY_POINT_ROWS,
  REJECTED,
  REJECTIONS,
  TRANSITION_ROWS,
  type CallRow,
  type TransitionRow,
} from './shown.js';
import type { Known } from './known.js';
import { SHOWN_WITH_KNOWLEDGE } from './shown-with-knowledge.js';
import { succeeded } from './world.js';

export interface ComparedOptions {
  readonly profile: Profile;
  /** What is known of a system call that trapped. */
  readonly aspects: (execution: ExecutionRecord, index: number) => ReadonlySet<Aspect>;
  readonly known: Known;
}

type Clauses = readonly ClauseId[];
type CauseKind = TransitionRecord['cause']['kind'];

/** The lists of clauses that a transition has put to the test in which both engines did the same. */
export function clausesCompared(
  record: TransitionRecord,
  outcome: StimulusOutcome | undefined,
  { profile, aspects, known }: ComparedOptions,
): readonly Clauses[] {
  const { cause, executions, messages, ended, after } = record;
  const lists: Clauses[] = [];

  // What ran.
  let calling = false;
  for (const execution of executions) {
    lists.push(ofExecution(record, execution));
    compareCalls(execution);
    calling ||= execution.calls.length > 0;
    // During an installation the canister's code changes.
    const module = cause.kind === 'install' ? undefined : known.moduleOf(execution.canister);
    if (module !== undefined) lists.push(shownByInstructions(module, execution));
  }
  // What came of it.
  const { clauses, rows } = ofTransition(cause.kind, outcome);
  lists.push(clauses);
  for (const row of rows) if (row.when?.(record, outcome) === true) lists.push(row.clauses);
  if (calling) for (const row of CALLING_ROWS) if (row.when?.(record, outcome) === true) lists.push(row.clauses);
  lists.push(ofResponses(record, outcome === undefined ? OF_CHOICES : OF_STIMULI));
  for (const message of messages) if (message.kind === 'response') compareResponse(message.response, 'call');
  for (const { response } of ended) compareResponse(response, cause.kind === 'query' ? 'query' : 'call');
  if (outcome?.kind === 'responded') compareResponse(outcome.response, cause.kind === 'query' ? 'query' : 'management');
  // What is left.
  for (const digest of after) lists.push(ofState(record, digest));
  // What that says beside what was there before.
  const seen = { record, outcome, known };
  for (const row of SHOWN_WITH_KNOWLEDGE[cause.kind] ?? []) if (row.when(seen)) lists.push(row.clauses);
  for (const row of SHOWN_WITH_KNOWLEDGE.any) if (row.when(seen)) lists.push(row.clauses);
  if (cause.kind === 'install' && outcome?.kind === 'responded' && known.why(outcome.response) === 'invalid-module') {
    const module = known.uploaded(cause.module);
    if (module !== undefined && 'invalid' in module) lists.push(module.breaks.flatMap(twins));
  }
  return lists;

  function compareCalls(execution: ExecutionRecord): void {
    const { entryPoint, trace } = execution;
    const place = placeOf(execution);
    for (const call of trace) {
      const chosen =
        place.get(call.trap === undefined ? call.name : nameOf(call)) ?? chooseCalls(place, call, execution);
      if (chosen.clauses.length > 0) lists.push(chosen.clauses);
      for (const row of chosen.rows) if (row.when?.({ call, execution, profile }) === true) lists.push(row.clauses);
      if (call.trap === undefined || call.trap === 'system-call-unavailable') continue;
      const known = aspects(execution, trace.indexOf(call));
      lists.push([
        attribute(asked('systemCallTrap', { import: call.name, entryPoint, expectedTrap: call.trap }, known)),
      ]);
    }
  }

  function compareResponse(response: Response, where: 'call' | 'query' | 'management'): void {
    const why = known.why(response);
    if (why === undefined) return;
    lists.push(REJECTED, REJECTIONS[why]?.[where] ?? []);
  }
}

// Kinds of divergence that are looked for together.
const OF_EXECUTIONS = ['execution', 'outcome', 'instructions', 'response', 'calls', 'accepted', 'burned'] as const;
const OF_CHOICES = ['messages', 'ended'] as const;
const OF_STIMULI = [...OF_CHOICES, 'stimulusOutcome'] as const;

const NO_ASPECTS: ReadonlySet<Aspect> = new Set();

type Where = Partial<Pick<Divergence, 'cause' | 'phase' | 'entryPoint' | 'import' | 'expectedTrap'>>;

/** A divergence that there could be. Field by field: what is added behind a spread gives each object a hidden class of its own. */
function asked(kind: DivergenceKind, where: Where, aspects = NO_ASPECTS): Divergence {
  const { cause = 'execute', phase = 'returned', entryPoint, expectedTrap } = where;
  return {
    kind,
    expected: '',
    actual: '',
    aspects,
    phase,
    cause,
    entryPoint,
    import: where.import,
    expectedTrap,
  };
}

/** The clauses that the attribution table has for several kinds of divergence in one place. */
function attributed(kinds: readonly DivergenceKind[], where: Where): Clauses {
  return kinds.map((kind) => attribute(asked(kind, where)));
}

/** Clauses of the rows that ask for nothing but the place, and the rows that look at values. */
interface Chosen<Row> {
  readonly clauses: Clauses;
  readonly rows: readonly Row[];
}

function choose<Row extends CallRow | TransitionRow>(rows: readonly Row[], more: Clauses = []): Chosen<Row> {
  return {
    clauses: [...more, ...rows.filter(({ when }) => when === undefined).flatMap(({ clauses }) => clauses)],
    rows: rows.filter(({ when }) => when !== undefined),
  };
}

// What has been worked out, by the place put into words.
const EXECUTIONS = new Map<string, Clauses>();
const CALLS = new Map<string, Map<string, Chosen<CallRow>>>();
const TRANSITIONS = new Map<string, Chosen<TransitionRow>>();
const RESPONSES = new Map<string, Clauses>();
const STATES = new Map<string, Clauses>();

function ofExecution(record: TransitionRecord, { canister, entryPoint, outcome }: ExecutionRecord): Clauses {
  const phase = phaseOf(record, canister);
  const trap = outcome.kind === 'trapped' ? outcome.trap : undefined;
  const place = `${record.cause.kind}, ${phase}, ${entryPoint}, ${trap}`;
  let clauses = EXECUTIONS.get(place);
  if (clauses === undefined) {
    const where = { cause: record.cause.kind, phase, entryPoint, ...(trap && { expectedTrap: trap }) };
    const { always = [], trapped = [] } = ENTRY_POINT_ROWS[entryPoint] ?? {};
    const ifTrapped = trap === undefined ? [] : [...ANY_TRAP, ...trapped];
    clauses = [...ANY_EXECUTION, ...always, ...ifTrapped, ...attributed(OF_EXECUTIONS, where)];
    EXECUTIONS.set(place, clauses);
  }
  return clauses;
}

/** What has been worked out for system calls in an entry point, by nameOf. */
function placeOf({ entryPoint, width }: ExecutionRecord): Map<string, Chosen<CallRow>> {
  const place = `${entryPoint}, ${width}`;
  let known = CALLS.get(place);
  if (known === undefined) CALLS.set(place, (known = new Map()));
  return known;
}

/** A function, and the trap if its call trapped. */
function nameOf({ name, trap }: SystemCallRecord): string {
  return trap === undefined ? name : `${name}, ${trap}`;
}

function chooseCalls(
  place: Map<string, Chosen<CallRow>>,
  call: SystemCallRecord,
  { entryPoint, width }: ExecutionRecord,
): Chosen<CallRow> {
  const { name, trap } = call;
  const rows = rowsOf(name, width).filter(
    ({ cameTo, where }) =>
      (cameTo === undefined || cameTo === (trap ?? 'returned')) && (where === undefined || where(entryPoint)),
  );
  const result = trap === undefined ? attributed(['systemCallResult'], { import: name, entryPoint }) : [];
  const chosen = choose(rows, result);
  place.set(nameOf(call), chosen);
  return chosen;
}

/** Where the function does not exist for the wider pointers, its rows say nothing there. */
function rowsOf(name: string, width: PointerWidth): readonly CallRow[] {
  const f = systemApiFunction(name);
  return f === undefined || !existsFor(f, width) ? [] : (CALLS_BY_NAME.get(name) ?? []);
}

function ofTransition(cause: CauseKind, outcome: StimulusOutcome | undefined): Chosen<TransitionRow> {
  const how = succeeded(outcome) ? 'succeeded' : outcome?.kind;
  const place = `${cause}, ${how}`;
  let chosen = TRANSITIONS.get(place);
  if (chosen === undefined) {
    const isHere = (row: TransitionRow) =>
      (row.cause === undefined || row.cause === cause) && (row.ended === undefined || row.ended === how);
    TRANSITIONS.set(place, (chosen = choose(TRANSITION_ROWS.filter(isHere))));
  }
  return chosen;
}

function ofResponses(record: TransitionRecord, kinds: readonly DivergenceKind[]): Clauses {
  const cause = record.cause.kind;
  const phase = phaseOf(record);
  const place = `${cause}, ${phase}, ${kinds.length}`;
  let clauses = RESPONSES.get(place);
  if (clauses === undefined) RESPONSES.set(place, (clauses = attributed(kinds, { cause, phase })));
  return clauses;
}

function ofState(record: TransitionRecord, { canister }: CanisterDigest): Clauses {
  const cause = record.cause.kind;
  const phase = phaseOf(record, canister);
  let entryPoint: EntryPoint | undefined;
  for (const execution of record.executions) if (execution.canister === canister) ({ entryPoint } = execution);
  const place = `${cause}, ${phase}, ${entryPoint}`;
  let clauses = STATES.get(place);
  if (clauses === undefined) {
    clauses = attributed(DIGEST_FIELDS, { cause, phase, ...(entryPoint && { entryPoint }) });
    STATES.set(place, clauses);
  }
  return clauses;
}
