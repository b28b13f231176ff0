// table: the limits that the specification's text itself names, each with its clause; the profiles take them from here, and have the rest
import type { ClauseId } from './vocabulary/verdict.js';

export interface NamedLimit {
  /** The largest value that is allowed. */
  readonly value: bigint;
  readonly unit: 'bytes' | 'items';
  readonly clause: ClauseId;
  /** Document and section that names it. */
  readonly source: string;
  /** `must`: all implementations. `may`: one may refuse beyond. `documented`: a page of the documentation gives the figure of today's network. */
  readonly binds: 'must' | 'may' | 'documented';
}

const MODULE = 'canister-interface.md#system-api-module';
const RESOURCES = 'resource-limits.md';
const MIB = 1_048_576n;
const GIB = 1_073_741_824n;

export const LIMITS = {
  moduleFunctions: {
    value: 50_000n,
    unit: 'items',
    clause: 'module-requirements/limit-functions',
    source: MODULE,
    binds: 'may',
  },
  moduleGlobals: {
    value: 1_000n,
    unit: 'items',
    clause: 'module-requirements/limit-globals',
    source: MODULE,
    binds: 'may',
  },
  customSections: {
    value: 16n,
    unit: 'items',
    clause: 'module-requirements/limit-custom-sections',
    source: MODULE,
    binds: 'may',
  },
  exportedMethods: {
    value: 1_000n,
    unit: 'items',
    clause: 'module-requirements/limit-methods',
    source: MODULE,
    binds: 'may',
  },
  exportedMethodNameBytes: {
    value: 20_000n,
    unit: 'bytes',
    clause: 'module-requirements/limit-method-names',
    source: MODULE,
    binds: 'may',
  },
  customSectionBytes: {
    value: MIB,
    unit: 'bytes',
    clause: 'module-requirements/limit-custom-section-bytes',
    source: MODULE,
    binds: 'may',
  },
  certifiedDataBytes: {
    value: 32n,
    unit: 'bytes',
    clause: 'certified-data/set-at-most-32',
    source: 'canister-interface.md#system-api-certified-data',
    binds: 'must',
  },
  stable32Bytes: {
    value: 4n * GIB,
    unit: 'bytes',
    clause: 'stable-memory/size-32-traps',
    source: 'canister-interface.md#system-api-stable-memory',
    binds: 'must',
  },
  methodNameBytes: {
    value: 20_000n,
    unit: 'bytes',
    clause: 'calls/name-and-callee',
    source: 'canister-interface.md#system-api-cycle-cost',
    binds: 'may',
  },
  principalBytes: {
    value: 29n,
    unit: 'bytes',
    clause: 'controller-check/invalid-principal',
    source: 'index.md#principal',
    binds: 'must',
  },
  controllers: {
    value: 10n,
    unit: 'items',
    clause: 'management/settings-controllers-max',
    source: 'management-canister.md#ic-create_canister',
    binds: 'must',
  },
  wasmPageBytes: {
    value: 65_536n,
    unit: 'bytes',
    clause: 'stable-memory/size',
    source: 'canister-interface.md#system-api-stable-memory',
    binds: 'must',
  },
  wasm32MemoryBytes: {
    value: 4n * GIB,
    unit: 'bytes',
    clause: 'module-requirements/memory-size',
    source: `${RESOURCES}#memory-limits`,
    binds: 'documented',
  },
  wasm64MemoryBytes: {
    value: 6n * GIB,
    unit: 'bytes',
    clause: 'module-requirements/memory-size',
    source: `${RESOURCES}#memory-limits`,
    binds: 'documented',
  },
  stableMemoryBytes: {
    value: 500n * GIB,
    unit: 'bytes',
    clause: 'stable-memory/grow-limit',
    source: `${RESOURCES}#memory-limits`,
    binds: 'documented',
  },
  ingressBytes: {
    value: 2n * MIB,
    unit: 'bytes',
    clause: 'calls/data-maximum',
    source: `${RESOURCES}#message-limits`,
    binds: 'documented',
  },
  callBytes: {
    value: 2n * MIB,
    unit: 'bytes',
    clause: 'calls/data-maximum',
    source: `${RESOURCES}#message-limits`,
    binds: 'documented',
  },
  replyBytes: {
    value: 2n * MIB,
    unit: 'bytes',
    clause: 'responding/append-maximum',
    source: `${RESOURCES}#message-limits`,
    binds: 'documented',
  },
  queryReplyBytes: {
    value: 3n * MIB,
    unit: 'bytes',
    clause: 'responding/append-maximum',
    source: `${RESOURCES}#message-limits`,
    binds: 'documented',
  },
  queueCapacity: {
    value: 500n,
    unit: 'items',
    clause: 'calls/perform-may-fail',
    source: `${RESOURCES}#message-limits`,
    binds: 'documented',
  },
  environmentVariables: {
    value: 20n,
    unit: 'items',
    clause: 'environment-variables/count',
    source: `${RESOURCES}#canister-environment-variables`,
    binds: 'documented',
  },
  environmentVariableNameBytes: {
    value: 128n,
    unit: 'bytes',
    clause: 'environment-variables/name-exists-maximum',
    source: `${RESOURCES}#canister-environment-variables`,
    binds: 'documented',
  },
  environmentVariableValueBytes: {
    value: 128n,
    unit: 'bytes',
    clause: 'environment-variables/value-size',
    source: `${RESOURCES}#canister-environment-variables`,
    binds: 'documented',
  },
} as const satisfies Readonly<Record<string, NamedLimit>>;
