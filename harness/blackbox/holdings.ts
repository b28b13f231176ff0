// plumbing: detects ambiguities that come up with what canisters hold — tables and passive segments (44), and low-memory hooks (9, 10)
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { MessageId } from '../../spec/vocabulary/ids.js';
import type { CanisterDigest, TransitionRecord } from '../../spec/vocabulary/record.js';
import type { Choice, ModuleIndex, Scenario } from '../../spec/vocabulary/scenario.js';
import { openWasm } from '../../spec/profiles/profiles.js';
import { parseModule } from '../../reference-model/index.js';
import { mayReach, textOf } from './reach.js';
import type { StopAsserting } from './ambiguities.js';
import type { Play } from './play.js';

const HOOK = 'canister_on_low_wasm_memory';
const TABLE_WRITES = ['table.set', 'table.grow', 'table.copy', 'table.fill', 'table.init'];
const NOT_LOW = 'condition-not-satisfied';

/**
 * Follows one run of the model, and tells of an ambiguity when its readings come to differ. If it did when they only could, a case with such
 * a module would assert nothing from its installation on.
 */
export class Holdings {
  /** What canisters hold whose code writes tables or drops segments, as text. */
  readonly #held = new Map<Principal, string>();
  /** Canisters in which a module with a low-memory hook was, or was to be, installed. */
  readonly #hooked = new Set<Principal>();
  readonly #hooks = new Map<Principal, CanisterDigest['lowMemoryHook']>();
  readonly #withTimer = new Set<Principal>();
  readonly #callers = new Map<MessageId, Principal>();
  /** The canisters, or users, that messages go to. */
  readonly #receivers = new Map<MessageId, Principal>();

  constructor(
    private readonly play: Pick<Play, 'scenario' | 'modules'>,
    private readonly stopAsserting: StopAsserting,
  ) {}

  /** The run has made a transition. */
  afterTransition(record: TransitionRecord): void {
    const { cause, executions, messages, after } = record;
    if (cause.kind === 'install') this.#installed(cause.canister, cause.module, executions.length > 0);
    // Readings differ about whether the callback of a composite query finds the tables as the method has left them.
    const inQuery = cause.kind === 'query' ? executions.filter(({ canister }) => this.#held.has(canister)) : [];
    if (inQuery.length > 1) this.stopAsserting('atomicity/tables-and-segments');
    for (const message of messages) {
      if (message.kind === 'call') {
        this.#callers.set(message.id, message.caller);
        this.#receivers.set(message.id, message.callee);
      } else {
        const caller = this.#callers.get(message.to);
        if (caller !== undefined) this.#receivers.set(message.id, caller);
      }
    }
    for (const digest of after) {
      this.#followHook(digest, cause.kind in MANAGEMENT);
      this.#followTables(digest, cause.kind === 'install');
    }
  }

  /** The run is about to choose: a hook may be due where something else of its canister could run before it, too. */
  beforeChoice(enabled: readonly Choice[]): void {
    const due = enabled.filter(({ kind }) => kind === 'low-wasm-memory');
    if (due.length === 0) return;
    const busy = new Set(this.#withTimer);
    for (const choice of enabled) {
      const receiver = 'message' in choice ? this.#receivers.get(choice.message) : undefined;
      if (receiver !== undefined) busy.add(receiver);
    }
    if (due.some((choice) => 'canister' in choice && busy.has(choice.canister)))
      this.stopAsserting('on-low-wasm-memory/callbacks-before');
  }

  #installed(canister: Principal, index: ModuleIndex, ran: boolean): void {
    const { hooked, holding } = this.#moduleAt(index);
    if (hooked) this.#hooked.add(canister);
    if (holding === 'no') return;
    // What the installation itself leaves behind is there for the first message, or is not.
    if (holding === 'from the beginning' && ran) this.stopAsserting('atomicity/tables-and-segments');
    this.#held.set(canister, '');
  }

  #followTables({ canister, moduleHash, tables, droppedSegments }: CanisterDigest, installed: boolean): void {
    const held = this.#held.get(canister);
    if (held === undefined) return;
    const now = textOf([tables, droppedSegments]);
    if (!installed && moduleHash !== undefined && now !== held) this.stopAsserting('atomicity/tables-and-segments');
    this.#held.set(canister, now);
  }

  #followHook({ canister, lowMemoryHook, globalTimer }: CanisterDigest, managed: boolean): void {
    if (globalTimer === 0n) this.#withTimer.delete(canister);
    else this.#withTimer.add(canister);
    // That an execution fills the memory schedules the hook in every reading; what management does may.
    const low = lowMemoryHook !== NOT_LOW || (this.#hooks.get(canister) ?? NOT_LOW) !== NOT_LOW;
    if (managed && low && this.#hooked.has(canister)) this.stopAsserting('on-low-wasm-memory/edge-or-level');
    this.#hooks.set(canister, lowMemoryHook);
  }

  #moduleAt(index: ModuleIndex): Held {
    const { scenario, modules } = this.play;
    const [module, bytes] = [scenario.modules[index], modules[index]];
    return module === undefined || bytes === undefined ? NOTHING : heldBy(module, bytes);
  }
}

/** Stimuli that may make the memory of a canister low, or not low, without an execution that fills it. */
const MANAGEMENT = { install: true, 'update-settings': true, uninstall: true } as const;

/** What of a module matters here. */
interface Held {
  readonly hooked: boolean;
  /** Whether its code writes tables or drops segments that are used; `from the beginning`: when it is installed, too. */
  readonly holding: 'no' | 'later' | 'from the beginning';
}

const NOTHING: Held = { hooked: false, holding: 'no' };

const ofModules = new WeakMap<Uint8Array, Held>();

function heldBy(module: Scenario['modules'][number], bytes: Uint8Array): Held {
  let found = ofModules.get(bytes);
  if (found === undefined) {
    const parsed = parseModule(openWasm, bytes);
    found =
      'invalid' in parsed
        ? NOTHING
        : { hooked: parsed.exports.has(HOOK), holding: holding(module, parsed.wasm.mnemonics) };
    ofModules.set(bytes, found);
  }
  return found;
}

const INSTALLING = /^canister_(init|post_upgrade)$/;

function holding(module: Scenario['modules'][number], used: ReadonlySet<string>): Held['holding'] {
  const dropped =
    (used.has('data.drop') && used.has('memory.init')) || (used.has('elem.drop') && used.has('table.init'));
  if (!dropped && !TABLE_WRITES.some((name) => used.has(name))) return 'no';
  if (module.kind !== 'program') return 'from the beginning';
  const { program } = module;
  const names = new Set(program.exports.filter(({ name }) => INSTALLING.test(name)).map((one) => one.function));
  const first = program.functions.filter(({ name }) => names.has(name) || name === program.start);
  return first.some((f) => mayReach(f, program, HOLDS)) ? 'from the beginning' : 'later';
}

const HOLDS = /"(data|elem)\.drop"|"table\.(set|grow|copy|fill|init)"|"call indirect"|"call_indirect"/;
