// plumbing: the record of an execution as it is reported

import type { Cycles, Nanoseconds } from '../../spec/vocabulary/brands.js';
import type { CallContextId, MessageId } from '../../spec/vocabulary/ids.js';
import type { ExecutionOutcome, ExecutionRecord, OutgoingCall } from '../../spec/vocabulary/record.js';
import type { MethodCall } from './execution.js';
import type { Run } from './machine.js';
import { toHex } from './text.js';
import { reported } from './world.js';

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const MAX_TIME = (1n << 64n) - 1n;

/** When a bounded-wait call made now ends; undefined: unbounded wait. */
export function deadlineOf(call: MethodCall, time: bigint): bigint | undefined {
  if (call.timeoutSeconds === undefined) return undefined;
  const deadline = time + call.timeoutSeconds * NANOSECONDS_PER_SECOND;
  return deadline < MAX_TIME ? deadline : MAX_TIME;
}

/** The message id that calls of composite queries have: they are no messages. */
const NO_MESSAGE = -1 as MessageId;

/** What goes into a record beside the run itself. */
interface RecordDetails {
  /** How the execution ended after the tests at its end. */
  readonly outcome?: ExecutionOutcome;
  readonly method?: string;
  readonly callContext?: CallContextId;
  /** Ids of the call messages, in the order of the calls. */
  readonly messages?: readonly MessageId[];
}

/** The record of a run. */
export function executionRecord(run: Run, details: RecordDetails = {}): ExecutionRecord {
  const { execution: es, instructions } = run;
  const outcome = details.outcome ?? run.outcome;
  const returned = outcome.kind === 'returned';
  const calls = returned ? es.calls : [];
  return {
    canister: es.canister.id,
    entryPoint: es.entryPoint,
    width: es.width,
    ...(details.method === undefined ? {} : { method: details.method }),
    ...(details.callContext === undefined ? {} : { callContext: details.callContext }),
    trace: es.trace,
    outcome,
    instructions,
    ...(returned && es.response !== undefined ? { response: reported(es.response) } : {}),
    calls: calls.map((call, i) => outgoingCall(call, details.messages?.[i] ?? NO_MESSAGE, es.env.time)),
    accepted: (returned ? es.cyclesAccepted : 0n) as Cycles,
    burned: (returned ? es.cyclesBurned : 0n) as Cycles,
  };
}

function outgoingCall(call: MethodCall, message: MessageId, time: bigint): OutgoingCall {
  const deadline = deadlineOf(call, time);
  return {
    message,
    callee: call.callee,
    method: call.methodName,
    arg: toHex(call.arg.bytes()),
    cycles: call.transferredCycles as Cycles,
    ...(deadline === undefined ? {} : { deadline: deadline as Nanoseconds }),
  };
}
