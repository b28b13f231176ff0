// table: which clauses a transition has shown in which nothing differed, by what was there before it and by the modules
//
// It goes on where the table of shown.ts ends, which looks at the record alone.
import type { CanisterModule } from '../../reference-model/index.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { twins } from '../../spec/rules/index.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { signatureFor, systemApiFunction } from '../../spec/system-api.js';
import { MAX_CYCLES } from '../../spec/vocabulary/brands.js';
import { contextOf, type Context } from '../../spec/vocabulary/entry-point.js';
import type {
  CanisterDigest,
  ExecutionRecord,
  StimulusOutcome,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import type { Settings, Stimulus } from '../../spec/vocabulary/scenario.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';
import type { Known } from './known.js';
import { ranOutOfCycles, succeeded } from './world.js';

type CauseKind = TransitionRecord['cause']['kind'];

/** A transition in which nothing differed. */
interface Seen {
  readonly record: TransitionRecord;
  readonly outcome: StimulusOutcome | undefined;
  readonly known: Known;
}

interface Row {
  readonly when: (seen: Seen) => boolean;
  readonly clauses: readonly ClauseId[];
}

function row(clauses: string, when: Row['when']): Row {
  const named = clauses.split(' ').map(twins);
  if (named.some(({ length }) => length === 0)) throw new Crash(`not all of these are clauses: ${clauses}`);
  return { clauses: named.flat(), when };
}

/** What became of a canister. */
const canister =
  (when: (before: CanisterDigest, after: CanisterDigest, seen: Seen) => boolean): Row['when'] =>
  (seen) =>
    seen.record.after.some((after) => {
      const before = seen.known.before(after.canister);
      return before !== undefined && when(before, after, seen);
    });

const execution =
  (when: (one: ExecutionRecord, seen: Seen) => boolean): Row['when'] =>
  (seen) =>
    seen.record.executions.some((one) => when(one, seen));

const within = (...contexts: readonly Context[]) => {
  return ({ entryPoint }: ExecutionRecord): boolean => contexts.includes(contextOf(entryPoint));
};
const isCallback = within('Ry', 'Rt');
/** Not of a query, whose call contexts end with it, and not of a system task, which nobody waits for. */
const isOfMessage = ({ cause }: TransitionRecord): boolean => cause.kind === 'execute' || cause.kind === 'deliver';
const returned = ({ outcome }: ExecutionRecord): boolean => outcome.kind === 'returned';

/** An installation that was carried out. */
const installed =
  (
    when: (module: CanisterModule, install: Extract<Stimulus, { kind: 'install' }>, seen: Seen) => boolean,
  ): Row['when'] =>
  (seen) => {
    const { cause } = seen.record;
    if (cause.kind !== 'install' || !succeeded(seen.outcome)) return false;
    const module = seen.known.uploaded(cause.module);
    return module !== undefined && !('invalid' in module) && when(module, cause, seen);
  };

/** Why a stimulus was rejected. */
const why = ({ outcome, known }: Seen): RejectCause | undefined =>
  outcome?.kind === 'responded' ? known.why(outcome.response) : undefined;

/** An upgrade with a module that is one, which was refused all the same: for what it says, or does not say, of the Wasm memory. */
const persistence =
  (
    when: (module: CanisterModule, install: Extract<Stimulus, { kind: 'install' }>, seen: Seen) => boolean,
  ): Row['when'] =>
  (seen) => {
    const { cause } = seen.record;
    if (cause.kind !== 'install' || why(seen) !== 'invalid-module') return false;
    const module = seen.known.uploaded(cause.module);
    return module !== undefined && !('invalid' in module) && when(module, cause, seen);
  };

/** Whether an installation trapped before anything of the new module ran, which has something that runs first. */
function instantiationTrapped(seen: Seen): boolean {
  const { cause, executions } = seen.record;
  if (cause.kind !== 'install' || why(seen) !== 'install-trapped') return false;
  const module = seen.known.uploaded(cause.module);
  if (module === undefined || 'invalid' in module) return false;
  const first = cause.mode === 'upgrade' ? 'canister_post_upgrade' : 'canister_init';
  const runs = module.wasm.start !== undefined || module.exports.has(first);
  return runs && executions.every((one) => returned(one) && one.entryPoint === 'canister_pre_upgrade');
}

const isGzip = ({ wasm, uploadedBytes }: CanisterModule): boolean => wasm.bytes.length !== uploadedBytes;

/** Whether the module imports a function whose type depends on the width of the memory. */
function importsByWidth({ wasm }: CanisterModule): boolean {
  return wasm.imports.some(({ name }) => {
    const f = systemApiFunction(name);
    return f !== undefined && signatureFor(f, 'i32').params.join() !== signatureFor(f, 'i64').params.join();
  });
}

/** Whether settings were refused that have a value of that kind. */
const settingsRefused =
  (when: (settings: Settings, seen: Seen, before: CanisterDigest | undefined) => boolean): Row['when'] =>
  (seen) => {
    const { cause } = seen.record;
    if ((cause.kind !== 'create' && cause.kind !== 'update-settings') || why(seen) !== 'invalid-settings') return false;
    return when(cause.settings, seen, cause.kind === 'create' ? undefined : seen.known.before(cause.canister));
  };

const MAX_CONTROLLERS = 10;
const MAX_WASM_MEMORY = 1n << 48n;
const isTooLarge = (bytes: bigint | undefined): boolean => bytes !== undefined && bytes > MAX_WASM_MEMORY;

/** A query that was rejected because there is no method for it. */
const noMethodAsQuery =
  (when: (method: string, module: CanisterModule) => boolean): Row['when'] =>
  (seen) => {
    const { cause } = seen.record;
    if (cause.kind !== 'query' || why(seen) !== 'no-such-method') return false;
    const module = seen.known.moduleOf(cause.canister);
    return module !== undefined && when(cause.method, module);
  };

/** A call of a canister whose turn has come. */
const callExecuted =
  (when: (method: string, module: CanisterModule | undefined, seen: Seen) => boolean): Row['when'] =>
  (seen) => {
    const { cause } = seen.record;
    const call = cause.kind === 'execute' ? seen.known.call(cause.message) : undefined;
    return call !== undefined && when(call.method, seen.known.moduleOf(call.callee), seen);
  };
const rejectedFor = ({ record, known }: Seen, cause: RejectCause): boolean =>
  record.messages.some((message) => message.kind === 'response' && known.why(message.response) === cause);

/** Whether the module exports a function of that name that is no method. */
const isSystemTask = (method: string, module: CanisterModule): boolean =>
  [...module.exports].some((name) => name === method);
const inspects = (module: CanisterModule | undefined): boolean =>
  module?.exports.has('canister_inspect_message') ?? false;
const ran = ({ record }: Seen, entryPoint: ExecutionRecord['entryPoint']): boolean =>
  record.executions.some((one) => one.entryPoint === entryPoint);

/** Whether a call was begun, with cycles or without, and given up: at `call_new`, or at the end of the execution. */
function discarded({ trace, outcome }: ExecutionRecord, at: 'call_new' | 'end', cycles: boolean): boolean {
  if (outcome.kind !== 'returned') return false;
  let isOpen = false;
  let hasCycles = false;
  for (const { name, trap } of trace) {
    if (trap !== undefined) continue;
    if (name === 'call_new') {
      if (isOpen && at === 'call_new' && (hasCycles || !cycles)) return true;
      [isOpen, hasCycles] = [true, false];
    } else if (name.startsWith('call_cycles_add')) hasCycles = true;
    else if (name === 'call_perform') isOpen = false;
  }
  return isOpen && at === 'end' && (hasCycles || !cycles);
}

/** Whether nothing was copied to the end of the memory, which stayed where it was. */
const atEndOfMemory = (of: (pages: bigint) => boolean): Row['when'] =>
  execution(({ canister: id, trace }, { record, known }) => {
    const pages = known.before(id)?.wasmPages ?? 0n;
    const after = record.after.find((one) => one.canister === id);
    if (after === undefined || (after.wasmPages ?? 0n) !== pages || !of(pages)) return false;
    const end = pages * BigInt(WASM_PAGE_BYTES);
    return trace.some(
      ({ name, trap, args: [to, , size] }) => COPIES.test(name) && trap === undefined && size === 0n && to === end,
    );
  });
/** Functions that copy from an offset on. */
const COPIES = /^(?!env_var).*_copy$/;

/** Whether a canister's timer is set to run later than after so many nanoseconds. */
function hasTimerAfter(known: Known, by: bigint): boolean {
  if (known.now === undefined) return false;
  for (const { globalTimer } of known.canisters()) if (globalTimer > known.now + by) return true;
  return false;
}

/** Rows for management calls: nobody asks the canister. */
const NOT_INSPECTED: readonly Row[] = [
  row(
    'inspect-message/not-for-management',
    ({ record, known }) => 'canister' in record.cause && inspects(known.moduleOf(record.cause.canister)),
  ),
];

// prettier-ignore
const SETTINGS: readonly Row[] = [
  row('management/settings-controllers-max', settingsRefused(({ controllers = [] }) => new Set(controllers).size > MAX_CONTROLLERS)),
  row('management/settings-wasm-memory-range', settingsRefused(({ wasmMemoryLimit, wasmMemoryThreshold }) => isTooLarge(wasmMemoryLimit) || isTooLarge(wasmMemoryThreshold))),
  row('management/settings-memory-fits', settingsRefused(({ wasmMemoryLimit = 0n }, _, before) => wasmMemoryLimit > 0n && wasmMemoryLimit < (before?.wasmPages ?? 0n) * BigInt(WASM_PAGE_BYTES))),
  row('management/reserved-cycles-limit', settingsRefused(({ reservedCyclesLimit }, { record: { cause } }, before) =>
    reservedCyclesLimit !== undefined && (cause.kind === 'create' ? cause.reservedCycles : (before?.reservedBalance ?? 0n)) > reservedCyclesLimit)),
];

/** The rows by what brought a transition about; those of `any` hold for each. */
// prettier-ignore
export const SHOWN_WITH_KNOWLEDGE: Readonly<Partial<Record<CauseKind, readonly Row[]>>> & { readonly any: readonly Row[] } = {
  install: [
    ...NOT_INSPECTED,
    row('canister-module-format/plain-binary', installed((module) => !isGzip(module))),
    row('canister-module-format/gzip-by-prefix', installed(isGzip)),
    row('module-requirements/import-width-from-memory', installed((module) => module.wasm.memories.length > 0 && importsByWidth(module))),
    row('module-requirements/import-width-default', installed((module) => module.wasm.memories.length === 0 && importsByWidth(module))),
    row('management/keep-needs-section', persistence(({ keepsMemory }, { wasmMemoryPersistence }) => wasmMemoryPersistence === 'keep' && !keepsMemory)),
    row('management/persistence-must-be-said', persistence((_, { wasmMemoryPersistence, canister: id }, { known }) => wasmMemoryPersistence === undefined && known.moduleOf(id)?.keepsMemory === true)),
    row('management/reinstall-clears-logs', installed((_, { mode, canister: id }, { known }) => mode === 'reinstall' && (known.before(id)?.log.length ?? 0) > 0)),
    row('management/contexts-survive', installed((_, { mode, canister: id }, { known }) => mode !== 'install' && (known.before(id)?.openCallContexts ?? 0) > 0)),
    row('canister-concepts/no-controllers-immutable', (seen) => why(seen) === 'not-a-controller' && seen.record.cause.kind === 'install' && seen.known.controllers(seen.record.cause.canister)?.length === 0),
    row('wasm/active-segment-bounds', instantiationTrapped),
  ],
  uninstall: NOT_INSPECTED,
  start: NOT_INSPECTED,
  stop: NOT_INSPECTED,
  delete: NOT_INSPECTED,
  create: SETTINGS,
  'update-settings': [
    ...NOT_INSPECTED,
    ...SETTINGS,
    row('canister-concepts/canisters-as-controllers', ({ record: { cause }, outcome, known }) =>
      cause.kind === 'update-settings' && succeeded(outcome) && cause.settings.controllers?.some((one) => known.before(one) !== undefined) === true),
  ],
  ingress: [
    row('inspect-message/for-query-called-as-update', (seen) => {
      const { cause } = seen.record;
      return cause.kind === 'ingress' && ran(seen, 'canister_inspect_message') && seen.known.moduleOf(cause.canister)?.methods.get(cause.method) === 'canister_query';
    }),
  ],
  query: [
    row('query-calls/missing-before-frozen', (seen) => why(seen) === 'no-such-method' && 'canister' in seen.record.cause && seen.known.isFrozen(seen.record.cause.canister)),
    row('replicated-execution/update-not-as-query', noMethodAsQuery((method, module) => module.methods.get(method) === 'canister_update')),
    row('replicated-execution/system-tasks-not-callable', noMethodAsQuery((method, module) => isSystemTask(method, module))),
    row('query-calls/composite-stops-at-response', execution((one) => one.entryPoint === 'canister_composite_query' && one.response !== undefined && one.calls.length > 0)),
    row('query-calls/composite-silent-rejected', (seen) => why(seen) === 'did-not-respond' && seen.record.executions.some(({ entryPoint, calls }) => entryPoint === 'canister_composite_query' && calls.length > 0)),
  ],
  execute: [
    row('message-execution/one-at-a-time canister-concepts/one-at-a-time', ({ record: { cause }, known }) => cause.kind === 'execute' && known.hasCompany(cause.message)),
    row('replicated-execution/composite-not-as-update', callExecuted((method, module, seen) => module?.methods.get(method) === 'canister_composite_query' && rejectedFor(seen, 'no-such-method'))),
    row('replicated-execution/system-tasks-not-callable', callExecuted((method, module, seen) => module !== undefined && isSystemTask(method, module) && rejectedFor(seen, 'no-such-method'))),
    row('inspect-message/not-for-calls', callExecuted((_, module, { record }) => inspects(module) && record.executions.length > 0)),
    row('method-arguments/caller-info-empty-for-canisters', callExecuted((_method, _module, { record }) => record.executions.some(({ trace }) => trace.some(({ name, result }) => /^msg_caller_info_.*_size$/.test(name) && result === 0n)))),
  ],
  deliver: [
    row('freezing/callbacks-run', execution((one, { known }) => isCallback(one) && known.isFrozen(one.canister))),
    row('call-contexts/deleted-no-callback uninstall/no-callbacks', ({ record }) => record.executions.length === 0),
    row('uninstall/refunds-still-arrive', (seen) => seen.record.executions.length === 0 && canister((before, after) => after.balance > before.balance)(seen)),
    row('calls/cleanup-not-after-success', ({ record: { cause, executions }, known }) => cause.kind === 'deliver' && known.hasCleanup(cause.message) && executions.length > 0 && executions.every((one) => isCallback(one) && returned(one))),
    row('stopping/callbacks-still-run', execution((one, { known }) => isCallback(one) && known.before(one.canister)?.status === 'stopping')),
  ],
  'advance-time': [
    row('global-timer/not-before', ({ record: { cause }, known }) => cause.kind === 'advance-time' && hasTimerAfter(known, cause.by)),
  ],
  'global-timer': [
    row('global-timer/not-again-unless-set', execution((one, { record }) => one.trace.every(({ name }) => name !== 'global_timer_set') && record.after.some(({ canister: id, globalTimer }) => id === one.canister && globalTimer === 0n))),
  ],
  'low-wasm-memory': [
    row('on-low-wasm-memory/once-per-fall', canister((before, after) => before.lowMemoryHook === 'ready' && after.lowMemoryHook === 'executed')),
  ],
  any: [
    row('responding/buffer-discarded', execution((one, { known }) => one.response?.kind === 'reply' && known.soFar(one)?.appended === true)),
    row('call-contexts/response-after-trap', execution((one, { known }) => one.response !== undefined && known.soFar(one)?.trapped === true)),
    row('expiry/late-response-dropped', execution((one, { record }) => isOfMessage(record) && one.response !== undefined && one.callContext !== undefined && record.ended.length === 0 && record.messages.every(({ kind }) => kind === 'call'))),
    row('blobs/size-zero-at-end', atEndOfMemory((pages) => pages > 0n)),
    row('blobs/no-memory', atEndOfMemory((pages) => pages === 0n)),
    row('canister-concepts/call-is-two-messages', ({ record }) => record.messages.some(({ kind }) => kind === 'response')),
    row('canister-concepts/wasm-memory-automatic', execution((one, { known }) => one.entryPoint === 'canister_update' && (known.before(one.canister)?.wasmPages ?? 0n) > 0n)),
    row('public-methods/names-are-text', execution(({ method }) => method !== undefined && (method === '' || /[^\x21-\x7e]/.test(method)))),
    row('public-methods/exactly-one-space', execution(({ method }) => method?.startsWith(' ') === true)),
    row('calls/discarded-by-return', execution((one) => discarded(one, 'end', false))),
    row('calls/discarded-by-call-new', execution((one) => discarded(one, 'call_new', false))),
    row('cycles/add-returns-on-failure', execution((one) => discarded(one, 'end', true) || discarded(one, 'call_new', true))),
    row('calls/cleanup-commits', execution((one) => one.entryPoint.startsWith('cleanup callback') && returned(one))),
    row('canister-concepts/balance-not-writable', execution(returned)),
    row('freezing/unfrozen-by-deposit', execution((one, { known }) => within('U')(one) && known.wasFrozen(one.canister))),
    row('message-execution/instruction-limit message-execution/charge-bounded profile/loop-test', execution(({ outcome }) => outcome.kind === 'trapped' && outcome.trap === 'instruction-limit')),
    row('call-contexts/starvation-refunds', ({ record, known }) => record.messages.some((message) => {
      const cause = message.kind === 'response' ? known.why(message.response) : undefined;
      return message.kind === 'response' && message.refunded > 0n && (cause === 'trapped' || cause === 'did-not-respond');
    })),
    row('call-contexts/no-starvation-with-calls', execution((one, { record }) => isOfMessage(record) && one.callContext !== undefined && one.calls.length > 0 && one.response === undefined && record.ended.length === 0 && record.messages.every(({ kind }) => kind === 'call'))),
    row('cycles/saturates', canister((before, after) => after.balance === MAX_CYCLES && before.balance < MAX_CYCLES)),
    row('global-timer/deactivated-by-out-of-cycles', canister((before, after) => ranOutOfCycles(before, after) && before.globalTimer !== 0n && after.globalTimer === 0n)),
    row('canister-version/by-out-of-cycles', canister((before, after) => ranOutOfCycles(before, after) && after.version > before.version)),
    row('canister-version/by-stopped', canister((before, after) => before.status !== 'stopped' && after.status === 'stopped' && after.version > before.version)),
    row('on-low-wasm-memory/armed-again', canister((before, after) => before.lowMemoryHook === 'executed' && after.lowMemoryHook === 'condition-not-satisfied')),
    row('on-low-wasm-memory/not-above', canister((before, after, { known }) =>
      after.lowMemoryHook === 'condition-not-satisfied' && (after.wasmPages ?? 0n) > (before.wasmPages ?? 0n) && known.moduleOf(after.canister)?.exports.has('canister_on_low_wasm_memory') === true)),
  ],
};
