// plumbing: what is known beside the record of a transition — what was there before it, the modules, and what calls and rejects are about
import { parseModule, type CanisterModule, type InvalidModule } from '../../reference-model/index.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { REJECT_CAUSES, type RejectCause } from '../../spec/profiles/reject-causes.js';
import type { CallContextId, MessageId } from '../../spec/vocabulary/ids.js';
import type { Hex, Principal } from '../../spec/vocabulary/brands.js';
import type {
  CanisterDigest,
  ExecutionRecord,
  NewMessage,
  Response,
  StimulusOutcome,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import { succeeded, type World } from './world.js';

type CallMessage = Extract<NewMessage, { kind: 'call' }>;

/** What happened in a call context that has not been responded to. */
interface SoFar {
  /** Data was appended in an execution that did not reply. */
  readonly appended: boolean;
  readonly trapped: boolean;
}

/** Stimuli after which a canister may have to hold fewer cycles. */
const FREEING: readonly string[] = ['update-settings', 'install', 'uninstall'];

const CAUSES = new WeakMap<Profile, ReadonlyMap<string, RejectCause>>();

/** Why the system rejects, by the messages of a profile; of two with one message the first. */
function causesOf(profile: Profile): ReadonlyMap<string, RejectCause> {
  let causes = CAUSES.get(profile);
  if (causes === undefined) {
    const inOrder = Object.keys(REJECT_CAUSES) as readonly RejectCause[];
    causes = new Map(inOrder.map((cause) => [profile.rejectMessages[cause], cause] as const).reverse());
    CAUSES.set(profile, causes);
  }
  return causes;
}

/** For the report alone, which says what was put to the test: no verdict depends on it. Modules are read by the model. */
export class Known {
  readonly #calls = new Map<MessageId, CallMessage>();
  readonly #byHash = new Map<Hex, CanisterModule>();
  /** Calls that have a cleanup callback. */
  readonly #withCleanup = new Set<MessageId>();
  /** Of each response the call that it answers. */
  readonly #answers = new Map<MessageId, MessageId>();
  readonly #contexts = new Map<CallContextId, SoFar>();
  readonly #controllers = new Map<Principal, readonly Principal[]>();
  /** Calls that have not been executed. */
  readonly #waiting = new Set<MessageId>();
  /** Canisters that were found frozen, of which nothing has happened since that could change it. */
  readonly #frozen = new Set<Principal>();
  /** Canisters that were frozen when they were given cycles. */
  readonly #topUps = new Set<Principal>();
  #now: bigint | undefined;

  constructor(
    private readonly world: World,
    private readonly profile: Profile,
    private readonly modules: readonly Uint8Array[],
  ) {}

  /** A canister before the transition; undefined where it does not exist. */
  before(canister: Principal): CanisterDigest | undefined {
    return this.world.canister(canister);
  }

  /** A module of the scenario, or why it is none; undefined where there is no such module. */
  uploaded(index: number): CanisterModule | InvalidModule | undefined {
    const bytes = this.modules[index];
    if (bytes === undefined) return undefined;
    const module = parseModule(this.profile, bytes);
    if (!('invalid' in module)) this.#byHash.set(module.hash, module);
    return module;
  }

  /** The module that a canister had before the transition. */
  moduleOf(canister: Principal): CanisterModule | undefined {
    const hash = this.before(canister)?.moduleHash;
    return hash === undefined ? undefined : this.#byHash.get(hash);
  }

  /** A call that a canister made. */
  call(id: MessageId): CallMessage | undefined {
    return this.#calls.get(id);
  }

  /** Why the system rejected; undefined for replies, and where a canister did. */
  why(response: Response): RejectCause | undefined {
    return response.kind === 'reject' ? causesOf(this.profile).get(response.message) : undefined;
  }

  /** Whether a response is the one to a call that has a cleanup callback. */
  hasCleanup(response: MessageId): boolean {
    const call = this.#answers.get(response);
    return call !== undefined && this.#withCleanup.has(call);
  }

  /** What happened in the call context of an execution before it. */
  soFar({ callContext }: ExecutionRecord): SoFar | undefined {
    return callContext === undefined ? undefined : this.#contexts.get(callContext);
  }

  /** The controllers that a canister was given; undefined where it was never said. */
  controllers(canister: Principal): readonly Principal[] | undefined {
    return this.#controllers.get(canister);
  }

  /** Whether another call to the same canister waits for its turn. */
  hasCompany(id: MessageId): boolean {
    const callee = this.#calls.get(id)?.callee;
    for (const other of this.#waiting) if (other !== id && this.#calls.get(other)?.callee === callee) return true;
    return false;
  }

  /** Whether a canister was frozen when it was last asked, and has been given no cycles since. */
  isFrozen(canister: Principal): boolean {
    return this.#frozen.has(canister);
  }

  /** Whether a canister was frozen when it was last given cycles. */
  wasFrozen(canister: Principal): boolean {
    return this.#topUps.has(canister);
  }

  /** The subnet's time in nanoseconds; undefined where no canister has asked for it. */
  get now(): bigint | undefined {
    return this.#now;
  }

  /** The canisters before the transition. */
  canisters(): IterableIterator<CanisterDigest> {
    return this.world.canisters();
  }

  /** Takes over what a transition brought. */
  learn(record: TransitionRecord, outcome: StimulusOutcome | undefined): void {
    const { cause, messages, executions } = record;
    for (const message of messages) {
      if (message.kind === 'call') {
        this.#calls.set(message.id, message);
        this.#waiting.add(message.id);
      } else {
        this.#answers.set(message.id, message.to);
        this.#waiting.delete(message.to);
      }
    }
    if (cause.kind === 'execute') this.#waiting.delete(cause.message);
    if (cause.kind === 'advance-time' && this.#now !== undefined) this.#now += cause.by;
    this.#learnWhoIsFrozen(record, outcome);
    for (const execution of executions) this.#learnFrom(execution);
    if (cause.kind === 'update-settings' && cause.settings.controllers !== undefined && succeeded(outcome))
      this.#controllers.set(cause.canister, cause.settings.controllers);
  }

  #learnWhoIsFrozen({ cause, messages, after }: TransitionRecord, outcome: StimulusOutcome | undefined): void {
    if (cause.kind === 'deposit' && this.#frozen.delete(cause.canister)) this.#topUps.add(cause.canister);
    // More cycles or less to pay for: nobody knows then.
    const paysLess = FREEING.includes(cause.kind);
    for (const { canister, balance } of after)
      if (paysLess || balance > (this.before(canister)?.balance ?? 0n)) this.#frozen.delete(canister);
    const isRefused = outcome?.kind === 'refused' && outcome.failure === 'frozen';
    const isRejected = outcome?.kind === 'responded' && this.why(outcome.response) === 'frozen';
    if ((cause.kind === 'ingress' || cause.kind === 'query') && (isRefused || isRejected))
      this.#frozen.add(cause.canister);
    for (const message of messages) {
      if (message.kind !== 'response' || this.why(message.response) !== 'frozen') continue;
      const callee = this.#calls.get(message.to)?.callee;
      if (callee !== undefined) this.#frozen.add(callee);
    }
  }

  #learnFrom({ callContext, trace, outcome, calls, response }: ExecutionRecord): void {
    let [performed, cleans] = [0, false];
    for (const { name, trap, result } of trace) {
      if (trap !== undefined) continue;
      if (name === 'time') this.#now = result;
      if (name === 'call_new') cleans = false;
      else if (name === 'call_on_cleanup') cleans = true;
      else if (name === 'call_perform' && result === 0n) {
        const call = calls[performed++];
        if (call !== undefined && cleans) this.#withCleanup.add(call.message);
      }
    }
    if (callContext === undefined || response !== undefined) return;
    const before = this.#contexts.get(callContext);
    const returned = outcome.kind === 'returned';
    this.#contexts.set(callContext, {
      appended: before?.appended === true || (returned && trace.some(({ name }) => name === 'msg_reply_data_append')),
      trapped: before?.trapped === true || !returned,
    });
  }
}
