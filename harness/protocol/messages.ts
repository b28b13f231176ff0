// plumbing: target-protocol@1 — every message that the harness and a target exchange; docs/target-protocol.md explains it
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { CanisterDigest } from '../../spec/vocabulary/record.js';
import type { Choice, Stimulus, StimulusKind } from '../../spec/vocabulary/scenario.js';
import {
  array,
  boolean,
  integer,
  named,
  object,
  oneOf,
  optional,
  schemaDocument,
  tagged,
  text,
  type Codec,
  type JsonSchema,
} from '../../reports/schemas/codec.js';
import { isJsonObject } from '../../reports/schemas/json.js';
import type { CanisterStatus, Capabilities, Ended, SubnetOptions, Submitted, View } from '../target.js';
import { base64, cyclesText, hexText, principalText, settings, stimulus, timeText } from '../corpus/vocabulary.js';
import { canisterDigest, choice, ended, ledger, RECORD_DEFINITIONS, stimulusOutcome, transition } from './records.js';

export type { CanisterStatus, Capabilities, View } from '../target.js';

/** Name and version, exchanged in the handshake. */
export const PROTOCOL = 'ic0-conformance/target-protocol@1';

/** Ways to protect a line against a flipped byte. */
export const CHECKSUMS = ['crc32', 'none'] as const;
export type ChecksumKind = (typeof CHECKSUMS)[number];

export const STIMULUS_KINDS = [
  'ingress',
  'query',
  'transform',
  'create',
  'install',
  'uninstall',
  'start',
  'stop',
  'delete',
  'update-settings',
  'deposit',
  'advance-time',
] as const satisfies readonly StimulusKind[];

interface Numbered {
  /** Counts requests from 0; the answer has the same. */
  readonly seq: number;
}

/** From the harness to the target. */
export type Request =
  /** The first line. Offers checksums in the order of preference. */
  | (Numbered & { readonly do: 'hello'; readonly protocol: string; readonly checksums: readonly ChecksumKind[] })
  /** A new, empty subnet; the one before is forgotten. */
  | (Numbered & { readonly do: 'begin' } & SubnetOptions)
  | (Numbered & { readonly do: 'submit'; readonly stimulus: Stimulus })
  | (Numbered & { readonly do: 'take'; readonly choice: Choice })
  /**
   * Go on until nothing more happens by itself; with `atMost` for about so many executions of messages. Not sent to targets with records.
   */
  | (Numbered & { readonly do: 'settle'; readonly atMost?: number })
  | (Numbered & { readonly do: 'status'; readonly canister: Principal })
  | (Numbered & { readonly do: 'digest'; readonly canister: Principal });

/** From the target to the harness. */
export type Answer =
  | (Numbered & {
      readonly is: 'welcome';
      readonly protocol: string;
      readonly target: { readonly name: string; readonly version: string };
      readonly capabilities: Capabilities;
      /** One that was offered; it holds from the next line on, in both directions. */
      readonly checksum: ChecksumKind;
    })
  /** To `begin`; with the view's ledger and choices where the target has records. */
  | (Numbered & { readonly is: 'begun' } & Partial<Pick<View, 'enabled' | 'ledger'>>)
  | (Numbered & { readonly is: 'submitted' } & Submitted)
  | (Numbered & { readonly is: 'taken'; readonly view: View })
  /** Requests that ended since the last `settled`. */
  | (Numbered & { readonly is: 'settled'; readonly ended: readonly Ended[] })
  | (Numbered & { readonly is: 'status'; readonly status: CanisterStatus })
  /** Absent: there is no such canister. */
  | (Numbered & { readonly is: 'digest'; readonly digest?: CanisterDigest })
  /** The target cannot do what was asked: it says nothing about conformance. */
  | (Numbered & { readonly is: 'skipped'; readonly reason: string })
  /** The target failed. `host-limit`: a limit of its host, not of the canister. */
  | (Numbered & { readonly is: 'errored'; readonly kind: 'crash' | 'host-limit'; readonly context: string });

export type RequestOf<K extends Request['do']> = Extract<Request, { readonly do: K }>;
export type AnswerOf<K extends Answer['is']> = Extract<Answer, { readonly is: K }>;

const seq = integer(0);
const width = oneOf(['i32', 'i64'] as const);

const capabilities = named<Capabilities>(
  'capabilities',
  object<Capabilities>({
    records: boolean,
    balances: boolean,
    time: boolean,
    reorders: boolean,
    widths: array(width),
    stimuli: array(oneOf(STIMULUS_KINDS)),
    entryPoints: array(oneOf(Object.keys(ENTRY_POINTS) as EntryPoint[])),
    imports: optional(array(text)),
    settlesPartly: optional(boolean),
  }),
);

const view = named<View>('view', object<View>({ transition, enabled: array(choice), ledger }));

export const request = named<Request>(
  'request',
  tagged<'do', Request>('do', {
    hello: object<RequestOf<'hello'>>({
      seq,
      do: oneOf(['hello']),
      protocol: text,
      checksums: array(oneOf(CHECKSUMS)),
    }),
    begin: object<RequestOf<'begin'>>({
      seq,
      do: oneOf(['begin']),
      profile: text,
      time: timeText,
      modules: array(base64),
    }),
    submit: object<RequestOf<'submit'>>({ seq, do: oneOf(['submit']), stimulus }),
    take: object<RequestOf<'take'>>({ seq, do: oneOf(['take']), choice }),
    settle: object<RequestOf<'settle'>>({ seq, do: oneOf(['settle']), atMost: optional(integer(1)) }),
    status: object<RequestOf<'status'>>({ seq, do: oneOf(['status']), canister: principalText }),
    digest: object<RequestOf<'digest'>>({ seq, do: oneOf(['digest']), canister: principalText }),
  }),
);

const canisterStatus = named<CanisterStatus>(
  'canister-status',
  object<CanisterStatus>({
    exists: boolean,
    status: optional(oneOf(['running', 'stopping', 'stopped'])),
    moduleHash: optional(hexText),
    balance: optional(cyclesText),
  }),
);

export const answer = named<Answer>(
  'answer',
  tagged<'is', Answer>('is', {
    welcome: object<AnswerOf<'welcome'>>({
      seq,
      is: oneOf(['welcome']),
      protocol: text,
      target: object<AnswerOf<'welcome'>['target']>({ name: text, version: text }),
      capabilities,
      checksum: oneOf(CHECKSUMS),
    }),
    begun: object<AnswerOf<'begun'>>({
      seq,
      is: oneOf(['begun']),
      enabled: optional(array(choice)),
      ledger: optional(ledger),
    }),
    submitted: object<AnswerOf<'submitted'>>({
      seq,
      is: oneOf(['submitted']),
      outcome: stimulusOutcome,
      canister: optional(principalText),
      view: optional(view),
    }),
    taken: object<AnswerOf<'taken'>>({ seq, is: oneOf(['taken']), view }),
    settled: object<AnswerOf<'settled'>>({ seq, is: oneOf(['settled']), ended: array(ended) }),
    status: object<AnswerOf<'status'>>({ seq, is: oneOf(['status']), status: canisterStatus }),
    digest: object<AnswerOf<'digest'>>({ seq, is: oneOf(['digest']), digest: optional(canisterDigest) }),
    skipped: object<AnswerOf<'skipped'>>({ seq, is: oneOf(['skipped']), reason: text }),
    errored: object<AnswerOf<'errored'>>({
      seq,
      is: oneOf(['errored']),
      kind: oneOf(['crash', 'host-limit']),
      context: text,
    }),
  }),
);

const line: Codec<Request | Answer> = {
  encode: (value) => ('do' in value ? request.encode(value) : answer.encode(value)),
  decode: (json, where) =>
    isJsonObject(json) && 'do' in json ? request.decode(json, where) : answer.decode(json, where),
  schema: { oneOf: [request.schema, answer.schema] },
};

/** JSON Schema of target-protocol@1; reports/schemas/target-protocol-1.json is this value. A line is a request or an answer. */
export function protocolSchema(): JsonSchema {
  return schemaDocument(
    'urn:ic0-conformance:target-protocol@1',
    'target-protocol@1: one line, without its checksum',
    line,
    [request, answer, capabilities, canisterStatus, view, settings, stimulus, ...RECORD_DEFINITIONS],
  );
}
