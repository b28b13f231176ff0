// plumbing: records for tests — complete, and boring but for what a test says
import { cycles, hex, nanoseconds } from '../../../spec/vocabulary/brands.js';
import type { Digest } from '../../../spec/vocabulary/digest.js';
import { canisterId, type MessageId } from '../../../spec/vocabulary/ids.js';
import type {
  CanisterDigest,
  CyclesLedger,
  ExecutionRecord,
  StimulusOutcome,
  SystemCallRecord,
  TransitionRecord,
} from '../../../spec/vocabulary/record.js';
import type { RunEnd } from '../../scheduler/drive.js';
import type { Law, Violation } from '../law.js';
import { World } from '../world.js';

export const A = canisterId(0);
export const B = canisterId(1);

export const digestText = (text: string) => text.padStart(16, '0') as Digest;

/** The digest of canister A, with some fields different. */
export function canister(more: Partial<CanisterDigest> = {}): CanisterDigest {
  return {
    canister: A,
    status: 'running',
    version: 1n,
    balance: cycles(1000n),
    reservedBalance: cycles(0n),
    moduleHash: hex('aa'),
    wasmPages: 1n,
    wasmMemory: digestText('1'),
    stablePages: 1n,
    stableMemory: digestText('2'),
    globals: [7n],
    tables: [[-1, 3]],
    droppedSegments: [[], []],
    certifiedData: hex('01'),
    globalTimer: nanoseconds(0n),
    log: [],
    lowMemoryHook: 'condition-not-satisfied',
    openCallContexts: 0,
    ...more,
  };
}

/** The record of a system call. */
export function call(
  name: string,
  args: readonly bigint[] = [],
  more: Partial<SystemCallRecord> = {},
): SystemCallRecord {
  return { name, args, ...more };
}

/** The record of an update method that returned, with some fields different. */
export function execution(more: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return {
    canister: A,
    entryPoint: 'canister_update',
    width: 'i32',
    method: 'm',
    trace: [],
    outcome: { kind: 'returned' },
    instructions: 10n,
    calls: [],
    accepted: cycles(0n),
    burned: cycles(0n),
    ...more,
  };
}

export const trapped = { outcome: { kind: 'trapped', trap: 'unreachable' } } as const;

export const message = (id: number) => id as MessageId;

/** The record of a transition in which message 0 is executed and nothing comes of it, with some fields different. */
export function record(more: Partial<TransitionRecord> = {}): TransitionRecord {
  return {
    cause: { kind: 'execute', message: message(0) },
    executions: [],
    messages: [],
    ended: [],
    after: [],
    ...more,
  };
}

export const LEDGER: CyclesLedger = {
  putIn: 1000n,
  balances: 1000n,
  reserved: 0n,
  inMessages: 0n,
  inCallContexts: 0n,
  setAside: 0n,
  burned: 0n,
  charged: 0n,
  lost: 0n,
};

interface Told {
  readonly record: TransitionRecord;
  readonly outcome?: StimulusOutcome;
  readonly ledger?: CyclesLedger;
}

/** What a law says of transitions that begin with the given canisters. */
export function judged(
  law: Law,
  before: readonly CanisterDigest[],
  transitions: readonly Told[],
  end?: RunEnd,
): { readonly violations: readonly Violation[]; readonly checks: ReadonlySet<string> } {
  const violations: Violation[] = [];
  const checks = new Set<string>();
  const judge = law.judge({
    check: (rule) => {
      checks.add(rule);
    },
    checkCell: ({ rule }) => {
      checks.add(rule);
    },
    violate: (violation) => {
      violations.push(violation);
    },
  });
  const world = new World();
  world.apply(record({ after: before }), undefined);
  let ledger = LEDGER;
  for (const told of transitions) {
    const after = told.ledger ?? ledger;
    judge.transition({
      record: told.record,
      world,
      ledger: { before: ledger, after },
      ...(told.outcome && { outcome: told.outcome }),
    });
    world.apply(told.record, told.outcome);
    ledger = after;
  }
  if (end !== undefined) judge.end?.(end, world);
  return { violations, checks };
}

export const rulesOf = ({ violations }: { readonly violations: readonly Violation[] }) =>
  violations.map(({ rule, kind }) => `${rule} ${kind}`);
