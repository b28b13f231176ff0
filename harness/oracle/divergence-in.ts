// plumbing: what is known of a divergence beside the two sides — phase, reject codes, what the canister did before, which call is to blame
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { CanisterDigest, ExecutionRecord, Response, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { writesUnseen } from './aspects.js';
import { NON_REPLICATED } from './commit-table.js';
import type { Aspect, Divergence, DivergenceKind, Phase } from './divergence.js';
import { sameValue, shown } from './values.js';
import type { World } from './world.js';

/** What the comparison needs beside the two records. */
export interface Comparison {
  readonly world: World;
  readonly profile: Profile;
  /** The last execution of a canister before this transition. */
  readonly before: (canister: Principal) => ExecutionRecord | undefined;
  /** The canister after the transition, for what only one record lists; undefined: it does not exist. */
  readonly digests: {
    readonly expected: (canister: Principal) => CanisterDigest | undefined;
    readonly actual: (canister: Principal) => CanisterDigest | undefined;
  };
}

/** What is expected, and what was seen instead. */
export type Sides = readonly [expected: unknown, actual: unknown];

/** What is known of a divergence beside its kind and the two sides. */
export interface More extends Partial<Omit<Divergence, 'kind' | 'expected' | 'actual' | 'cause' | 'aspects'>> {
  readonly aspects?: Iterable<Aspect>;
}

/** A divergence within a transition; its phase is that of the whole transition unless `more` says otherwise. */
export function divergenceIn(
  record: TransitionRecord,
  kind: DivergenceKind,
  sides: Sides,
  more: More = {},
): Divergence {
  const [expected, actual] = shownApart(...sides);
  const phase = more.phase ?? phaseOf(record);
  return { kind, expected, actual, phase, cause: record.cause.kind, ...more, aspects: new Set(more.aspects) };
}

/** See PHASES. Of one canister, or of the whole transition. */
export function phaseOf(record: TransitionRecord, canister?: Principal): Phase {
  const { cause } = record;
  if (cause.kind === 'install') return cause.mode === 'upgrade' ? 'upgrade' : 'install';
  if (cause.kind === 'query' || cause.kind === 'transform') return 'query';
  let last: ExecutionRecord | undefined;
  let isReplicated = false;
  let trapped = false;
  for (const execution of record.executions) {
    if (canister !== undefined && execution.canister !== canister) continue;
    last = execution;
    isReplicated ||= !NON_REPLICATED.has(execution.entryPoint);
    trapped ||= execution.outcome.kind === 'trapped';
  }
  if (last === undefined) return MANAGEMENT.has(cause.kind) ? 'management' : 'idle';
  if (!isReplicated) return 'query';
  if (!trapped) return 'returned';
  return last.outcome.kind === 'returned' ? 'cleanup' : 'trapped';
}

const MANAGEMENT: ReadonlySet<TransitionRecord['cause']['kind']> = new Set<TransitionRecord['cause']['kind']>([
  'create', 'uninstall', 'start', 'stop', 'delete', 'update-settings', 'deposit',
]); // prettier-ignore

/** Two values as text; of lists and objects only what differs first. */
function shownApart(left: unknown, right: unknown): [string, string] {
  if (Array.isArray(left) && Array.isArray(right)) {
    const i = left.findIndex((item, k) => !sameValue(item, right[k]));
    const index = i < 0 ? left.length : i;
    const [a, b] = shownApart(left[index], right[index]);
    return [`[${index}] ${a}`, `[${index}] ${b}`];
  }
  if (isObject(left) && isObject(right)) {
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    const key = keys.find((name) => !sameValue(left[name], right[name]));
    if (key !== undefined && keys.length > 3) {
      const [a, b] = shownApart(left[key], right[key]);
      return [`${key} ${a}`, `${key} ${b}`];
    }
  }
  return [shown(left), shown(right)];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function codes(left: unknown, right: unknown, profile: Profile): More {
  const expected = rejectIn(left);
  const actual = rejectIn(right);
  const rejects = [expected, actual].flatMap((reject) => causeOf(reject, profile));
  return {
    ...(expected !== undefined && { expectedCode: expected.code }),
    ...(actual !== undefined && { actualCode: actual.code }),
    ...(rejects.length > 0 && { rejects }),
  };
}

type Reject = Extract<Response, { kind: 'reject' }>;

/** The first rejection within a value: a response, a list of messages, an outcome. */
function rejectIn(value: unknown): Reject | undefined {
  if (Array.isArray(value)) return value.map(rejectIn).find((reject) => reject !== undefined);
  if (!isObject(value)) return undefined;
  if (value['kind'] === 'reject') return value as unknown as Reject;
  return rejectIn(value['response']);
}

function causeOf(reject: Reject | undefined, { rejectMessages }: Profile): readonly RejectCause[] {
  const found = Object.entries(rejectMessages).find(([, message]) => message === reject?.message);
  return found === undefined ? [] : [found[0] as RejectCause];
}

/** What is known of the execution of the same canister before number `index`: whether what it wrote should be gone. */
export function pastOf({ executions }: TransitionRecord, index: number, { before }: Comparison): readonly Aspect[] {
  const { canister } = executions[index] ?? {};
  if (canister === undefined) return [];
  const earlier = executions.slice(0, index).findLast((execution) => execution.canister === canister);
  const last = earlier ?? before(canister);
  // A callback that cannot be called has written nothing.
  if (last?.outcome.kind === 'trapped') {
    if (last.outcome.trap === 'callback') return [];
    return UPGRADES.has(last.entryPoint) ? ['after-trap', 'after-failed-upgrade'] : ['after-trap'];
  }
  // Within one evaluation the callbacks of a composite query see what the method wrote.
  if (last === undefined || last === earlier) return [];
  const leavesNoTrace = NON_REPLICATED.has(last.entryPoint) || last.entryPoint === 'canister_query replicated';
  return leavesNoTrace ? ['after-query'] : [];
}

/** Entry points after whose trap the canister is as before the upgrade. */
const UPGRADES: ReadonlySet<EntryPoint> = new Set<EntryPoint>(['canister_pre_upgrade', 'canister_post_upgrade']);

/** The system call to blame: the last before number `k` that wrote more than its record shows. What the code does differently it may have read there. */
export function blame({ trace }: ExecutionRecord, k: number): More {
  const writer = trace.slice(0, k).findLast(writesUnseen);
  return writer === undefined ? {} : { import: writer.name };
}

export function trapOf({ outcome }: ExecutionRecord) {
  return outcome.kind === 'trapped' ? outcome.trap : undefined;
}

/** Whether the second of two numbers is larger. */
export function isMore(left: unknown, right: unknown): boolean {
  return typeof left === 'bigint' && typeof right === 'bigint' && right > left;
}
