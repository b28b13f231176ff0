// plumbing: report@1 as text, and back with every field checked
import { CONTEXTS, ENTRY_POINTS, type Context, type EntryPoint } from '../spec/vocabulary/entry-point.js';
import { LEVELS } from '../spec/rules/rule.js';
import { TIERS } from '../spec/vocabulary/verdict.js';
import {
  array,
  boolean,
  FormatError,
  integer,
  mapOf,
  measure,
  named,
  object,
  oneOf,
  optional,
  schemaDocument,
  text,
  type Codec,
  type JsonSchema,
} from './schemas/codec.js';
import { formatJson, isJsonObject, whyNotJson, type Json } from './schemas/json.js';
import {
  REPORT_SCHEMA,
  type CallFigures,
  type MatrixCell,
  type Report,
  type ReportCanister,
  type ReportFailure,
  type ReportReached,
  type ReportSelection,
  type ReportSkip,
  type ReportSuite,
  type ReportTarget,
  type ReportWaiver,
  type RuleResult,
  type Totals,
} from './report.js';
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

/** A report that cannot be read: what is wrong, where, and what to do. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
  constructor(
    /** The file. */
    readonly path: string,
    /** JSON path of the value in question; `$` is the whole file. */
    readonly where: string,
    readonly what: string,
    readonly advice: string,
  ) {
    super(`${path}: ${where === '$' ? '' : `at ${where}: `}${what}. ${advice}`);
  }
}

const count = integer(0);
const counts = mapOf(count) as Codec<Readonly<Record<string, number>>>;
const ENTRIES = Object.keys(ENTRY_POINTS) as EntryPoint[];
const entryPoint: Codec<EntryPoint> = oneOf(ENTRIES);

const totals = named<Totals>(
  'totals',
  object<Totals>({ cases: count, passed: count, failed: count, skipped: count, poisoned: count, errored: count }),
);

const change = named<StoryChange>(
  'change',
  object<StoryChange>({ canister: text, field: text, before: text, after: text }),
);

const execution = named<StoryExecution>(
  'execution',
  object<StoryExecution>({
    canister: text,
    entryPoint,
    title: text,
    calls: array(object<StoryCall>({ text, mark: boolean })),
    outcome: text,
    effects: array(text),
    expected: optional(text),
  }),
);

const boundary = named<StoryBoundary>(
  'boundary',
  object<StoryBoundary>({
    transition: count,
    title: text,
    executions: array(execution),
    messages: array(text),
    committed: array(change),
    expected: array(change),
    rolledBack: optional(text),
    mark: boolean,
  }),
);

const story = named<Story>(
  'story',
  object<Story>({
    headline: text,
    against: optional(text),
    violation: optional(
      object<StoryViolation>({
        clause: object<StoryViolation['clause']>({ id: text, paraphrase: text, anchor: text }),
        expected: text,
        actual: text,
      }),
    ),
    canisters: array(object<StoryCanister>({ name: text, id: text, title: text })),
    modules: array(object<StoryModule>({ title: text, program: text, wat: text })),
    steps: array(object<StoryStep>({ index: integer(-1), title: text, boundaries: array(boundary) })),
    replay: text,
  }),
);

const failure = named<ReportFailure>(
  'failure',
  object<ReportFailure>({
    rule: text,
    tier: oneOf(TIERS),
    kind: text,
    case: object<ReportFailure['case']>({ k: optional(count), id: text }),
    step: integer(-1),
    transition: count,
    entryPoint: optional(entryPoint),
    import: optional(text),
    expected: text,
    actual: text,
    minimized: boolean,
    occurrences: count,
    story,
  }),
);

type ByEntry = MatrixCell['by'];
type Row = { readonly [context in Context]?: MatrixCell };

const cell = named<MatrixCell>(
  'cell',
  object<MatrixCell>({
    checks: count,
    failures: count,
    by: mapOf(
      object<{ readonly wasm32: number; readonly wasm64: number }>({ wasm32: count, wasm64: count }),
      ENTRIES,
    ) as Codec<ByEntry>,
  }),
);

const rule = named<RuleResult>(
  'rule',
  object<RuleResult>({
    id: text,
    level: oneOf(LEVELS),
    checks: count,
    failures: count,
    skipped: optional(text),
    mutants: array(text),
  }),
);

const reached = object<ReportReached>({
  families: mapOf(totals) as Codec<ReportReached['families']>,
  entryPoints: counts,
  traps: counts,
  rejectCodes: counts,
  trapPoints: counts,
  missing: object<ReportReached['missing']>({
    cells: array(text),
    entryPoints: array(text),
    traps: array(text),
    clauses: array(text),
  }),
});

const calls = named<CallFigures>(
  'calls',
  object<CallFigures>({
    calls: count,
    replied: count,
    rejected: count,
    trapped: count,
    refused: count,
    trap: optional(object<NonNullable<CallFigures['trap']>>({ firstCase: count, text })),
  }),
);
const callsBy = mapOf(calls) as Codec<Readonly<Record<string, CallFigures>>>;

const canister = named<ReportCanister>(
  'checkedCanister',
  object<ReportCanister>({ typed: boolean, installs: callsBy, methods: callsBy }),
);

const report: Codec<Report> = object<Report>({
  schema: oneOf([REPORT_SCHEMA]),
  suite: object<ReportSuite>({
    version: text,
    spec: array(object<ReportSuite['spec'][number]>({ document: text, revision: text })),
    hash: text,
  }),
  seed: text,
  target: object<ReportTarget>({ name: text, version: text, capabilities: array(text) }),
  tier: oneOf(TIERS),
  profile: text,
  selection: object<ReportSelection>({ cases: count, families: array(text), rules: array(text), maxFailures: count }),
  complete: boolean,
  totals,
  rules: array(rule),
  matrix: mapOf(mapOf(cell, CONTEXTS) as Codec<Row>) as Codec<Report['matrix']>,
  reached,
  canisters: optional(mapOf(canister) as Codec<NonNullable<Report['canisters']>>),
  failures: array(failure),
  skipped: array(
    object<ReportSkip>({
      verdict: oneOf(['skipped', 'poisoned', 'errored', 'left out']),
      reason: text,
      cases: count,
      firstCase: integer(-1),
      replay: optional(text),
    }),
  ),
  waived: array(
    object<ReportWaiver>({
      rule: text,
      reason: text,
      expires: optional(text),
      failures: count,
      status: oneOf(['used', 'unused', 'expired']),
    }),
  ),
  timing: object<Report['timing']>({ milliseconds: measure, casesPerSecond: measure }),
  host: object<Report['host']>({
    node: text,
    platform: text,
    jobs: count,
    shard: optional(text),
    corpus: optional(text),
    findings: array(
      object<Report['host']['findings'][number]>({
        key: text,
        rule: text,
        cell: optional(text),
        cases: count,
        firstCase: integer(-1),
        id: optional(text),
      }),
    ),
  }),
});

/** JSON Schema of report@1; reports/schemas/report-1.json is this value. */
export function reportSchema(): JsonSchema {
  const definitions = [totals, rule, cell, canister, calls, failure, story, boundary, execution, change];
  return schemaDocument('urn:ic0-conformance:report@1', 'report@1: one run of ic0-conformance', report, definitions);
}

/** The report as text: the same report always gives the same bytes. */
export function encodeReport(value: Report): string {
  return formatJson(report.encode(value));
}

/**
 * Reads a report.
 * @param path where the text comes from, for messages
 * @throws ReportError
 */
export function decodeReport(given: string, path: string): Report {
  let json: Json;
  try {
    json = JSON.parse(given) as Json;
  } catch (error) {
    throw new ReportError(
      path,
      '$',
      `not JSON, or cut off: ${whyNotJson(error)}`,
      'Name a report that `run --report json=PATH` wrote',
    );
  }
  const schema = isJsonObject(json) ? json['schema'] : undefined;
  if (schema !== REPORT_SCHEMA) {
    const found = schema === undefined ? 'there is no field "schema"' : `its schema is ${JSON.stringify(schema)}`;
    throw new ReportError(
      path,
      '$.schema',
      `not a report that this version reads: ${found}, expected "${REPORT_SCHEMA}"`,
      'Name a report, or use the version of ic0-conformance that wrote it',
    );
  }
  try {
    return report.decode(json, '$');
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new ReportError(
      path,
      error.where,
      error.what,
      'Make the report again; reports/schemas/report-1.json describes the format',
    );
  }
}
