// spec-shaped: running a Wasm function with the System API — canister-interface.md#system-api-imports; abstract-behavior.md#concrete-canisters

import type { Context } from '../../spec/vocabulary/entry-point.js';
import type { ExecutionOutcome } from '../../spec/vocabulary/record.js';
import type { Hex, PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { shownRange, signatureFor, systemApiFunction, type SystemApiFunction } from '../../spec/system-api.js';
import { Meter, Store, WasmTrap, type HostFunction, type Instance, type InstanceState } from '../wasm/index.js';
import type { Assembly } from './assembly.js';
import type { Execution } from './execution.js';
import type { CanisterModule } from './module.js';
import type { Closure, Code } from './state.js';
import { toHex } from './text.js';
import { callbackFunction, executionLimits } from './wasm-adapter.js';

/** What is run: the start function, an export, or what the table holds at a closure's index. */
export type Target =
  | { readonly kind: 'start' }
  | { readonly kind: 'export'; readonly name: string }
  | { readonly kind: 'callback'; readonly closure: Closure };

/** An execution that has ended. */
export interface Run {
  readonly execution: Execution;
  readonly outcome: ExecutionOutcome;
  /** What is reported and charged — CHARGING.md, section 1.9. */
  readonly instructions: bigint;
  /** The code that ran, as it was before. */
  readonly code: Code;
}

/** The code after a run that returned. To be taken before the same instance runs again. */
export function codeAfter({ code, execution }: Run): Code {
  const pages = code.instance.memory(0)?.sizePages;
  return {
    module: code.module,
    instance: code.instance,
    wasmState: code.instance.snapshot(),
    ...(pages === undefined ? {} : { wasmPages: pages }),
    stable: execution.stable.finish(),
  };
}

/** The WebAssembly side of a subnet: instances, and the one execution that is under way. */
export class Machine {
  readonly #store: Store;
  readonly #hostFunctions = { i32: new Map<string, HostFunction>(), i64: new Map<string, HostFunction>() };
  #running: Execution | undefined;

  constructor(
    readonly profile: Profile,
    readonly assembly: Assembly,
    readonly trace: boolean,
  ) {
    this.#store = new Store(assembly.weights === undefined ? {} : { weights: assembly.weights });
  }

  /**
   * Instantiates a module; its start function does not run.
   * @param kept the state whose Wasm memory the new instance takes over
   * @throws WasmTrap when an active segment is out of bounds
   */
  instantiate(module: CanisterModule, kept?: InstanceState): Instance {
    const imports = (_module: string, name: string) => ({
      kind: 'func' as const,
      value: this.#hostFunction(name, module.width),
    });
    const limits = executionLimits(this.profile, this.assembly);
    const meter = new Meter(limits.instructionLimit);
    return this.#store.instantiate(module.wasm, imports, limits, meter, kept);
  }

  /** Runs a function of the code with a limit of instructions. */
  run(execution: Execution, code: Code, target: Target, limit: bigint): Run {
    if (this.#running !== undefined) throw new Crash('two executions at once');
    const { instance } = code;
    instance.restore(code.wasmState);
    instance.meter.reset(limit);
    this.#running = execution;
    try {
      const outcome = this.#invoke(execution, instance, target);
      const { used } = instance.meter;
      return { execution, outcome, instructions: used < limit ? used : limit, code };
    } finally {
      this.#running = undefined;
    }
  }

  #invoke(execution: Execution, instance: Instance, target: Target): ExecutionOutcome {
    switch (target.kind) {
      case 'start':
        return outcomeOf(instance.runStart());
      case 'export':
        return outcomeOf(instance.invoke(target.name, []));
      case 'callback': {
        const index = callbackFunction(instance, execution.width, target.closure);
        if (index === undefined)
          return { kind: 'trapped', trap: 'callback', detail: `no callback at table index ${target.closure.fun}` };
        return outcomeOf(instance.invoke(index, [target.closure.env]));
      }
    }
  }

  #hostFunction(name: string, width: PointerWidth): HostFunction {
    const made = this.#hostFunctions[width];
    let host = made.get(name);
    if (host === undefined) made.set(name, (host = this.#makeHostFunction(name, width)));
    return host;
  }

  #makeHostFunction(name: string, width: PointerWidth): HostFunction {
    const f = systemApiFunction(name);
    const handler = this.assembly.systemApi[name];
    if (f === undefined || handler === undefined) throw new Crash(`no System API function ${name}`);
    const type = signatureFor(f, width);
    const resultBits = type.results[0] === 'i32' ? 32 : 64;
    return {
      type,
      call: (host) => {
        const es = this.#running;
        if (es === undefined) throw new Crash('a system call outside an execution');
        const { instance } = host;
        const values = host.args(type.params);
        try {
          instance.meter.charge(this.assembly.charging.systemCallInstructions(this.profile, f, values));
          if (!isAvailable(f, es.context)) throw new WasmTrap('system-call-unavailable', `${name} in ${es.entryPoint}`);
          const value = handler(es, ...values);
          if (typeof value !== 'bigint') {
            if (es.recordsTrace) es.trace.push({ name, args: values, ...shownBytes(f, values, instance) });
            return;
          }
          const result = BigInt.asUintN(resultBits, value);
          if (es.recordsTrace) es.trace.push({ name, args: values, result, ...shownBytes(f, values, instance) });
          host.result(0, result);
        } catch (error) {
          if (error instanceof WasmTrap && es.recordsTrace) es.trace.push({ name, args: values, trap: error.trap });
          throw error;
        }
      },
    };
  }
}

/** What the record of a call shows of the memory. */
function shownBytes(f: SystemApiFunction, args: readonly bigint[], instance: Instance): { wrote?: Hex } {
  const range = shownRange(f, args);
  const memory = instance.memory(0);
  if (range === undefined || memory === undefined) return {};
  // Nothing that was written beyond the memory, as one reading has it (blobs/size-zero-out-of-bounds), is nothing.
  return { wrote: range.size === 0n ? toHex(new Uint8Array()) : toHex(memory.read(range.start, range.size)) };
}

/** Whether a function may be invoked from a context. The one place that says so. */
function isAvailable(f: SystemApiFunction, context: Context): boolean {
  return f.contexts.has(context);
}

function outcomeOf(outcome: ReturnType<Instance['runStart']>): ExecutionOutcome {
  if (outcome.kind === 'returned') return { kind: 'returned' };
  const { trap, detail } = outcome;
  return detail === undefined ? { kind: 'trapped', trap } : { kind: 'trapped', trap, detail };
}
