// spec-shaped: the steps of an installation — canister-interface.md#system-api-init, #system-api-upgrades

import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { RejectCause } from '../../spec/profiles/reject-causes.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { WasmTrap, type Instance } from '../wasm/index.js';
import type { Params } from './execution.js';
import { codeAfter, type Run, type Target } from './machine.js';
import type { CanisterModule } from './module.js';
import { callerParams, EMPTY_PARAMS, newExecution } from './new-execution.js';
import { StableMemory } from './stable-memory.js';
import type { Canister, Code } from './state.js';
import { fromHex } from './text.js';
import type { World } from './world.js';

type InstallResult =
  /** The canister with its new code; log and refund apart. */
  | { readonly kind: 'installed'; readonly canister: Canister }
  | { readonly kind: 'failed'; readonly cause: RejectCause };

/** A step did not succeed. An everyday outcome, which nobody reads a stack trace of: it takes none. */
class Failed {
  constructor(readonly reason: RejectCause) {}
}

/** Whether a kept memory of so many pages fits: a module without a memory has no place for any. */
function hasPlaceFor(pages: bigint, module: CanisterModule): boolean {
  const [memory] = module.wasm.memories;
  return memory !== undefined && (memory.limits.max === undefined || pages <= memory.limits.max);
}

/** One installation: its steps share the instructions of one. */
export class InstallExecution {
  readonly runs: Run[] = [];
  /** Instructions used so far. */
  used = 0n;
  readonly #upgrade: boolean;
  readonly #caller: Params;

  constructor(
    private readonly w: World,
    /** The canister, MAX_CYCLES_PER_INSTALL withdrawn. */
    private readonly before: Canister,
    private readonly module: CanisterModule,
    private readonly request: Extract<Stimulus, { kind: 'install' }>,
  ) {
    this.#upgrade = request.mode === 'upgrade';
    this.#caller = callerParams(request.sender, undefined);
  }

  /** What the steps wrote to the log; kept however they end. */
  get log(): readonly Uint8Array[] {
    return this.runs.flatMap(({ execution }) => execution.log);
  }

  run(): InstallResult {
    try {
      const old = this.#preUpgrade();
      const fresh = this.#instantiate(old);
      const started = this.#start(fresh);
      return { kind: 'installed', canister: this.#initialize(started) };
    } catch (error) {
      if (error instanceof Failed) return { kind: 'failed', cause: error.reason };
      throw error;
    }
  }

  /** canister_pre_upgrade of the old code. Stable memory, certified data and log carry over, and what it burned stays burned. */
  #preUpgrade(): Canister {
    const { before, request } = this;
    const { code } = before;
    if (!this.#upgrade || code === undefined || request.skipPreUpgrade === true) return before;
    if (!code.module.exports.has('canister_pre_upgrade')) return before;
    const { run, canister } = this.#step(before, code, 'canister_pre_upgrade', this.#caller);
    return { ...canister, code: codeAfter(run) };
  }

  /** A fresh WebAssembly state of the new module, over the kept Wasm memory if that is asked for. */
  #instantiate(old: Canister): Canister {
    const { w, module, request } = this;
    const oldCode = this.#upgrade ? old.code : undefined;
    const keep = request.wasmMemoryPersistence === 'keep' ? oldCode : undefined;
    if (keep?.wasmPages !== undefined && !hasPlaceFor(keep.wasmPages, module)) throw new Failed('invalid-module');
    let instance: Instance;
    try {
      instance = w.machine.instantiate(module, keep?.wasmState);
    } catch (error) {
      if (error instanceof WasmTrap) throw new Failed('install-trapped');
      throw error;
    }
    const pages = instance.memory(0)?.sizePages;
    const code: Code = {
      module,
      instance,
      wasmState: instance.snapshot(),
      ...(pages === undefined ? {} : { wasmPages: pages }),
      stable: oldCode?.stable ?? StableMemory.empty,
    };
    return {
      ...old,
      code,
      version: old.version + 1n,
      globalTimer: 0n,
      certifiedData: this.#upgrade ? old.certifiedData : new Uint8Array(),
    };
  }

  /** The (start) function. */
  #start(fresh: Canister): Canister {
    const { code } = fresh;
    if (code === undefined || code.instance.start === undefined) return fresh;
    const { run, canister } = this.#step(fresh, code, 'start', EMPTY_PARAMS);
    return { ...canister, code: codeAfter(run) };
  }

  /** canister_init, or canister_post_upgrade. */
  #initialize(started: Canister): Canister {
    const entryPoint = this.#upgrade ? 'canister_post_upgrade' : 'canister_init';
    const { code } = started;
    if (code === undefined || !code.module.exports.has(entryPoint)) return started;
    const { run, canister } = this.#step(started, code, entryPoint, {
      ...this.#caller,
      arg: fromHex(this.request.arg),
    });
    return { ...canister, code: codeAfter(run), globalTimer: run.execution.newGlobalTimer ?? 0n };
  }

  /** Runs one entry point with the instructions that are left; the canister with the balance and certified data after it. */
  #step(canister: Canister, code: Code, entryPoint: EntryPoint, params: Params): { run: Run; canister: Canister } {
    const { w } = this;
    const execution = newExecution(w, { entryPoint, canister, code, params });
    const target: Target = entryPoint === 'start' ? { kind: 'start' } : { kind: 'export', name: entryPoint };
    const run = w.machine.run(execution, code, target, w.profile.limits.installInstructions - this.used);
    this.used += run.instructions;
    this.runs.push(run);
    if (run.outcome.kind === 'trapped') throw new Failed('install-trapped');
    const certifiedData = execution.newCertifiedData ?? canister.certifiedData;
    return { run, canister: { ...canister, balance: execution.balance, certifiedData } };
  }
}
