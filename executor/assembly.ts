// table: what the executor is put together from; a mutant overrides one entry
import type { SystemApiFunction } from '../spec/system-api.js';
import type { Principal } from '../spec/vocabulary/brands.js';
import type { Context, EntryPoint } from '../spec/vocabulary/entry-point.js';
import type { StimulusOutcome } from '../spec/vocabulary/record.js';
import type { Choice, ChoiceKind, Stimulus, StimulusKind } from '../spec/vocabulary/scenario.js';
import { standardCharges, type Charges } from './cycles.js';
import { standardInstrumentation, type Instrumentation } from './instrument/passes.js';
import type { Machine } from './machine.js';
import { advanceTime } from './management/advance-time.js';
import { create } from './management/create-canister.js';
import { deposit } from './management/deposit-cycles.js';
import { install, standardUndoInstall, UNDO_INSTALL_ORDER, type UndoInstallStep } from './management/install-code.js';
import { deleteCanister, start, stop, uninstall } from './management/lifecycle.js';
import { updateSettings } from './management/update-settings.js';
import { StableMemory } from './memory/stable-memory.js';
import type { PerformedCall } from './execution.js';
import { query, standardQueryChecks, transform, type Executed, type QueryChecks } from './query.js';
import type { Canister, Closure } from './state.js';
import type { SystemApi } from './system-api/bind.js';
import { SYSTEM_CALLS } from './system-api/index.js';
import {
  judgeLowMemory,
  outOfCycles,
  removal,
  starvation,
  stopped,
  type Bookkeeping,
} from './transitions/bookkeeping.js';
import { deliver } from './transitions/callback-invocation.js';
import { execute, standardCallChecks, type CallChecks } from './transitions/call-context-creation.js';
import { standardEndTests, type EndTests } from './transitions/end-tests.js';
import type { Finished } from './transitions/message-execution.js';
import { bumpVersion, expireContext, expireMessage, reject } from './transitions/spontaneous.js';
import { ingress } from './transitions/submission.js';
import { globalTimer, heartbeat, lowWasmMemory } from './transitions/system-tasks.js';
import {
  COMMIT_ORDER,
  standardCommit,
  standardUndo,
  standardUndoLog,
  UNDO_ORDER,
  UNDO_STATE_ORDER,
  type CommitStep,
  type Step,
  type UndoStep,
} from './transitions/undo.js';

/** Carries out a choice of one kind. */
type Choices = { readonly [K in ChoiceKind]: (machine: Machine, choice: Extract<Choice, { kind: K }>) => void };
/** Carries out a stimulus of one kind. */
type Stimuli = {
  readonly [K in StimulusKind]: (machine: Machine, stimulus: Extract<Stimulus, { kind: K }>) => StimulusOutcome;
};

/** The executor's parts. Each entry can be replaced alone: `{ ...standardAssembly, undo: { ...standardAssembly.undo, globals: () => {} } }`. */
export interface Assembly extends SystemApi {
  readonly instrumentation: Instrumentation;
  readonly charges: Charges;
  readonly undo: Readonly<Record<UndoStep, Step>>;
  readonly undoOrder: readonly UndoStep[];
  /** The steps of a replicated query that returned: its state goes, its cycles stay. */
  readonly undoStateOrder: readonly UndoStep[];
  readonly undoLog: Step;
  readonly commit: Readonly<Record<CommitStep, Step>>;
  readonly commitOrder: readonly CommitStep[];
  readonly undoInstall: Readonly<Record<(typeof UNDO_INSTALL_ORDER)[number], UndoInstallStep>>;
  readonly undoInstallOrder: readonly (typeof UNDO_INSTALL_ORDER)[number][];
  readonly callChecks: CallChecks;
  readonly queryChecks: QueryChecks;
  readonly endTests: EndTests;
  /** What runs after a callback of the call that trapped. */
  readonly cleanupOf: (call: Pick<PerformedCall, 'onCleanup'>) => Closure | undefined;
  /** What counts of a callback of a composite query that trapped, and of its cleanup. */
  readonly afterCompositeCleanup: (callback: Executed, cleanup: Finished) => Executed;
  /** By how much an execution that returned, or an installation, increments the canister version. */
  readonly versionIncrements: Readonly<Partial<Record<EntryPoint | 'install', bigint>>>;
  readonly isController: (canister: Canister, sender: Principal) => boolean;
  readonly judgeLowMemory: (machine: Machine, canister: Canister) => void;
  /** What follows a transition at once, in this order. */
  readonly bookkeeping: {
    readonly starvation: Bookkeeping;
    readonly removal: Bookkeeping;
    readonly stopped: Bookkeeping;
    readonly outOfCycles: Bookkeeping;
  };
  readonly choices: Choices;
  readonly stimuli: Stimuli;
  readonly newStableMemory: () => StableMemory;
}

const RETURNED = 1n;

/** The executor as the specification wants it. */
export const standardAssembly: Assembly = {
  systemCalls: SYSTEM_CALLS,
  available: (f: SystemApiFunction, context: Context) => f.contexts.has(context),
  instrumentation: standardInstrumentation,
  charges: standardCharges,
  undo: standardUndo,
  undoOrder: UNDO_ORDER,
  undoStateOrder: UNDO_STATE_ORDER,
  undoLog: standardUndoLog,
  commit: standardCommit,
  commitOrder: COMMIT_ORDER,
  undoInstall: standardUndoInstall,
  undoInstallOrder: UNDO_INSTALL_ORDER,
  callChecks: standardCallChecks,
  queryChecks: standardQueryChecks,
  endTests: standardEndTests,
  cleanupOf: ({ onCleanup }) => onCleanup,
  // The cleanup's state goes on, with no calls and no response.
  afterCompositeCleanup: (_, finished) => ({ finished, calls: [], response: undefined }),
  versionIncrements: {
    canister_update: RETURNED,
    'canister_query replicated': RETURNED,
    'reply callback': RETURNED,
    'reject callback': RETURNED,
    'cleanup callback after reply': RETURNED,
    'cleanup callback after reject': RETURNED,
    canister_heartbeat: RETURNED,
    canister_global_timer: RETURNED,
    canister_on_low_wasm_memory: RETURNED,
    install: RETURNED,
  },
  isController: ({ settings }, sender) => settings.controllers.includes(sender),
  judgeLowMemory,
  bookkeeping: { starvation, removal, stopped, outOfCycles },
  choices: {
    execute,
    deliver,
    heartbeat,
    'global-timer': globalTimer,
    'low-wasm-memory': lowWasmMemory,
    reject,
    'expire-message': expireMessage,
    'expire-context': expireContext,
    'bump-version': bumpVersion,
  },
  stimuli: {
    ingress,
    query,
    transform,
    create,
    install,
    uninstall,
    start,
    stop,
    delete: deleteCanister,
    'update-settings': updateSettings,
    deposit,
    'advance-time': advanceTime,
  },
  newStableMemory: () => new StableMemory(),
};
