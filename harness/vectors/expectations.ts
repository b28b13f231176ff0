// plumbing: comparing what an engine showed in one step with what a vector expects
import type {
  CanisterDigest,
  ExecutionRecord,
  Response,
  StimulusOutcome,
  SubmissionFailure,
} from '../../spec/vocabulary/record.js';
import type { RequestId } from '../../spec/vocabulary/ids.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';
import type { Choice } from '../../spec/vocabulary/scenario.js';
import type { EndText, ExecutionText, ExpectText, StateText } from './format.js';
import { amount, blob, principalOf } from './notation.js';
import { canisterOf } from './scenario-text.js';

/** What one step showed. */
export interface Observed {
  readonly outcome: StimulusOutcome | undefined;
  /** Requests that ended in the step. */
  readonly ended: ReadonlyMap<RequestId, Response>;
  readonly executions: readonly ExecutionRecord[];
  /** The last digest of each canister, before and after the step; deleted ones are missing. */
  readonly before: ReadonlyMap<Principal, CanisterDigest>;
  readonly after: ReadonlyMap<Principal, CanisterDigest>;
  readonly enabled: readonly Choice[];
}

/** What was expected and what was there instead, in words. */
export interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly actual: string;
}

type End =
  | Response
  | { readonly kind: 'refused'; readonly failure: SubmissionFailure }
  | { readonly kind: 'pending' | 'done' | 'none' };

function endOf({ outcome, ended }: Observed): End {
  switch (outcome?.kind) {
    case undefined:
      return { kind: 'none' };
    case 'accepted':
      return ended.get(outcome.request) ?? { kind: 'pending' };
    case 'refused':
      return outcome;
    case 'responded':
      return outcome.response;
    case 'done':
      return { kind: 'done' };
  }
}

function describeEnd(end: End): string {
  switch (end.kind) {
    case 'reply':
      return `reply ${end.data || '(empty)'}`;
    case 'reject':
      return `reject ${end.code} ${JSON.stringify(end.message)}`;
    case 'refused':
      return `refused ${end.failure}`;
    case 'pending':
    case 'done':
    case 'none':
      return end.kind;
  }
}

/** Differences between an expected and an actual end of a request. */
function endDifferences(what: string, expected: EndText, actual: End): readonly Difference[] {
  if (expected.reply !== undefined) {
    const data = blob(expected.reply);
    const right = actual.kind === 'reply' && actual.data === data;
    return right ? [] : [{ what, expected: `reply ${data || '(empty)'}`, actual: describeEnd(actual) }];
  }
  if (expected.reject !== undefined) {
    const { code, message } = expected.reject;
    const codes = typeof code === 'number' ? [code] : code;
    const right =
      actual.kind === 'reject' && codes.includes(actual.code) && (message === undefined || actual.message === message);
    const wanted = `reject ${codes.join(' or ')}${message === undefined ? '' : ` ${JSON.stringify(message)}`}`;
    return right ? [] : [{ what, expected: wanted, actual: describeEnd(actual) }];
  }
  return [];
}

/** What the step's own request is expected to end in. */
function ownEnd(expect: ExpectText, observed: Observed): readonly Difference[] {
  const actual = endOf(observed);
  const kind = expect.refused !== undefined ? 'refused' : expect.pending ? 'pending' : expect.done ? 'done' : undefined;
  if (kind === undefined) return endDifferences('response', expect, actual);
  const right = actual.kind === kind && (actual.kind !== 'refused' || actual.failure === expect.refused);
  return right
    ? []
    : [
        {
          what: 'response',
          expected: expect.refused === undefined ? kind : `refused ${expect.refused}`,
          actual: describeEnd(actual),
        },
      ];
}

function describeExecution({ entryPoint, outcome, instructions, canister }: ExecutionRecord): string {
  const end = outcome.kind === 'returned' ? 'returned' : outcome.trap;
  return `${entryPoint} of ${canister}: ${end}${outcome.kind === 'trapped' && outcome.detail ? ` (${outcome.detail})` : ''}, ${instructions} instructions`;
}

function executionDifferences(
  expected: readonly ExecutionText[],
  actual: readonly ExecutionRecord[],
): readonly Difference[] {
  if (expected.length !== actual.length) {
    const wanted = expected.map(({ entryPoint, outcome }) => `${entryPoint}: ${outcome ?? 'any'}`).join('; ');
    return [
      { what: 'executions', expected: wanted || 'none', actual: actual.map(describeExecution).join('; ') || 'none' },
    ];
  }
  return expected.flatMap((wanted, at) => {
    const got = actual[at] as ExecutionRecord;
    const outcome = got.outcome.kind === 'returned' ? 'returned' : got.outcome.trap;
    const { entryPoint, canister, instructions, accepted, burned, calls } = wanted;
    const fields: readonly (readonly [string, unknown, unknown])[] = [
      ['entry point', entryPoint, got.entryPoint],
      ['canister', canister === undefined ? undefined : principalOf(canister), got.canister],
      ['outcome', wanted.outcome, generalised(wanted.outcome, outcome)],
      ['instructions', instructions === undefined ? undefined : amount(instructions), got.instructions],
      ['accepted', accepted === undefined ? undefined : amount(accepted), got.accepted],
      ['burned', burned === undefined ? undefined : amount(burned), got.burned],
      ['calls', calls, got.calls.length],
    ];
    return fieldDifferences(`execution ${at} (${describeExecution(got)})`, fields);
  });
}

/** The outcome as the expectation words it, where that stands for several. */
function generalised(wanted: ExecutionText['outcome'], outcome: 'returned' | TrapKind): string {
  if (wanted === 'trapped' && outcome !== 'returned') return wanted;
  if (wanted === 'available' && outcome !== 'system-call-unavailable') return wanted;
  return outcome;
}

/** An undefined expectation holds always. */
function fieldDifferences(
  where: string,
  fields: readonly (readonly [string, unknown, unknown])[],
): readonly Difference[] {
  return fields
    .filter(([, expected, actual]) => expected !== undefined && String(expected) !== String(actual))
    .map(([name, expected, actual]) => ({
      what: `${where}: ${name}`,
      expected: String(expected),
      actual: String(actual),
    }));
}

function stateDifferences(key: string, expected: StateText, digest: CanisterDigest | undefined): readonly Difference[] {
  if (digest === undefined) return [{ what: `canister ${key}`, expected: 'exists', actual: 'does not exist' }];
  const number = (text: string | undefined) => (text === undefined ? undefined : amount(text));
  const bytes = (text: string | undefined) => (text === undefined ? undefined : blob(text));
  return fieldDifferences(`canister ${key}`, [
    ['status', expected.status, digest.status],
    ['version', number(expected.version), digest.version],
    ['balance', number(expected.balance), digest.balance],
    ['reserved balance', number(expected.reservedBalance), digest.reservedBalance],
    ['empty', expected.empty, digest.moduleHash === undefined],
    ['module hash', bytes(expected.moduleHash), digest.moduleHash],
    ['Wasm pages', number(expected.wasmPages), digest.wasmPages],
    ['stable pages', number(expected.stablePages), digest.stablePages],
    ['certified data', bytes(expected.certifiedData), digest.certifiedData],
    ['global timer', number(expected.globalTimer), digest.globalTimer],
    ['log', expected.log?.map(blob).join(' | '), digest.log.join(' | ')],
    ['low-memory hook', expected.lowMemoryHook, digest.lowMemoryHook],
    ['open call contexts', expected.openCallContexts, digest.openCallContexts],
  ]);
}

/** Everything in which a step differs from its expectation. `requests`: the request of each step, by number. */
export function differences(
  expect: ExpectText,
  observed: Observed,
  requests: ReadonlyMap<number, RequestId>,
): readonly Difference[] {
  const { before, after, enabled, ended } = observed;
  return [
    ...ownEnd(expect, observed),
    ...Object.entries(expect.ended ?? {}).flatMap(([step, end]) => {
      const request = requests.get(Number(step));
      const response = request === undefined ? undefined : ended.get(request);
      return endDifferences(`response to step ${step}`, end, response ?? { kind: 'pending' });
    }),
    ...(expect.executions === undefined ? [] : executionDifferences(expect.executions, observed.executions)),
    ...Object.entries(expect.state ?? {}).flatMap(([key, state]) =>
      stateDifferences(key, state, after.get(canisterOf(key))),
    ),
    ...Object.entries(expect.balanceBy ?? {}).flatMap(([key, by]) => {
      const change = (after.get(canisterOf(key))?.balance ?? 0n) - (before.get(canisterOf(key))?.balance ?? 0n);
      return fieldDifferences(`canister ${key}`, [['balance grew by', amount(by), change]]);
    }),
    ...(expect.enabled ?? []).flatMap((kind) =>
      enabled.some((choice) => choice.kind === kind)
        ? []
        : [{ what: 'choices', expected: `${kind} enabled`, actual: kindsOf(enabled) }],
    ),
    ...(expect.notEnabled ?? []).flatMap((kind) =>
      enabled.some((choice) => choice.kind === kind)
        ? [{ what: 'choices', expected: `${kind} not enabled`, actual: kindsOf(enabled) }]
        : [],
    ),
  ];
}

const kindsOf = (enabled: readonly Choice[]): string =>
  [...new Set(enabled.map(({ kind }) => kind))].join(', ') || 'none';
