// plumbing: alternative readings of ambiguous clauses, as far as the model can take them instead of its own
import type { Profile } from '../../spec/profiles/profile.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import { REJECT_CODES } from '../../spec/reject-codes.js';
import type { SubmissionFailure } from '../../spec/vocabulary/record.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import { wasmMemoryBytes } from '../../reference-model/ic/execution.js';
import { takenIn } from '../../reference-model/ic/transitions/api-request-submission.js';
import type { World } from '../../reference-model/ic/world.js';
import { WasmTrap } from '../../reference-model/wasm/index.js';
import type { Assembly } from '../../reference-model/index.js';
import type { Reading, TakesReading } from './ambiguities.js';
import { handlerNamed, type Handler, type Handlers } from './handlers.js';

const QUERIES: readonly string[] = ['RQ', 'NRQ', 'TQ', 'CQ', 'CRy', 'CRt'];

/** Whether it copies nothing, from or to beyond a memory. Which of the two addresses is that of the stable memory does not matter. */
function copiesNothingBeyond(es: Execution, a = 0n, b = 0n, size = 1n): boolean {
  const least = wasmMemoryBytes(es) < es.stable.bytes ? wasmMemoryBytes(es) : es.stable.bytes;
  return size === 0n && (a > least || b > least);
}

/** Wraps the functions of the System API for readings that the model can take. */
export function alternativeCalls(handlers: Handlers, takesReading: TakesReading): Handlers {
  const original = (name: string): Handler => handlerNamed(handlers, name);
  // Whether the stable memory is too large for a function is another question than whether a range is within it.
  const stableCopy =
    (name: string, measure?: string): Handler =>
    (es, ...args) => {
      if (!copiesNothingBeyond(es, ...args) || !takesReading('empty copies return')) return original(name)(es, ...args);
      if (measure !== undefined) original(measure)(es);
      return undefined;
    };
  return {
    ...handlers,
    stable_read: stableCopy('stable_read', 'stable_size'),
    stable_write: stableCopy('stable_write', 'stable_size'),
    stable64_read: stableCopy('stable64_read'),
    stable64_write: stableCopy('stable64_write'),
    msg_deadline: (es) => {
      if (QUERIES.includes(es.context) && takesReading('no deadline in queries')) {
        throw new WasmTrap('system-call-unavailable');
      }
      return original('msg_deadline')(es);
    },
    cycles_burn128: (es, ...args) => {
      const before = es.balance;
      const result = original('cycles_burn128')(es, ...args);
      if (takesReading('burned stays')) es.balance = before;
      return result;
    },
  };
}

/** Whether readings differ about the low-memory hook of a canister (8): it has one, and no wasm_memory_limit. */
export function isUnlimitedWithHook({ settings, code }: ReturnType<World['draft']['canister']>): boolean {
  return settings.wasmMemoryLimit === 0n && code?.module.exports.has('canister_on_low_wasm_memory') === true;
}

/** Why a canister that has code refuses an ingress message, beside what canister_inspect_message says, and the reading by which it is taken in. */
const TAKEN_IN: Readonly<Partial<Record<SubmissionFailure, Reading>>> = {
  'not-running': 'not running and accepts',
  frozen: 'frozen and accepts',
};

/** Wraps when the low-memory hook is scheduled: where no limit is set the memory is always low; and which ingress messages are refused. */
export function alternativeTransitions(
  transitions: Assembly['transitions'],
  takesReading: TakesReading,
): Assembly['transitions'] {
  return {
    ...transitions,
    scheduleLowMemoryHook(w, id) {
      const canister = w.draft.canister(id);
      if (!isUnlimitedWithHook(canister) || !takesReading('low without a limit')) {
        transitions.scheduleLowMemoryHook(w, id);
      } else if (canister.lowMemoryHook === 'condition-not-satisfied') {
        w.draft.put({ ...canister, lowMemoryHook: 'ready' });
      }
    },
    // It is rejected when its turn comes, as calls are, or executed, where the canister has changed by then.
    submitIngress(w, request) {
      const outcome = transitions.submitIngress(w, request);
      const canister = w.draft.canisters.get(request.canister);
      const reading = outcome.kind === 'refused' ? TAKEN_IN[outcome.failure] : undefined;
      if (reading === undefined || canister?.code === undefined || !takesReading(reading)) return outcome;
      return transitions.inspectMessage(w, request, canister) ? takenIn(w, request) : outcome;
    },
  };
}

/** Wraps what is managed by ingress: who may top up a canister. */
export function alternativeManagement(
  management: Assembly['management'],
  takesReading: TakesReading,
): Assembly['management'] {
  return {
    ...management,
    depositCycles(w, request) {
      const controllers = w.draft.canisters.get(request.canister)?.settings.controllers ?? [];
      const isStranger = !controllers.includes(request.sender);
      return isStranger && takesReading('controllers top up') ? { kind: 'done' } : management.depositCycles(w, request);
    },
  };
}

const { SYS_FATAL, SYS_TRANSIENT, DESTINATION_INVALID, CANISTER_ERROR } = REJECT_CODES;

/** Reject codes that alternative readings give to a cause: of uninstall/reject-code (33) and public-methods/missing-method (34). */
const ALTERNATIVE_CODES: Readonly<Partial<Record<RejectCause, readonly [number, ...number[]]>>> = {
  uninstalled: [CANISTER_ERROR],
  'out-of-cycles': [CANISTER_ERROR],
  'no-such-method': [DESTINATION_INVALID],
  'empty-canister': [DESTINATION_INVALID, SYS_FATAL, SYS_TRANSIENT],
  // Not a reading: a system that rejects of its own accord says whether it makes sense to try again.
  spontaneous: [SYS_FATAL],
};

/** The code that the model gives when it is told to reject of its own accord is the one that it was told (chooser.ts). */
export const isSpontaneous = (profile: Profile, message: string) => message === profile.rejectMessages.spontaneous;

const ofProfiles = new WeakMap<Profile, ReadonlyMap<string, readonly [number, ...number[]]>>();

/**
 * Codes that alternative readings give to a reject of the system; undefined: there is one reading.
 * @param message by which its cause is told: messages are unique in a profile
 */
export function alternativeCodes(profile: Profile, message: string): readonly [number, ...number[]] | undefined {
  let byMessage = ofProfiles.get(profile);
  if (byMessage === undefined) {
    const rows = Object.entries(ALTERNATIVE_CODES).map(
      ([cause, codes]) => [profile.rejectMessages[cause as RejectCause], codes] as const,
    );
    ofProfiles.set(profile, (byMessage = new Map(rows)));
  }
  return byMessage.get(message);
}
