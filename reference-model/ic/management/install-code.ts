// spec-shaped: code is installed, reinstalled or upgraded — abstract-behavior.md, "Code installation", "Code upgrade"; CHARGING.md, section 5

import type { RejectCause } from '../../../spec/profiles/reject-causes.js';
import type { ExecutionOutcome, StimulusOutcome } from '../../../spec/vocabulary/record.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { Crash } from '../../../spec/vocabulary/engine.js';
import { executionCycles, liquidBalance, liquidBalanceOf, maxCyclesPerInstall, resourcesWith } from '../charging.js';
import { executionRecord } from '../execution-record.js';
import { InstallExecution } from '../install-execution.js';
import { extendedLog } from '../log.js';
import { parseModule, type CanisterModule } from '../module.js';
import { WASM_PAGE_BYTES } from '../stable-memory.js';
import type { Canister } from '../state.js';
import type { World } from '../world.js';
import { controlledCanister, rejected, replied } from './outcome.js';

type Install = Extract<Stimulus, { kind: 'install' }>;

/** Installs code. It has no effect unless all of its steps succeed; it is charged for either way. */
export function installCode(w: World, request: Install): StimulusOutcome {
  // what is refused is not charged
  const checked = checkInstall(w, request);
  if (typeof checked === 'string') return rejected(w, checked);
  const { canister, module } = checked;

  // MAX_CYCLES_PER_INSTALL is set aside
  const setAside = maxCyclesPerInstall(w.profile, module.width);
  const paying = { ...canister, balance: canister.balance - setAside };
  const execution = new InstallExecution(w, paying, module, request);
  const result = execution.run();

  // what is not used comes back
  const charge = executionCycles(w.profile, module.width, execution.used);
  const refund = setAside - charge;
  w.draft.book('charged', charge);
  const logAfter = (before: Canister['log']) => extendedLog(before, execution.log, w.profile.limits);

  const outcome: ExecutionOutcome =
    result.kind === 'installed' ? judgedInstall(w, result.canister, refund) : { kind: 'returned' };
  execution.runs.forEach((run, i) => {
    const last = i === execution.runs.length - 1;
    w.log.executions.push(executionRecord(run, last && outcome.kind === 'trapped' ? { outcome } : {}));
  });
  if (result.kind === 'failed' || outcome.kind === 'trapped') {
    w.draft.put({ ...canister, log: logAfter(canister.log), balance: canister.balance - charge });
    return rejected(w, result.kind === 'failed' ? result.cause : 'install-trapped');
  }
  for (const run of execution.runs) w.draft.book('burned', run.execution.cyclesBurned);
  const installed = result.canister;
  // only an upgrade continues the log: other modes purge it
  const log = logAfter(request.mode === 'upgrade' ? installed.log : []);
  w.draft.put({ ...installed, log, balance: w.draft.add(installed.balance, refund) });
  w.assembly.transitions.scheduleLowMemoryHook(w, canister.id);
  return replied;
}

/** The checks before anything is charged, in their order. */
function checkInstall(w: World, request: Install): { canister: Canister; module: CanisterModule } | RejectCause {
  const canister = controlledCanister(w, request.canister, request.sender);
  if (typeof canister === 'string') return canister;
  if (request.mode === 'install' && canister.code !== undefined) return 'not-empty';
  if (request.mode === 'upgrade' && canister.code === undefined) return 'empty-canister';
  const uploaded = w.modules[request.module];
  if (uploaded === undefined) throw new Crash(`no module ${request.module}`);
  const module = parseModule(w.profile, uploaded);
  if ('invalid' in module || !persistenceFits(request, canister, module)) return 'invalid-module';
  if (liquidBalanceOf(w.profile, canister) < maxCyclesPerInstall(w.profile, module.width)) return 'frozen';
  return { canister, module };
}

/** Whether wasm_memory_persistence is as the old and the new module want it. */
function persistenceFits(
  { mode, wasmMemoryPersistence }: Install,
  canister: Canister,
  module: CanisterModule,
): boolean {
  const old = canister.code?.module;
  if (mode !== 'upgrade' || old === undefined) return true;
  if (wasmMemoryPersistence === 'keep') return module.keepsMemory && module.width === old.width;
  return wasmMemoryPersistence === 'replace' || !old.keepsMemory;
}

/** The tests at the end of an installation whose steps all returned. */
function judgedInstall(w: World, installed: Canister, refund: bigint): ExecutionOutcome {
  const { settings, reservedBalance, code } = installed;
  const liquid = liquidBalance(w.profile, installed.balance + refund, reservedBalance, resourcesWith(settings, code));
  if (liquid < 0n)
    return { kind: 'trapped', trap: 'insufficient-cycles', detail: 'the liquid balance would be negative' };
  const bytes = (code?.wasmPages ?? 0n) * BigInt(WASM_PAGE_BYTES);
  if (settings.wasmMemoryLimit > 0n && bytes > settings.wasmMemoryLimit)
    return { kind: 'trapped', trap: 'wasm-memory-limit', detail: 'the Wasm memory is larger than wasm_memory_limit' };
  return { kind: 'returned' };
}
