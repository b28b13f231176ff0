// table: the profiles. Figures of the production replica from its public sources, and where the text names a limit, from spec/limits.ts; see docs/profiles.md
import { LIMITS } from '../limits.js';
import { hex, principal } from '../vocabulary/brands.js';
import type { Fees, Limits, Profile } from './profile.js';
import { REJECT_CAUSES, type RejectCause } from './reject-causes.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** A limit that the text names, as a number. */
const named = (name: keyof typeof LIMITS): number => Number(LIMITS[name].value);
/** The same in WebAssembly pages. */
const namedPages = (name: keyof typeof LIMITS): bigint => LIMITS[name].value / LIMITS.wasmPageBytes.value;

const productionFees: Fees = {
  messageExecution: 5_000_000n,
  tenInstructions: { i32: 10n, i64: 20n },
  ingressMessage: 1_200_000n,
  ingressByte: 2_000n,
  call: 260_000n,
  callByte: 1_000n,
  createCanister: 500_000_000_000n,
  gibibyteSecond: 127_000n,
  computePercentSecond: 10_000_000n,
  canisterSecond: 0n,
  signWithEcdsa: { test_key_1: 10_000_000_000n, key_1: 26_153_846_153n },
  signWithSchnorr: { test_key_1: 10_000_000_000n, key_1: 26_153_846_153n },
  vetkdDeriveKey: { test_key_1: 10_000_000_000n, key_1: 26_153_846_153n },
  httpRequest: { base: 3_000_000n, node: 60_000n, requestByte: 400n, responseByte: 800n },
};

const productionLimits: Limits = {
  updateInstructions: 40_000_000_000n,
  callbackInstructions: 40_000_000_000n,
  cleanupInstructions: 40_000_000_000n,
  queryInstructions: 5_000_000_000n,
  queryGraphInstructions: 5_000_000_000n,
  queryDepth: 6,
  installInstructions: 300_000_000_000n,
  inspectInstructions: 200_000_000n,
  stackSlots: 1_000_000,
  wasm32Pages: namedPages('wasm32MemoryBytes'),
  wasm64Pages: namedPages('wasm64MemoryBytes'),
  tableEntries: 1_000_000,
  stablePages: namedPages('stableMemoryBytes'),
  ingressBytes: named('ingressBytes'),
  callBytes: named('callBytes'),
  replyBytes: named('replyBytes'),
  queryReplyBytes: named('queryReplyBytes'),
  methodNameBytes: named('methodNameBytes'),
  queueCapacity: named('queueCapacity'),
  callTimeoutSeconds: 300n,
  certifiedDataBytes: named('certifiedDataBytes'),
  environmentVariables: named('environmentVariables'),
  environmentVariableNameBytes: named('environmentVariableNameBytes'),
  environmentVariableValueBytes: named('environmentVariableValueBytes'),
  logRecordBytes: 32 * KIB,
  logBytes: 4 * KIB,
  controllers: named('controllers'),
  moduleFunctions: named('moduleFunctions'),
  moduleGlobals: named('moduleGlobals'),
  exportedMethods: named('exportedMethods'),
  exportedMethodNameBytes: named('exportedMethodNameBytes'),
  customSections: named('customSections'),
  customSectionBytes: named('customSectionBytes'),
  moduleBytes: 100 * MIB,
};

const rejectMessages = Object.fromEntries(
  Object.entries(REJECT_CAUSES).map(([cause, { message }]) => [cause, message]),
) as Record<RejectCause, string>;

/** The production replica's figures on a 13-node application subnet. */
export const application13: Profile = {
  name: 'application-13',
  description: "The production replica's fees, weights and limits on a 13-node application subnet.",
  limits: productionLimits,
  fees: productionFees,
  subnetNodes: 13n,
  subnetId: principal('5aa8f0c1d2e3b4a5968778695a4b3c2d1e0f0011223344556677889902'),
  rootKey: hex('308182301d060d2b0601040182dc7c0503010201060c2b0601040182dc7c05030201036100' + 'a5'.repeat(96)),
  certificate: hex('d9d9f7a16b636572746966696361746540'),
  freezingThreshold: 2_592_000n,
  systemCalls: {
    default: { base: 500n, perByte: 1n },
    byName: {
      call_new: { base: 1_500n, perByte: 1n },
      call_perform: { base: 5_000n, perByte: 1n },
      is_controller: { base: 1_000n, perByte: 1n },
      performance_counter: { base: 200n, perByte: 1n },
      debug_print: { base: 100n, perByte: 1n },
      stable_read: { base: 20n, perByte: 1n },
      stable_write: { base: 20n, perByte: 1n },
      stable64_read: { base: 20n, perByte: 1n },
      stable64_write: { base: 20n, perByte: 1n },
      stable_grow: { base: 100n, perByte: 1n },
      stable64_grow: { base: 100n, perByte: 1n },
      stable_size: { base: 0n, perByte: 1n },
      stable64_size: { base: 0n, perByte: 1n },
    },
    stablePageFirstWritten: 1_000n,
  },
  refusedInstructions: ['table.grow', 'table.set', 'table.fill', 'table.copy', 'table.init'],
  refusesImportedState: true,
  enforcesOptionalModuleLimits: true,
  rejectMessages,
};

/**
 * The default for the built-in engines: production fees and weights, and limits so small that reaching them is cheap.
 * Limits that differ in production differ here, too, so that taking one for the other shows.
 */
export const conformance: Profile = {
  ...application13,
  name: 'conformance',
  description: "The production replica's fees and weights with small limits, so that running out is cheap to test.",
  limits: {
    ...productionLimits,
    updateInstructions: 2_000_000n,
    callbackInstructions: 2_000_000n,
    cleanupInstructions: 500_000n,
    queryInstructions: 1_750_000n,
    queryGraphInstructions: 4_000_000n,
    queryDepth: 6,
    installInstructions: 20_000_000n,
    inspectInstructions: 1_000_000n,
    stackSlots: 16_384,
    wasm32Pages: 256n,
    wasm64Pages: 258n,
    tableEntries: 10_000,
    stablePages: 131_072n,
    ingressBytes: 64 * KIB,
    callBytes: 64 * KIB,
    replyBytes: 64 * KIB,
    queryReplyBytes: 96 * KIB,
    queueCapacity: 16,
    logRecordBytes: KIB,
  },
};

/** As `conformance`, but takes every module that the specification does not refuse. */
export const openWasm: Profile = {
  ...conformance,
  name: 'open-wasm',
  description:
    'As conformance; table.set, table.grow and the like are allowed, and optional module limits are not enforced.',
  refusedInstructions: [],
  enforcesOptionalModuleLimits: false,
};

/** For real canisters: what a compiler's output needs, and still bounded, so that a runaway loop ends within seconds in the model. */
export const check: Profile = {
  ...application13,
  name: 'check',
  description:
    "The production replica's fees and weights with limits that fit real canisters; takes every module that the specification does not refuse.",
  limits: {
    ...productionLimits,
    updateInstructions: 200_000_000n,
    callbackInstructions: 200_000_000n,
    cleanupInstructions: 50_000_000n,
    queryInstructions: 200_000_000n,
    queryGraphInstructions: 400_000_000n,
    installInstructions: 1_000_000_000n,
    inspectInstructions: 50_000_000n,
    stackSlots: 65_536,
    wasm32Pages: 4_096n,
    wasm64Pages: 4_096n,
    stablePages: 131_072n,
  },
  refusedInstructions: [],
  enforcesOptionalModuleLimits: false,
};

export const PROFILES: readonly Profile[] = [application13, conformance, openWasm, check];

/** The profile of that name, or undefined. */
export function profileNamed(name: string): Profile | undefined {
  return PROFILES.find((profile) => profile.name === name);
}
