// spec-shaped: the state that an execution starts with — abstract-behavior.md, `empty_execution_state`, `Env`

import type { SenderInfo } from '../../spec/vocabulary/scenario.js';
import { contextOf, type Context, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import { MANAGEMENT_CANISTER } from '../../spec/vocabulary/ids.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { ByteBuffer, type Env, type Execution, type Params } from './execution.js';
import { StableMemoryDraft } from './stable-memory.js';
import type { CallContext, CallOrigin, Canister, Code } from './state.js';
import { fromHex, principalBytes } from './text.js';
import type { World } from './world.js';

const NOTHING = new Uint8Array();

/** `empty_params`: the caller is the management canister. */
export const EMPTY_PARAMS: Params = {
  arg: NOTHING,
  caller: principalBytes(MANAGEMENT_CANISTER),
  callerInfoData: NOTHING,
  callerInfoSigner: NOTHING,
  rejectCode: 0,
  rejectMessage: NOTHING,
  cyclesRefunded: 0n,
  methodName: NOTHING,
  deadline: 0n,
};

/** The parameters that say who calls. */
export function callerParams(caller: Principal, senderInfo: SenderInfo | undefined): Params {
  return {
    ...EMPTY_PARAMS,
    caller: principalBytes(caller),
    callerInfoData: senderInfo === undefined ? NOTHING : fromHex(senderInfo.data),
    callerInfoSigner: senderInfo === undefined ? NOTHING : principalBytes(senderInfo.signer),
  };
}

/** The parameters that a call context gives to every execution in it. */
export function contextParams(origin: CallOrigin): Params {
  switch (origin.kind) {
    case 'user':
      return callerParams(origin.sender, origin.senderInfo);
    case 'canister':
      return { ...callerParams(origin.caller, undefined), deadline: origin.deadline ?? 0n };
    case 'system-task':
      return EMPTY_PARAMS;
  }
}

/** The code of a canister that is about to run it. @throws Crash for an empty canister */
export function codeOf(canister: Canister): Code {
  if (canister.code === undefined) throw new Crash(`canister ${canister.id} is empty`);
  return canister.code;
}

/** Contexts whose replies have the limit of queries. */
const QUERY_CONTEXTS: ReadonlySet<Context> = new Set<Context>(['NRQ', 'TQ', 'CQ', 'CRy', 'CRt']);

/** What differs from an execution with no call and no caller. */
interface ExecutionStart {
  readonly entryPoint: EntryPoint;
  readonly canister: Canister;
  /** The code that runs; the canister's own when absent. */
  readonly code?: Code;
  readonly params?: Params;
  readonly env?: Partial<Env>;
  readonly needsToRespond?: boolean;
  readonly cyclesAvailable?: bigint;
  readonly instructionsBefore?: bigint;
  readonly callsUnderWay?: (callee: Principal) => number;
}

/** A new execution: nothing was done yet. */
export function newExecution(w: World, start: ExecutionStart): Execution {
  const { canister, entryPoint } = start;
  const code = start.code ?? codeOf(canister);
  const context = contextOf(entryPoint);
  const { limits } = w.profile;
  return {
    profile: w.profile,
    entryPoint,
    context,
    canister,
    width: code.module.width,
    moduleBytes: code.module.uploadedBytes,
    instance: code.instance,
    params: start.params ?? EMPTY_PARAMS,
    env: {
      time: w.draft.time,
      version: canister.version,
      globalTimer: canister.globalTimer,
      certificate: undefined,
      ...start.env,
    },
    needsToRespond: start.needsToRespond ?? false,
    replyBytes: QUERY_CONTEXTS.has(context) ? limits.queryReplyBytes : limits.replyBytes,
    instructionsBefore: start.instructionsBefore ?? 0n,
    callsUnderWay: start.callsUnderWay ?? (() => 0),
    recordsTrace: w.machine.trace,
    response: undefined,
    replyData: new ByteBuffer(),
    cyclesAvailable: start.cyclesAvailable ?? 0n,
    cyclesAccepted: 0n,
    cyclesBurned: 0n,
    cyclesLost: 0n,
    cyclesRefunded: 0n,
    balance: canister.balance,
    pendingCall: undefined,
    calls: [],
    newCertifiedData: undefined,
    newGlobalTimer: undefined,
    messageAccepted: false,
    stable: new StableMemoryDraft(code.stable),
    log: [],
    trace: [],
  };
}

/** A new execution in a call context. */
export function newExecutionIn(w: World, callContext: CallContext, start: ExecutionStart): Execution {
  return newExecution(w, {
    needsToRespond: callContext.needsToRespond,
    cyclesAvailable: callContext.availableCycles,
    instructionsBefore: callContext.instructions,
    callsUnderWay: (callee) => {
      let count = 0;
      for (const call of w.draft.calls.values())
        if (call.caller === callContext.canister && call.callee === callee) count++;
      return count;
    },
    ...start,
  });
}
