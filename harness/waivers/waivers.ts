// plumbing: waivers — known violations with a reason, which do not fail a run (docs/waivers.md)
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { whyNotJson } from '../../reports/schemas/json.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { errorCode } from '../system-error.js';

/** One entry of a waiver file: failures of the clause are shown as waived and do not fail the run. */
export interface Waiver {
  readonly rule: ClauseId;
  /** Why it is accepted; never empty. */
  readonly reason: string;
  /** Last day, ISO `YYYY-MM-DD` in UTC, on which the waiver covers anything. */
  readonly expires?: string;
}

/** What became of a waiver in a run. */
interface WaiverUse extends Waiver {
  /** Failures that it covered, or would have covered if it had not expired. */
  readonly failures: number;
  readonly status: 'used' | 'unused' | 'expired';
}

/** A waiver file that cannot be used. The message says what, where and what to do. */
export class WaiverError extends Error {
  override readonly name = 'WaiverError';
}

const SCHEMA = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      rule: { type: 'string', minLength: 1 },
      reason: { type: 'string', minLength: 1, pattern: '\\S' },
      expires: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
    },
    required: ['rule', 'reason'],
    additionalProperties: false,
  },
};

/** What an entry is, for messages. */
const A_WAIVER = '{ "rule": clause id, "reason": text, "expires": "YYYY-MM-DD" (optional) }';

/** Where a file does not match the schema, and how. */
function flaw({ instancePath, keyword, params, message = 'not a waiver' }: ErrorObject): string {
  const at = instancePath.replace(/\/(\d+)/, '[$1]').replaceAll('/', '.');
  const what =
    keyword === 'additionalProperties'
      ? `no such field here: ${JSON.stringify(params['additionalProperty'])}`
      : keyword === 'required'
        ? `the field ${JSON.stringify(params['missingProperty'])} is missing`
        : keyword === 'pattern' && at.endsWith('.reason')
          ? 'it says nothing'
          : keyword === 'pattern' && at.endsWith('.expires')
            ? 'a day is written YYYY-MM-DD, as 2027-02-28'
            : message;
  return `: at $${at}: ${what}`;
}

let validator: ValidateFunction<Waiver[]> | undefined;

/** Made when the first file is read: that takes longer than all else that a run does before its cases. */
function validate(): ValidateFunction<Waiver[]> {
  return (validator ??= new Ajv2020({ allErrors: false }).compile<Waiver[]>(SCHEMA));
}

/**
 * Reads the text of a waiver file: a JSON array of `{ rule, reason, expires? }`.
 * @param knows whether a clause id is in the catalogue: a waiver for a clause that does not exist covers nothing by mistake
 * @throws WaiverError
 */
export function parseWaivers(text: string, path: string, knows: (rule: ClauseId) => boolean): readonly Waiver[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WaiverError(`${path}: not JSON: ${whyNotJson(error)}. A waiver file is a list of ${A_WAIVER}`);
  }
  const conforms = validate();
  if (!conforms(value)) {
    const [first] = conforms.errors ?? [];
    throw new WaiverError(`${path}${first === undefined ? '' : flaw(first)}. A waiver file is a list of ${A_WAIVER}`);
  }
  const seen = new Set<ClauseId>();
  for (const [index, { rule, expires }] of value.entries()) {
    const where = `${path}: at $[${index}]`;
    if (!knows(rule))
      throw new WaiverError(`${where}: there is no clause '${rule}'. List them with: ic0-conformance rules`);
    if (seen.has(rule)) throw new WaiverError(`${where}: a second waiver for '${rule}'. Keep one`);
    if (expires !== undefined && !isDay(expires))
      throw new WaiverError(
        `${where}: '${expires}' is not a day of the calendar. Write the last day on which it holds, as 2027-02-28`,
      );
    seen.add(rule);
  }
  return value;
}

/** Reads a waiver file. @throws WaiverError */
export function readWaivers(path: string, knows: (rule: ClauseId) => boolean): readonly Waiver[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new WaiverError(`${path}: cannot be read (${errorCode(error)}). Check the path given to --waivers`);
  }
  return parseWaivers(text, path, knows);
}

/**
 * Splits failures by waiver.
 * @param today ISO day; a waiver whose `expires` is earlier covers nothing
 * @returns failures that no waiver covers, those that one covers, and what became of each waiver, by ascending rule
 */
export function applyWaivers<F extends { readonly rule: ClauseId }>(
  failures: readonly F[],
  waivers: readonly Waiver[],
  today: string,
): { readonly open: readonly F[]; readonly waived: readonly F[]; readonly uses: readonly WaiverUse[] } {
  const expired = (waiver: Waiver) => waiver.expires !== undefined && waiver.expires < today;
  const active = new Set(waivers.filter((waiver) => !expired(waiver)).map(({ rule }) => rule));
  const uses = waivers
    .map((waiver): WaiverUse => {
      const count = failures.filter(({ rule }) => rule === waiver.rule).length;
      return { ...waiver, failures: count, status: expired(waiver) ? 'expired' : count > 0 ? 'used' : 'unused' };
    })
    .sort((a, b) => (a.rule < b.rule ? -1 : 1));
  return {
    open: failures.filter(({ rule }) => !active.has(rule)),
    waived: failures.filter(({ rule }) => active.has(rule)),
    uses,
  };
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
