// plumbing: static-case@1 — a case that anybody can run without this suite: modules as bytes, steps, and what may be seen
import type { Hex, Nanoseconds } from '../../spec/vocabulary/brands.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import type { ReportSuite } from '../../reports/report.js';
import {
  array,
  boolean,
  integer,
  named,
  object,
  oneOf,
  optional,
  schemaDocument,
  text,
  textual,
  type Codec,
  type JsonSchema,
} from '../../reports/schemas/codec.js';
import { formatJson, type Json } from '../../reports/schemas/json.js';
import { base64, hexText, settings, stimulus, timeText } from '../corpus/vocabulary.js';
import type { CaseFile } from '../types.js';

export const STATIC_CASE_SCHEMA = 'ic0-conformance/static-case@1';
export const STATIC_INDEX_SCHEMA = 'ic0-conformance/static-index@1';

/** A module as uploaded. */
interface StaticModule {
  readonly wasm: Uint8Array;
  readonly sha256: Hex;
  /** In WebAssembly's text format, for people. Absent where the bytes are no module, or too many. */
  readonly wat?: string;
}

/** One thing that may be seen. */
export interface Seen {
  /**
   * Of an outcome: `done`, `accepted` (an ingress message or a stop request: its response comes later), `refused` (an ingress message
   * that was not taken), `reply`, `reject`. Of a response: `reply`, `reject`, `no response`. Of a status: `running`, `stopping`,
   * `stopped`, `no such canister`.
   */
  readonly is: (typeof SEEN)[number];
  /** Of a reject; absent: any code. */
  readonly code?: number;
  /** Of a reply, two hexadecimal digits a byte, two dots for any byte. */
  readonly bytes?: string;
  /** More bytes may follow. */
  readonly openEnd?: boolean;
  /** Of a status: SHA-256 of the module; absent: the canister is empty. */
  readonly module?: Hex;
}

const SEEN = [
  'done',
  'accepted',
  'refused',
  'reply',
  'reject',
  'no response',
  'nothing',
  'running',
  'stopping',
  'stopped',
  'no such canister',
] as const;

/** What may be seen: one of each list. What is absent may be anything. */
export interface Expectation {
  /** How the stimulus ends. */
  readonly outcome?: readonly Seen[];
  /** How the request that it made ends, at the latest when all steps are done. */
  readonly response?: readonly Seen[];
  /** Of the canister that the stimulus is about, when nothing more happens by itself. */
  readonly status?: readonly Seen[];
}

interface StaticStep {
  readonly stimulus: Stimulus;
  readonly expect: Expectation;
}

export interface StaticCase {
  readonly schema: typeof STATIC_CASE_SCHEMA;
  readonly suite: ReportSuite;
  readonly origin: { readonly seed: string; readonly k: number };
  /** Name of the profile that amounts and limits were chosen for (docs/profiles.md). */
  readonly profile: string;
  /** Clauses that the expectations are about. */
  readonly rules: readonly string[];
  /** The time at which it begins. */
  readonly time: Nanoseconds;
  readonly modules: readonly StaticModule[];
  /** Creation and installation of the canisters first. The k-th canister that is made has the id k as 8 bytes, then 01 01. */
  readonly steps: readonly StaticStep[];
}

/** An entry of the index. */
export interface StaticEntry {
  readonly file: string;
  readonly rules: readonly string[];
  readonly canisters: number;
  readonly steps: number;
  /** How many things are expected in it. */
  readonly expectations: number;
}

export interface StaticIndex {
  readonly schema: typeof STATIC_INDEX_SCHEMA;
  readonly suite: ReportSuite;
  readonly seed: string;
  readonly cases: readonly StaticEntry[];
  /** Cases that were left out, and why. */
  readonly skipped: readonly { readonly k: number; readonly reason: string }[];
}

const suite = object<ReportSuite>({
  version: text,
  spec: array(object<ReportSuite['spec'][number]>({ document: text, revision: text })),
  hash: text,
});

const pattern: Codec<string> = textual({ pattern: '^([0-9a-f]{2}|\\.\\.)*$' }, String, (given) => given);

const seen = named<Seen>(
  'seen',
  object<Seen>({
    is: oneOf(SEEN),
    code: optional(integer(1)),
    bytes: optional(pattern),
    openEnd: optional(boolean),
    module: optional(hexText),
  }),
);

const expectation = named<Expectation>(
  'expectation',
  object<Expectation>({
    outcome: optional(array(seen)),
    response: optional(array(seen)),
    status: optional(array(seen)),
  }),
);

const staticCase: Codec<StaticCase> = object<StaticCase>({
  schema: oneOf([STATIC_CASE_SCHEMA]),
  suite,
  origin: object<StaticCase['origin']>({ seed: text, k: integer(0) }),
  profile: text,
  rules: array(text),
  time: timeText,
  modules: array(object<StaticModule>({ wasm: base64, sha256: hexText, wat: optional(text) })),
  steps: array(object<StaticStep>({ stimulus, expect: expectation })),
});

const staticIndex: Codec<StaticIndex> = object<StaticIndex>({
  schema: oneOf([STATIC_INDEX_SCHEMA]),
  suite,
  seed: text,
  cases: array(
    object<StaticEntry>({
      file: text,
      rules: array(text),
      canisters: integer(0),
      steps: integer(0),
      expectations: integer(0),
    }),
  ),
  skipped: array(object<StaticIndex['skipped'][number]>({ k: integer(0), reason: text })),
});

/** JSON Schema of static-case@1; reports/schemas/static-case-1.json is this value. */
export function staticCaseSchema(): JsonSchema {
  return schemaDocument(
    'urn:ic0-conformance:static-case@1',
    'static-case@1: a case with what may be seen',
    staticCase,
    [seen, expectation, settings, stimulus],
  );
}

/** JSON Schema of static-index@1; reports/schemas/static-index-1.json is this value. */
export function staticIndexSchema(): JsonSchema {
  return schemaDocument(
    'urn:ic0-conformance:static-index@1',
    'static-index@1: the cases of a directory',
    staticIndex,
    [],
  );
}

export function encodeStaticCase(value: StaticCase): string {
  return formatJson(staticCase.encode(value));
}

export function encodeStaticIndex(value: StaticIndex): string {
  return formatJson(staticIndex.encode(value));
}

/** @throws FormatError */
export function decodeStaticCase(json: Json): StaticCase {
  return staticCase.decode(json, '$');
}

/** @throws FormatError */
export function decodeStaticIndex(json: Json): StaticIndex {
  return staticIndex.decode(json, '$');
}

/** The case as `replay` runs it: what may be seen is worked out anew. */
export function caseOfStatic({ suite: of, origin, profile, rules, time, modules, steps }: StaticCase): CaseFile {
  return {
    schema: 'ic0-conformance/case@1',
    suite: { version: of.version, hash: of.hash },
    origin,
    scenario: {
      profile,
      modules: modules.map(({ wasm, sha256 }) => ({ kind: 'wasm', bytes: wasm, description: `module ${sha256}` })),
      setup: { time, canisters: [] },
      steps: steps.map(({ stimulus: given }) => ({ stimulus: given })),
    },
    rules,
    target: 'executor',
    minimized: false,
  };
}
