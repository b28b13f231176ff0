// plumbing: codecs of the shared vocabulary — amounts as decimal text, blobs as hexadecimal text
import {
  cycles,
  hex,
  nanoseconds,
  principal,
  type Cycles,
  type Hex,
  type Nanoseconds,
  type Principal,
} from '../../spec/vocabulary/brands.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import {
  CHOICE_KINDS,
  type CanisterSetup,
  type ModuleSource,
  type Pick,
  type Scenario,
  type SenderInfo,
  type Settings,
  type Setup,
  type Step,
  type Stimulus,
} from '../../spec/vocabulary/scenario.js';
import { programFromJson, programToJson } from '../../generators/canister/codec.js';
import { ProgramError } from '../../generators/canister/errors.js';
import type { Program } from '../../spec/vocabulary/program.js';
import {
  array,
  boolean,
  FormatError,
  integer,
  named,
  object,
  oneOf,
  optional,
  tagged,
  text,
  textual,
  type Codec,
  type NamedCodec,
} from '../../reports/schemas/codec.js';
import { programSchema } from './program-schema.js';

const DECIMAL = '^(0|[1-9][0-9]*)$';
const decimalText = new RegExp(DECIMAL);

function natural(given: string): bigint {
  if (!decimalText.test(given)) throw new Error(`expected a decimal number as text, found "${given.slice(0, 60)}"`);
  return BigInt(given);
}

/** A natural number of any size, as decimal text. */
export const amountText: Codec<bigint> = textual({ pattern: DECIMAL }, String, natural);
export const cyclesText: Codec<Cycles> = textual({ pattern: DECIMAL }, String, (given) => cycles(natural(given)));
export const timeText: Codec<Nanoseconds> = textual({ pattern: DECIMAL }, String, (given) =>
  nanoseconds(natural(given)),
);
export const hexText: Codec<Hex> = textual({ pattern: '^([0-9a-f]{2})*$' }, String, hex);
export const principalText: Codec<Principal> = textual({ pattern: '^([0-9a-f]{2}){0,29}$' }, String, principal);
export const entryPointText: Codec<EntryPoint> = oneOf(Object.keys(ENTRY_POINTS) as EntryPoint[]);

/** Bytes in canonical base64. */
export const base64: Codec<Uint8Array> = textual(
  { contentEncoding: 'base64' },
  (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  (given) => {
    const bytes = Buffer.from(given, 'base64');
    if (bytes.toString('base64') !== given) throw new Error('expected base64 with padding and without line breaks');
    return new Uint8Array(bytes);
  },
);

/** The generators own the form of programs and check it to the last field; the schema names its outline. */
export const program: NamedCodec<Program> = named('program', {
  encode: (value) => programToJson(value),
  decode: (json, where) => {
    try {
      return programFromJson(json);
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      throw new FormatError('bad-value', error.where.replace(/^program/, where), error.problem);
    }
  },
  schema: programSchema,
});

export const moduleSource = named<ModuleSource>(
  'module',
  tagged<'kind', ModuleSource>('kind', {
    program: object<Extract<ModuleSource, { readonly kind: 'program' }>>({
      kind: oneOf(['program']),
      gzip: optional(boolean),
      program,
    }),
    wasm: object<Extract<ModuleSource, { readonly kind: 'wasm' }>>({
      kind: oneOf(['wasm']),
      description: text,
      bytes: base64,
    }),
  }),
);

export const settings = named<Settings>(
  'settings',
  object<Settings>({
    controllers: optional(array(principalText)),
    computeAllocation: optional(amountText),
    memoryAllocation: optional(amountText),
    freezingThreshold: optional(amountText),
    reservedCyclesLimit: optional(cyclesText),
    minimumIncomingCanisterCallCycles: optional(cyclesText),
    wasmMemoryLimit: optional(amountText),
    wasmMemoryThreshold: optional(amountText),
    environmentVariables: optional(
      array(object<{ readonly name: string; readonly value: string }>({ name: text, value: text })),
    ),
  }),
);

const canisterSetup: Codec<CanisterSetup> = object<CanisterSetup>({
  module: optional(integer(0)),
  initArg: hexText,
  cycles: cyclesText,
  reservedCycles: cyclesText,
  settings,
});

const senderInfo: Codec<SenderInfo> = object<SenderInfo>({ data: hexText, signer: principalText });

type Of<K extends Stimulus['kind']> = Extract<Stimulus, { readonly kind: K }>;

/** What the simple lifecycle calls have in common. */
const managed = { canister: principalText, sender: principalText };

export const stimulus = named<Stimulus>(
  'stimulus',
  tagged<'kind', Stimulus>('kind', {
    ingress: object<Of<'ingress'>>({
      kind: oneOf(['ingress']),
      canister: principalText,
      method: text,
      arg: hexText,
      sender: principalText,
      senderInfo: optional(senderInfo),
    }),
    query: object<Of<'query'>>({
      kind: oneOf(['query']),
      canister: principalText,
      method: text,
      arg: hexText,
      sender: principalText,
      senderInfo: optional(senderInfo),
      certificate: optional(hexText),
    }),
    transform: object<Of<'transform'>>({
      kind: oneOf(['transform']),
      canister: principalText,
      method: text,
      arg: hexText,
    }),
    create: object<Of<'create'>>({
      kind: oneOf(['create']),
      sender: principalText,
      cycles: cyclesText,
      reservedCycles: cyclesText,
      settings,
    }),
    install: object<Of<'install'>>({
      kind: oneOf(['install']),
      canister: principalText,
      sender: principalText,
      mode: oneOf(['install', 'reinstall', 'upgrade']),
      module: integer(0),
      arg: hexText,
      skipPreUpgrade: optional(boolean),
      wasmMemoryPersistence: optional(oneOf(['keep', 'replace'])),
    }),
    uninstall: object<Of<'uninstall'>>({ kind: oneOf(['uninstall']), ...managed }),
    start: object<Of<'start'>>({ kind: oneOf(['start']), ...managed }),
    stop: object<Of<'stop'>>({ kind: oneOf(['stop']), ...managed }),
    delete: object<Of<'delete'>>({ kind: oneOf(['delete']), ...managed }),
    'update-settings': object<Of<'update-settings'>>({
      kind: oneOf(['update-settings']),
      canister: principalText,
      sender: principalText,
      settings,
    }),
    deposit: object<Of<'deposit'>>({
      kind: oneOf(['deposit']),
      canister: principalText,
      sender: principalText,
      cycles: cyclesText,
    }),
    'advance-time': object<Of<'advance-time'>>({ kind: oneOf(['advance-time']), by: timeText }),
  }),
);

export const pick = named<Pick>(
  'pick',
  object<Pick>({ kind: oneOf(CHOICE_KINDS), rank: integer(0), code: optional(integer(0)) }),
);

export const step = named<Step>(
  'step',
  object<Step>({ stimulus: optional(stimulus), picks: optional(array(pick)), hold: optional(boolean) }),
);

const setup: Codec<Setup> = object<Setup>({ time: timeText, canisters: array(canisterSetup) });

export const scenario = named<Scenario>(
  'scenario',
  object<Scenario>({ profile: text, setup, steps: array(step), modules: array(moduleSource) }),
);
