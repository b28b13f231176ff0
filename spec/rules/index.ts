// table: the catalogue of clauses, chapter by chapter
import type { ClauseId } from '../vocabulary/verdict.js';
import { atomicity } from './atomicity.js';
import { availability } from './availability.js';
import { blobs } from './blobs.js';
import { callContexts } from './call-contexts.js';
import { callbacks } from './callbacks.js';
import { calls } from './calls.js';
import { canisterConcepts } from './canister-concepts.js';
import { canisterModuleFormat } from './canister-module-format.js';
import { canisterStatus } from './canister-status.js';
import { canisterVersion } from './canister-version.js';
import { certifiedData } from './certified-data.js';
import { controllerCheck } from './controller-check.js';
import { cycleCost } from './cycle-cost.js';
import { cycles } from './cycles.js';
import { debuggingAids } from './debugging-aids.js';
import { entryPoints } from './entry-points.js';
import { environmentVariables } from './environment-variables.js';
import { expiry } from './expiry.js';
import { freezing } from './freezing.js';
import { globalTimer } from './global-timer.js';
import { heartbeat } from './heartbeat.js';
import { hostReferences } from './host-references.js';
import { initialization } from './initialization.js';
import { inspectMessage } from './inspect-message.js';
import { interpretationOfNumbers } from './interpretation-of-numbers.js';
import { management } from './management.js';
import { messageExecution } from './message-execution.js';
import { methodArguments } from './method-arguments.js';
import { moduleRequirements } from './module-requirements.js';
import { onLowWasmMemory } from './on-low-wasm-memory.js';
import { performanceCounter } from './performance-counter.js';
import { profile } from './profile.js';
import { publicMethods } from './public-methods.js';
import { queryCalls } from './query-calls.js';
import { queues } from './queues.js';
import { replicatedExecution } from './replicated-execution.js';
import { replicatedExecutionCheck } from './replicated-execution-check.js';
import { responding } from './responding.js';
import type { Rule } from './rule.js';
import { selfIdentification } from './self-identification.js';
import { stableMemory } from './stable-memory.js';
import { stopping } from './stopping.js';
import { time } from './time.js';
import { transform } from './transform.js';
import { uninstall } from './uninstall.js';
import { upgrades } from './upgrades.js';
import { wasm } from './wasm.js';

export * from './rule.js';

/** Every clause: the interface text in its order, then the chapters around it, WebAssembly, and our profiles. */
export const RULES: readonly Rule[] = [
  canisterModuleFormat,
  moduleRequirements,
  interpretationOfNumbers,
  entryPoints,
  atomicity,
  initialization,
  upgrades,
  publicMethods,
  heartbeat,
  globalTimer,
  onLowWasmMemory,
  callbacks,
  replicatedExecution,
  availability,
  blobs,
  methodArguments,
  responding,
  inspectMessage,
  selfIdentification,
  canisterStatus,
  canisterVersion,
  calls,
  cycles,
  stableMemory,
  time,
  performanceCounter,
  replicatedExecutionCheck,
  controllerCheck,
  certifiedData,
  cycleCost,
  environmentVariables,
  debuggingAids,
  hostReferences,
  canisterConcepts,
  callContexts,
  messageExecution,
  queues,
  freezing,
  stopping,
  expiry,
  uninstall,
  management,
  queryCalls,
  transform,
  wasm,
  profile,
].flat();

const BY_ID: ReadonlyMap<ClauseId, Rule> = new Map(RULES.map((rule) => [rule.id, rule]));

/** The clause of that id, or undefined. */
export function ruleNamed(id: ClauseId): Rule | undefined {
  return BY_ID.get(id);
}

/** Of each clause the clause itself, those that it names in `sameAs` and those that name it, in the order of the catalogue. */
const TWINS: ReadonlyMap<ClauseId, readonly ClauseId[]> = (() => {
  const related = new Map<ClauseId, Set<ClauseId>>(RULES.map(({ id }) => [id, new Set([id])]));
  for (const { id, sameAs } of RULES) {
    for (const twin of sameAs) {
      related.get(id)?.add(twin);
      related.get(twin)?.add(id);
    }
  }
  const place = new Map(RULES.map(({ id }, at) => [id, at]));
  const inOrder = (a: ClauseId, b: ClauseId) => (place.get(a) ?? 0) - (place.get(b) ?? 0);
  return new Map([...related].map(([id, ids]) => [id, [...ids].sort(inOrder)]));
})();

/**
 * The clause and its twins, in both directions of `sameAs`; empty for an id that does not exist. Not transitive: a clause that
 * stands between two others does not make those two the same.
 */
export function twins(id: ClauseId): readonly ClauseId[] {
  return TWINS.get(id) ?? [];
}
