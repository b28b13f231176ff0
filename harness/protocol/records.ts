// plumbing: codecs of what an engine reports — choices, execution records, digests, ledgers
import type { CallContextId, MessageId, RequestId } from '../../spec/vocabulary/ids.js';
import type { Digest } from '../../spec/vocabulary/digest.js';
import type {
  CanisterDigest,
  CyclesLedger,
  ExecutionOutcome,
  ExecutionRecord,
  NewMessage,
  OutgoingCall,
  Response,
  StimulusOutcome,
  SystemCallRecord,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';
import { CHOICE_KINDS, type Choice, type Stimulus } from '../../spec/vocabulary/scenario.js';
import { TRAP_KINDS, type TrapKind } from '../../spec/vocabulary/trap.js';
import {
  array,
  integer,
  named,
  object,
  oneOf,
  optional,
  pair,
  tagged,
  text,
  textual,
  type Codec,
} from '../../reports/schemas/codec.js';
import { isJsonObject } from '../../reports/schemas/json.js';
import type { Ended } from '../target.js';
import {
  amountText,
  cyclesText,
  entryPointText,
  hexText,
  principalText,
  stimulus,
  timeText,
} from '../corpus/vocabulary.js';

/** Calls of composite queries are no messages and have the number -1. */
const message = integer(-1) as Codec<number> as Codec<MessageId>;
const context = integer(0) as Codec<number> as Codec<CallContextId>;
const request = integer(0) as Codec<number> as Codec<RequestId>;
const width = oneOf(['i32', 'i64'] as const);
const trap: Codec<TrapKind> = oneOf(TRAP_KINDS);
const digestText = textual<Digest>({ pattern: '^[0-9a-f]{16}$' }, String, (given) => {
  if (!/^[0-9a-f]{16}$/.test(given)) throw new Error(`expected 16 hexadecimal digits, found "${given.slice(0, 40)}"`);
  return given as Digest;
});

type ChoiceOf<K extends Choice['kind']> = Extract<Choice, { readonly kind: K }>;

export const choice = named<Choice>(
  'choice',
  tagged<'kind', Choice>('kind', {
    execute: object<ChoiceOf<'execute'>>({ kind: oneOf(['execute']), message }),
    deliver: object<ChoiceOf<'deliver'>>({ kind: oneOf(['deliver']), message }),
    heartbeat: object<ChoiceOf<'heartbeat'>>({ kind: oneOf(['heartbeat']), canister: principalText }),
    'global-timer': object<ChoiceOf<'global-timer'>>({ kind: oneOf(['global-timer']), canister: principalText }),
    'low-wasm-memory': object<ChoiceOf<'low-wasm-memory'>>({
      kind: oneOf(['low-wasm-memory']),
      canister: principalText,
    }),
    reject: object<ChoiceOf<'reject'>>({ kind: oneOf(['reject']), message, code: integer(1) }),
    'expire-message': object<ChoiceOf<'expire-message'>>({ kind: oneOf(['expire-message']), message }),
    'expire-context': object<ChoiceOf<'expire-context'>>({ kind: oneOf(['expire-context']), context }),
    'bump-version': object<ChoiceOf<'bump-version'>>({ kind: oneOf(['bump-version']), canister: principalText }),
  }),
);

const response = named<Response>(
  'response',
  tagged<'kind', Response>('kind', {
    reply: object<Extract<Response, { readonly kind: 'reply' }>>({ kind: oneOf(['reply']), data: hexText }),
    reject: object<Extract<Response, { readonly kind: 'reject' }>>({
      kind: oneOf(['reject']),
      code: integer(0),
      message: text,
    }),
  }),
);

type OutcomeOf<K extends StimulusOutcome['kind']> = Extract<StimulusOutcome, { readonly kind: K }>;

export const stimulusOutcome = named<StimulusOutcome>(
  'outcome',
  tagged<'kind', StimulusOutcome>('kind', {
    accepted: object<OutcomeOf<'accepted'>>({ kind: oneOf(['accepted']), request }),
    refused: object<OutcomeOf<'refused'>>({
      kind: oneOf(['refused']),
      failure: oneOf(['no-such-canister', 'empty-canister', 'not-running', 'frozen', 'not-accepted']),
    }),
    responded: object<OutcomeOf<'responded'>>({ kind: oneOf(['responded']), response }),
    done: object<OutcomeOf<'done'>>({ kind: oneOf(['done']) }),
  }),
);

const systemCall = named<SystemCallRecord>(
  'system-call',
  object<SystemCallRecord>({
    name: text,
    args: array(amountText),
    result: optional(amountText),
    trap: optional(trap),
    wrote: optional(hexText),
  }),
);

const outgoingCall = named<OutgoingCall>(
  'outgoing-call',
  object<OutgoingCall>({
    message,
    callee: principalText,
    method: text,
    arg: hexText,
    cycles: cyclesText,
    deadline: optional(timeText),
  }),
);

const executionOutcome = tagged<'kind', ExecutionOutcome>('kind', {
  returned: object<Extract<ExecutionOutcome, { readonly kind: 'returned' }>>({ kind: oneOf(['returned']) }),
  trapped: object<Extract<ExecutionOutcome, { readonly kind: 'trapped' }>>({
    kind: oneOf(['trapped']),
    trap,
    detail: optional(text),
  }),
});

const execution = named<ExecutionRecord>(
  'execution',
  object<ExecutionRecord>({
    canister: principalText,
    entryPoint: entryPointText,
    width,
    method: optional(text),
    callContext: optional(context),
    trace: array(systemCall),
    outcome: executionOutcome,
    instructions: amountText,
    response: optional(response),
    calls: array(outgoingCall),
    accepted: cyclesText,
    burned: cyclesText,
  }),
);

const newMessage = named<NewMessage>(
  'new-message',
  tagged<'kind', NewMessage>('kind', {
    call: object<Extract<NewMessage, { readonly kind: 'call' }>>({
      kind: oneOf(['call']),
      id: message,
      caller: principalText,
      callee: principalText,
      method: text,
    }),
    response: object<Extract<NewMessage, { readonly kind: 'response' }>>({
      kind: oneOf(['response']),
      id: message,
      to: message,
      response,
      refunded: cyclesText,
    }),
  }),
);

export const ended = named<Ended>('ended', object<Ended>({ request, response }));

export const canisterDigest = named<CanisterDigest>(
  'digest',
  object<CanisterDigest>({
    canister: principalText,
    status: oneOf(['running', 'stopping', 'stopped']),
    version: amountText,
    balance: cyclesText,
    reservedBalance: cyclesText,
    moduleHash: optional(hexText),
    wasmPages: optional(amountText),
    wasmMemory: digestText,
    stablePages: amountText,
    stableMemory: digestText,
    globals: array(amountText),
    tables: array(array(integer(-1))),
    droppedSegments: pair(array(integer(0)), array(integer(0))),
    certifiedData: hexText,
    globalTimer: timeText,
    log: array(hexText),
    lowMemoryHook: oneOf(['condition-not-satisfied', 'ready', 'executed']),
    openCallContexts: integer(0),
  }),
);

export const ledger = named<CyclesLedger>(
  'ledger',
  object<CyclesLedger>({
    putIn: amountText,
    balances: amountText,
    reserved: amountText,
    inMessages: amountText,
    inCallContexts: amountText,
    setAside: amountText,
    burned: amountText,
    charged: amountText,
    lost: amountText,
  }),
);

/** Stimuli and choices have no kind in common. */
const cause: Codec<Stimulus | Choice> = {
  encode: (value) => (isChoice(value) ? choice.encode(value) : stimulus.encode(value)),
  decode: (json, where) => {
    const kind = isJsonObject(json) ? json['kind'] : undefined;
    return (CHOICE_KINDS as readonly unknown[]).includes(kind)
      ? choice.decode(json, where)
      : stimulus.decode(json, where);
  },
  schema: { oneOf: [stimulus.schema, choice.schema] },
};

function isChoice(value: Stimulus | Choice): value is Choice {
  return (CHOICE_KINDS as readonly string[]).includes(value.kind);
}

export const transition = named<TransitionRecord>(
  'transition',
  object<TransitionRecord>({
    cause,
    executions: array(execution),
    messages: array(newMessage),
    ended: array(ended),
    after: array(canisterDigest),
  }),
);

/** Everything above that has a name in the schema. */
export const RECORD_DEFINITIONS = [
  choice,
  response,
  stimulusOutcome,
  systemCall,
  outgoingCall,
  execution,
  newMessage,
  ended,
  canisterDigest,
  ledger,
  transition,
] as const;
