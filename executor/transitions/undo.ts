// table: the steps that undo an execution, and those that keep it — canister-interface.md#entry-points
import type { Execution } from '../execution.js';

/** A step; each restores or keeps one thing, and knows nothing of the others. */
export type Step = (execution: Execution) => void;

/** The state of the Wasm instance and the stable memory. Tables come before sizes: both may need the instance made anew. */
export const UNDO_STATE_ORDER = ['wasmMemory', 'globals', 'tables', 'wasmSize', 'stableMemory', 'stableSize'] as const;

/** Everything else that an execution changes in place. */
export const UNDO_ORDER = [
  ...UNDO_STATE_ORDER,
  'certifiedData',
  'globalTimer',
  'accepted',
  'burned',
  'calls',
  'response',
] as const;

export type UndoStep = (typeof UNDO_ORDER)[number];

export const COMMIT_ORDER = ['wasmMemory', 'globals', 'tables', 'stableMemory', 'promotion'] as const;

export type CommitStep = (typeof COMMIT_ORDER)[number];

export const standardUndo: Readonly<Record<UndoStep, Step>> = {
  wasmMemory: ({ instance }) => instance.memory?.undoWrites(),
  globals: ({ instance }) => {
    instance.undoGlobals();
  },
  tables: ({ instance }) => {
    if (instance.undoTables()) instance.recreate();
  },
  wasmSize: ({ instance }) => {
    instance.undoSize();
  },
  stableMemory: ({ canister }) => {
    canister.stable.undoWrites();
  },
  stableSize: ({ canister }) => {
    canister.stable.undoSize();
  },
  certifiedData: ({ canister, before }) => {
    canister.certifiedData = before.certifiedData;
  },
  globalTimer: ({ canister, before }) => {
    canister.globalTimer = before.globalTimer;
  },
  accepted: ({ canister, context, accepted, lost }) => {
    canister.balance -= accepted - lost;
    if (context !== undefined) context.available += accepted;
  },
  burned: ({ canister, burned }) => {
    canister.balance += burned;
  },
  calls: (execution) => {
    for (const { cost, setAside, cycles } of execution.calls) execution.canister.balance += cost + setAside + cycles;
    execution.calls.length = 0;
  },
  response: (execution) => {
    execution.response = undefined;
  },
};

export const standardCommit: Readonly<Record<CommitStep, Step>> = {
  wasmMemory: ({ instance }) => instance.memory?.commit(),
  globals: ({ instance }) => {
    instance.commitGlobals();
  },
  tables: ({ instance }) => {
    instance.commitTables();
  },
  stableMemory: ({ canister }) => {
    canister.stable.commit();
  },
  /** A memory that has become large is tracked from here on. */
  promotion: ({ instance }) => {
    instance.promote();
  },
};

/** The log of what is not replicated is dropped; that of a trapped replicated execution stays. */
export const standardUndoLog: Step = ({ canister, before }) => {
  canister.log = before.log as Uint8Array[];
};
