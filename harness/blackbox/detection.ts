// plumbing: detects, while the model runs, situations of which it knows one outcome only (ambiguities.ts)
import type { Principal } from '../../spec/vocabulary/brands.js';
import { contextOf } from '../../spec/vocabulary/entry-point.js';
import type { Program } from '../../spec/vocabulary/program.js';
import type { TransitionRecord } from '../../spec/vocabulary/record.js';
import type { ModuleIndex, Settings, Stimulus } from '../../spec/vocabulary/scenario.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { openWasm } from '../../spec/profiles/profiles.js';
import { ALL_FEATURES } from '../../spec/wasm/features.js';
import { liquidBalanceOf, resourcesOf } from '../../reference-model/ic/charging.js';
import { spendableBalance, wasmMemoryBytes, type Execution } from '../../reference-model/ic/execution.js';
import { DEPRECATED_PAGES } from '../../reference-model/ic/system-api/support/stable-memory.js';
import { decodeText } from '../../reference-model/ic/text.js';
import { widthOf } from '../../reference-model/ic/state.js';
import { parseModule, type Assembly, type CanisterModule } from '../../reference-model/index.js';
import { validateModule, WasmValidationError } from '../../reference-model/wasm/index.js';
import type { Situation, StopAsserting } from './ambiguities.js';
import { handlerNamed, type Handler, type Handlers } from './handlers.js';
import type { Play } from './play.js';
import { isUnlimitedWithHook } from './readings.js';

const CALLBACKS: readonly string[] = ['Ry', 'Rt', 'C', 'CRy', 'CRt', 'CC'];
const COMPOSITE: readonly string[] = ['CQ', 'CRy', 'CRt'];
const MAX_CALLEE_BYTES = 29n;
const CERTIFIED_DATA_BYTES = 32n;
const MOST_32 = (1n << 32n) - 1n;

const within = (es: Execution, at: bigint, size: bigint) => at + size <= wasmMemoryBytes(es);

function bytesAt(es: Execution, at: bigint, size: bigint): Uint8Array {
  return within(es, at, size) ? (es.instance.memory(0)?.read(at, size) ?? new Uint8Array()) : new Uint8Array();
}

/** By how many cycles fees, of creation too, may change what a canister can spend. */
const ABOUT = 10n ** 12n;

/** Whether about all that the canister can spend, or more, is spent: what is left, and whether the canister outlives it, follows from fees. */
function spendsAll(es: Execution, high = 0n, low = 0n): boolean {
  return ((high << 64n) | low) + ABOUT > spendableBalance(es);
}

/** Whether just about what the canister can spend is spent: whether it can follows from fees. */
function spendsAbout(es: Execution, high: bigint, low: bigint): boolean {
  return spendsAll(es, high, low) && ((high << 64n) | low) < spendableBalance(es) + ABOUT;
}

/** Whether a text holds bytes of a canister id, told by its zero bytes. */
function holdsId(es: Execution, src = 0n, size = 0n): boolean {
  return bytesAt(es, src, size).includes(0);
}

const dstOutOfBounds = (es: Execution, _high = 0n, _low = 0n, dst = 0n) => !within(es, dst, 16n);
const lastOutOfBounds = (es: Execution, ...args: bigint[]) => !within(es, args.at(-1) ?? 0n, 16n);
const hasResponded = (es: Execution) => CALLBACKS.includes(es.context) && !es.needsToRespond;

/** A due timer that the module does not export, and that is set anew: whether it was still set shows. */
function setsDueTimer({ env: { globalTimer, time }, canister }: Execution): boolean {
  const isDue = globalTimer !== 0n && globalTimer <= time;
  return isDue && canister.code?.module.exports.has('canister_global_timer') !== true;
}

function isOddCallee(es: Execution, _callee = 0n, calleeSize = 0n, name = 0n, nameSize = 0n): boolean {
  const isTooLong = calleeSize > MAX_CALLEE_BYTES || nameSize > BigInt(es.profile.limits.methodNameBytes);
  return isTooLong || decodeText(bytesAt(es, name, nameSize)) === undefined;
}

/** A stable memory that the 32-bit functions do not reach the end of; the Wasm memory is never that large for them. */
const isBeyond32 = ({ stable }: Execution) => stable.pages > DEPRECATED_PAGES;

type Row = readonly [situation: Situation, comesUp: (es: Execution, ...args: bigint[]) => boolean];

const STABLE_32_ROWS: readonly Row[] = [['stable-memory/limit-32-of-what', isBeyond32]];

const COST_ROWS: readonly Row[] = [
  ['canister id in a text', holdsId],
  ['cycle-cost/dst-bounds-and-error', lastOutOfBounds],
];

/** Names of so many bytes are taken to be no longer than any implementation's longest. */
const SHORT_NAME_BYTES = 32n;

/** Whether a name may be longer than the longest that there can be: the interface text does not say how long that is. */
function isLongName({ canister }: Execution, _name = 0n, nameSize = 0n): boolean {
  if (nameSize <= SHORT_NAME_BYTES) return false;
  const { environmentVariables } = canister.settings;
  return environmentVariables.every(({ nameBytes }) => BigInt(nameBytes.length) < nameSize);
}

const VARIABLE_ROWS: readonly Row[] = [
  ['canister id in a text', holdsId],
  ['many environment variables', isLongName],
];

/** By import, situations that a call brings up with such arguments, in such a state. */
const IN_CALLS: Readonly<Record<string, readonly Row[]>> = {
  msg_cycles_accept128: [['cycles/no-trap-or-bounds', dstOutOfBounds]],
  cycles_burn128: [
    ['cycles/no-trap-or-bounds', dstOutOfBounds],
    ['balance about spent', spendsAll],
  ],
  call_cycles_add: [['balance about spent', (es, amount = 0n) => spendsAbout(es, 0n, amount)]],
  call_cycles_add128: [['balance about spent', (es, high = 0n, low = 0n) => spendsAbout(es, high, low)]],
  msg_reply_data_append: [
    ['responding/append-after-earlier-response', hasResponded],
    [
      'responding/append-maximum-which',
      (es, _src, size = 0n) => BigInt(es.replyData.length) + size > BigInt(es.replyBytes),
    ],
  ],
  msg_reply: [['responding/second-response-in-callback', hasResponded]],
  msg_reject: [
    ['responding/second-response-in-callback', hasResponded],
    ['canister id in a text', holdsId],
    ['responding/reject-utf8-stored', (es, src = 0n, size = 0n) => decodeText(bytesAt(es, src, size)) === undefined],
    ['responding/append-maximum-which', (es, _src, size = 0n) => size > BigInt(es.profile.limits.replyBytes)],
  ],
  call_data_append: [
    [
      'responding/append-maximum-which',
      (es, _src, size = 0n) => BigInt(es.pendingCall?.arg.length ?? 0) + size > BigInt(es.profile.limits.callBytes),
    ],
  ],
  stable_size: STABLE_32_ROWS,
  stable_grow: STABLE_32_ROWS,
  stable_read: STABLE_32_ROWS,
  stable_write: STABLE_32_ROWS,
  cost_sign_with_ecdsa: COST_ROWS,
  cost_sign_with_schnorr: COST_ROWS,
  cost_vetkd_derive_key: COST_ROWS,
  call_new: [
    ['calls/name-and-callee', isOddCallee],
    ['calls/composite-callees', (_es, _callee, calleeSize = 0n) => calleeSize === 0n],
  ],
  performance_counter: [['other performance counters', (_es, type = 0n) => type > 1n]],
  call_perform: [['balance about spent', (es) => COMPOSITE.includes(es.context) && spendsAll(es)]],
  env_var_name_exists: VARIABLE_ROWS,
  env_var_value_size: VARIABLE_ROWS,
  env_var_value_copy: VARIABLE_ROWS,
  is_controller: [['availability/is_controller-in-start', (es) => es.context === 's']],
  certified_data_set: [['certified-data/set-over-32', (_es, _src, size = 0n) => size > CERTIFIED_DATA_BYTES]],
  global_timer_set: [['heartbeat/needs-export', setsDueTimer]],
};

/** Functions that are not available in the model in these contexts, and are in another reading. */
// prettier-ignore
const UNAVAILABLE: readonly (readonly [situation: Situation, name: string, contexts: readonly string[]])[] = [
  ['availability/msg_deadline-context-q', 'msg_deadline', ['TQ']],
  ['availability/msg_reject_code-in-cc', 'msg_reject_code', ['CC']],
  ['availability/msg_reject_msg-elsewhere', 'msg_reject_msg_size', ['Ry', 'C', 'CRy', 'CC']],
  ['availability/msg_reject_msg-elsewhere', 'msg_reject_msg_copy', ['Ry', 'C', 'CRy', 'CC']],
];

/** Wraps the functions of the System API: a call that brings up a situation is told before it is carried out. */
export function detectInCalls(handlers: Handlers, stopAsserting: StopAsserting): Handlers {
  const wrapped = Object.entries(IN_CALLS).map(([name, rows]): [string, Handler] => {
    const handler = handlerNamed(handlers, name);
    return [
      name,
      (es, ...args) => {
        for (const [situation, comesUp] of rows) if (comesUp(es, ...args)) stopAsserting(situation);
        return handler(es, ...args);
      },
    ];
  });
  return { ...handlers, ...Object.fromEntries(wrapped) };
}

/** Detects what the record of a transition shows. */
export function detectInRecord({ cause, executions }: TransitionRecord, stopAsserting: StopAsserting): void {
  for (const { entryPoint, outcome, trace } of executions) {
    const last = trace.at(-1);
    if (last?.trap === 'system-call-unavailable') {
      const context = contextOf(entryPoint);
      for (const [situation, name, contexts] of UNAVAILABLE)
        if (name === last.name && contexts.includes(context)) stopAsserting(situation);
    }
    // Of an update method see detectInTransitions.
    const isLimited = outcome.kind === 'trapped' && outcome.trap === 'wasm-memory-limit';
    if (isLimited && entryPoint !== 'canister_update') stopAsserting('message-execution/wasm-memory-limit-when');
  }
  if (cause.kind !== 'query') return;
  // A second callback of a composite query sees the first one's writes, or does not.
  const callbacks = executions.filter(({ entryPoint }) => entryPoint.startsWith('composite re'));
  if (callbacks.length > 1) stopAsserting('calls/composite-memory');
  const callers = new Set<Principal>();
  for (const { canister, trace } of executions) {
    for (const { name, result } of trace) {
      if (name !== 'call_perform' || result !== 0n) continue;
      if (callers.has(canister)) stopAsserting('order of composite calls');
      callers.add(canister);
    }
  }
}

type Transitions = Assembly['transitions'];

/** Wraps transitions whose records do not tell a situation. */
export function detectInTransitions(transitions: Transitions, stopAsserting: StopAsserting): Transitions {
  return {
    ...transitions,
    // A canister that can pay for being there, and not for a message, rejects the call, or lets it wait.
    rejectionOf(w, call) {
      const cause = transitions.rejectionOf(w, call);
      const callee = w.draft.canisters.get(call.callee);
      if (cause === 'frozen' && callee !== undefined && liquidBalanceOf(w.profile, callee) >= 0n)
        stopAsserting('freezing/between-frozen-and-executable');
      return cause;
    },
    // Without wasm_memory_limit but with a threshold, the memory is low as soon as an implementation's own limit is near.
    scheduleLowMemoryHook(w, id) {
      const canister = w.draft.canister(id);
      if (isUnlimitedWithHook(canister) && canister.settings.wasmMemoryThreshold > 0n)
        stopAsserting('on-low-wasm-memory/default-never');
      transitions.scheduleLowMemoryHook(w, id);
    },
    invokeCallback(w, message, call, context) {
      const caller = w.draft.canister(call.caller);
      if (liquidBalanceOf(w.profile, caller) < 0n) stopAsserting('canister-concepts/frozen-executes-nothing');
      const { onReply, onReject, onCleanup } = call.callback;
      const isTooLarge = [onReply, onReject, onCleanup].some((one) => one !== undefined && one.env > MOST_32);
      if (isTooLarge && widthOf(caller) === 'i32') stopAsserting('callbacks/width-changed');
      transitions.invokeCallback(w, message, call, context);
    },
    // An execution that begins with a larger Wasm memory than wasm_memory_limit exceeds it, or does not cause it to be exceeded.
    judgedOutcome(run, newBalance) {
      const outcome = transitions.judgedOutcome(run, newBalance);
      const { canister } = run.execution;
      const wasExceeded = resourcesOf(canister).wasmBytes > canister.settings.wasmMemoryLimit;
      if (outcome.kind === 'trapped' && outcome.trap === 'wasm-memory-limit' && wasExceeded)
        stopAsserting('message-execution/wasm-memory-limit-when');
      return outcome;
    },
  };
}

/** Whether environment variables are more than the specification says that any implementation takes, which is nothing. */
function hasManyVariables({ environmentVariables = [] }: Settings, { limits }: Profile): boolean {
  return (
    environmentVariables.length > limits.environmentVariables ||
    environmentVariables.some(
      ({ name, value }) =>
        Buffer.byteLength(name) > limits.environmentVariableNameBytes ||
        Buffer.byteLength(value) > limits.environmentVariableValueBytes,
    )
  );
}

/** Detects what the stimuli of one run ask for. */
export class StimulusDetection {
  /** What was installed last in each canister. */
  readonly #installed = new Map<Principal, ModuleIndex>();

  constructor(
    private readonly play: Pick<Play, 'scenario' | 'modules' | 'profile'>,
    private readonly stopAsserting: StopAsserting,
  ) {}

  /** The stimulus comes next. */
  beforeStimulus(stimulus: Stimulus): void {
    if (stimulus.kind === 'create' || stimulus.kind === 'update-settings') {
      const names = stimulus.settings.environmentVariables?.map(({ name }) => name) ?? [];
      if (new Set(names).size < names.length) this.stopAsserting('environment-variables/duplicates');
      if (hasManyVariables(stimulus.settings, this.play.profile)) this.stopAsserting('many environment variables');
    }
    if (stimulus.kind !== 'install') return;
    const { canister, module: index, wasmMemoryPersistence } = stimulus;
    // The same module over a memory that it has filled once: its segments are there whether they are applied again or not.
    const isSame = this.#installed.get(canister) === index;
    if (wasmMemoryPersistence === 'keep' && !isSame) this.stopAsserting('initialization/initial-memory');
    this.#installed.set(canister, index);
    const module = this.play.scenario.modules[index];
    const bytes = this.play.modules[index];
    if (module === undefined || bytes === undefined) return;
    const situations = module.kind === 'program' ? inProgram(module.program) : inBytes(module.bytes);
    for (const situation of [...situations, ...inEdition(bytes)]) this.stopAsserting(situation);
  }
}

const ofPrograms = new WeakMap<Program, readonly Situation[]>();

/** Situations that a program brings up by being installed. */
function inProgram(program: Program): readonly Situation[] {
  let found = ofPrograms.get(program);
  if (found === undefined) {
    const exported = (name: string) => program.exports.some((one) => one.name === name);
    const imports = program.oddities.some(
      ({ kind }) => kind === 'import memory' || kind === 'import table' || kind === 'import global',
    );
    found = [
      ...whereTrue('heartbeats', exported('canister_heartbeat')),
      ...whereTrue('module-requirements/start-or-export', exported('start')),
      ...whereTrue('module-requirements/declares-a-memory', imports),
      ...whereTrue('module-requirements/custom-section-twice', isAnyTwice(program.customSections)),
    ];
    ofPrograms.set(program, found);
  }
  return found;
}

const ofBytes = new WeakMap<Uint8Array, readonly Situation[]>();

/** The same for a module that was not generated. */
function inBytes(bytes: Uint8Array): readonly Situation[] {
  let found = ofBytes.get(bytes);
  if (found === undefined) {
    const module = parseModule(openWasm, bytes);
    found =
      'invalid' in module
        ? [
            ...whereTrue('module-requirements/declares-a-memory', /is a (memory|table|global)$/.test(module.invalid)),
            ...whereTrue('end of a gzip stream', ENDS_WRONG.test(module.invalid)),
          ]
        : inModule(module);
    ofBytes.set(bytes, found);
  }
  return found;
}

/** Why the model refuses a gzip stream whose last eight bytes do not fit what it holds. */
const ENDS_WRONG = /incorrect (data|length) check/;

const ofEditions = new WeakMap<Uint8Array, readonly Situation[]>();

/** Situations that come up because WebAssembly has editions and proposals, and an implementation may have more or fewer of them. */
function inEdition(bytes: Uint8Array): readonly Situation[] {
  let found = ofEditions.get(bytes);
  if (found === undefined) {
    const module = parseModule(openWasm, bytes);
    const differs = 'invalid' in module ? NEEDS_FEATURE.test(module.invalid) : usesExtendedConstants(module.wasm);
    ofEditions.set(bytes, (found = whereTrue('module-requirements/webassembly-version', differs)));
  }
  return found;
}

/** Why the model refuses a module with a feature that the profiles do not have. */
const NEEDS_FEATURE = /needs the feature/;

const GLOBAL_GET = 0x23;

/** Whether a constant expression computes, or reads a global of the module's own: neither was valid in WebAssembly 2.0. */
function usesExtendedConstants(wasm: CanisterModule['wasm']): boolean {
  const offsets = [...wasm.elements, ...wasm.data].flatMap(({ mode }) => (mode.kind === 'active' ? [mode.offset] : []));
  const items = wasm.elements.flatMap((one) => (one.items.kind === 'expressions' ? one.items.ranges : []));
  const expressions = [...wasm.globalDefinitions.map(({ init }) => init), ...offsets, ...items];
  if (expressions.some(({ start }) => wasm.bytes[start] === GLOBAL_GET)) return true;
  try {
    validateModule(wasm, { ...ALL_FEATURES, extendedConst: false });
    return false;
  } catch (error) {
    if (error instanceof WasmValidationError) return true;
    throw error;
  }
}

function inModule({ wasm, exports }: CanisterModule): readonly Situation[] {
  return [
    ...whereTrue('heartbeats', exports.has('canister_heartbeat')),
    ...whereTrue(
      'module-requirements/start-or-export',
      wasm.exports.some(({ name }) => name === 'start'),
    ),
    ...whereTrue('module-requirements/custom-section-twice', isAnyTwice(wasm.customSections)),
  ];
}

/** Whether two public or two private sections have one name. */
function isAnyTwice(sections: readonly { readonly name: string }[]): boolean {
  const names = sections.map(({ name }) => name).filter((name) => name.startsWith('icp:'));
  return new Set(names).size < names.length;
}

const whereTrue = (situation: Situation, isSo: boolean): readonly Situation[] => (isSo ? [situation] : []);
