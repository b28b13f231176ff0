// plumbing: case@1 — one self-contained case as text, and back with every field checked
import { TIERS } from '../../spec/vocabulary/verdict.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import type { CaseFile, Failure } from '../types.js';
import {
  array,
  boolean,
  FormatError,
  integer,
  named,
  object,
  oneOf,
  optional,
  schemaDocument,
  text,
  type Codec,
  type FormatFault,
  type JsonSchema,
} from '../../reports/schemas/codec.js';
import { formatJson, isJsonObject, whyNotJson, type Json } from '../../reports/schemas/json.js';
import { caseOfStatic, decodeStaticCase, STATIC_CASE_SCHEMA } from '../fill/static-case.js';
import { entryPointText, moduleSource, pick, program, scenario, settings, step, stimulus } from './vocabulary.js';

/** Name and version of the format, the value of `CaseFile.schema`. */
const CASE_SCHEMA = 'ic0-conformance/case@1';

type CaseFault = FormatFault | 'unreadable' | 'truncated' | 'not-json' | 'wrong-schema';

/** A case file that cannot be used: what is wrong, where, and what to do. */
export class CaseFileError extends Error {
  override readonly name = 'CaseFileError';
  constructor(
    readonly fault: CaseFault,
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

const failure = named<Failure>(
  'failure',
  object<Failure>({
    rule: text,
    tier: oneOf(TIERS),
    kind: text,
    step: integer(-1),
    transition: integer(0),
    entryPoint: optional(entryPointText),
    import: optional(text),
    expected: text,
    actual: text,
  }),
);

const caseFile: Codec<CaseFile> = object<CaseFile>({
  schema: oneOf([CASE_SCHEMA]),
  suite: object<CaseFile['suite']>({ version: text, hash: text }),
  origin: optional(object<Required<CaseFile>['origin']>({ seed: text, k: integer(0) })),
  target: text,
  minimized: boolean,
  rules: array(text),
  failure: optional(failure),
  scenario,
});

/** JSON Schema of case@1; reports/schemas/case-1.json is this value. */
export function caseSchema(): JsonSchema {
  return schemaDocument('urn:ic0-conformance:case@1', 'case@1: one self-contained case of ic0-conformance', caseFile, [
    scenario,
    moduleSource,
    program,
    settings,
    step,
    stimulus,
    pick,
    failure,
  ]);
}

/** The case as text: the same case always gives the same bytes. */
export function encodeCase(value: CaseFile): string {
  return formatJson(caseFile.encode(value));
}

/** The scenario as a JSON value, in the form that it has in a case file. */
export function encodeScenario(value: Scenario): Json {
  return scenario.encode(value);
}

/** How a WebAssembly module begins. */
const MODULE_MAGIC = '\0asm';

const ADVICE: Readonly<Record<FormatFault, string>> = {
  'missing-field': 'The file is incomplete or was edited: restore it, or make it again with `ic0-conformance run`',
  'unknown-field': 'Remove the field, or use the version of ic0-conformance that wrote the file',
  'bad-value': 'Correct the value; reports/schemas/case-1.json describes the format',
};

/**
 * Reads a case, or a static case as one.
 * @param path where the text comes from, for messages
 * @throws CaseFileError
 */
export function decodeCase(given: string, path: string): CaseFile {
  const json = parse(given, path);
  const schema = isJsonObject(json) ? json['schema'] : undefined;
  if (schema === STATIC_CASE_SCHEMA) return checked(path, () => caseOfStatic(decodeStaticCase(json)));
  if (schema !== CASE_SCHEMA) {
    const found = schema === undefined ? 'there is no field "schema"' : `its schema is ${JSON.stringify(schema)}`;
    throw new CaseFileError(
      'wrong-schema',
      path,
      '$.schema',
      `not a case that this version reads: ${found}, expected "${CASE_SCHEMA}"`,
      'Name a case file (from --corpus or from a report), or use the version of ic0-conformance that wrote it',
    );
  }
  return checked(path, () => caseFile.decode(json, '$'));
}

/** @throws CaseFileError for a FormatError, and for references to nothing */
function checked(path: string, decode: () => CaseFile): CaseFile {
  try {
    const value = decode();
    checkReferences(value.scenario);
    return value;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new CaseFileError(error.fault, path, error.where, error.what, ADVICE[error.fault]);
  }
}

function parse(given: string, path: string): Json {
  if (given.trim() === '') {
    throw new CaseFileError('truncated', path, '$', 'the file is empty', 'Restore it, or make it again');
  }
  if (given.startsWith(MODULE_MAGIC)) {
    throw new CaseFileError(
      'not-json',
      path,
      '$',
      'this is a WebAssembly module',
      'Modules are for `check`; name a case',
    );
  }
  try {
    return JSON.parse(given) as Json;
  } catch (error) {
    if (given.trimStart().startsWith('{') && endsOpen(given)) {
      throw new CaseFileError(
        'truncated',
        path,
        '$',
        `the file ends in the middle of a value, after ${given.length} characters`,
        'It was cut off while it was written or copied: copy it again, or make it again',
      );
    }
    throw new CaseFileError('not-json', path, '$', `not JSON: ${whyNotJson(error)}`, 'Name a case file');
  }
}

/** Whether the text ends within a string, a list or an object. */
function endsOpen(given: string): boolean {
  const brackets = given.replace(/"(?:[^"\\]|\\.)*"/gs, '').replace(/[^[\]{}"]/g, '');
  return brackets.includes('"') || brackets.replace(/[\]}]/g, '').length > brackets.length / 2;
}

/** Module numbers refer to the scenario's own list. */
function checkReferences(value: Scenario): void {
  const check = (module: number | undefined, where: string): void => {
    if (module !== undefined && module >= value.modules.length) {
      throw new FormatError('bad-value', where, `there is no module ${module}; the case has ${value.modules.length}`);
    }
  };
  value.setup.canisters.forEach((canister, i) => {
    check(canister.module, `$.scenario.setup.canisters[${i}].module`);
  });
  value.steps.forEach(({ stimulus: given }, i) => {
    if (given?.kind === 'install') check(given.module, `$.scenario.steps[${i}].stimulus.module`);
  });
}
