// plumbing: what the code of one entry point can count on while it is generated
import { existsFor, systemApiFunction } from '../../spec/system-api.js';
import type { PointerWidth, Principal } from '../../spec/vocabulary/brands.js';
import { contextOf, type Context, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { Expression, Statement } from '../../spec/vocabulary/program.js';
import type { ValueType } from '../../spec/wasm/types.js';
import { LAYOUT, type ProgramBuilder } from '../canister/builder.js';
import { constant, ENV, logMemory, systemCall, traced } from '../canister/expressions.js';
import type { Draw } from '../draw.js';

/** A canister that calls can go to, with methods that every generated canister has (see canister.ts). */
export interface Peer {
  readonly canister: Principal;
  /** Names of its update or query methods, by how they answer. */
  readonly replies: string;
  readonly rejects: string;
  /** A query method, for calls from composite queries. */
  readonly query: string;
}

/** Names of callbacks that only look around. */
export interface StandardCallbacks {
  readonly reply: string;
  readonly reject: string;
  readonly cleanup: string;
}

/** Contexts in which nothing can be said about cycles. */
const COMPOSITE: readonly Context[] = ['CQ', 'CRy', 'CRt', 'CC'];

/** Where code is generated: its entry point and what is available there, its variables, and whom it can call. */
export class Scope {
  private variables = 0;
  /** Locals of the function, for raw code. */
  readonly locals: ValueType[] = [];

  constructor(
    readonly draw: Draw,
    readonly program: ProgramBuilder,
    readonly entryPoint: EntryPoint,
    readonly peers: readonly Peer[],
    /** Names and values of the canister's environment variables. */
    readonly environment: readonly { readonly name: string; readonly value: string }[],
    /** Time at the start of the scenario. */
    readonly time: bigint,
    private readonly callbacks: (composite: boolean) => StandardCallbacks,
  ) {}

  get context(): Context {
    return contextOf(this.entryPoint);
  }

  get width(): PointerWidth {
    return this.program.memory === undefined ? 'i32' : this.program.width;
  }

  /** Whether a System API function may be called here. */
  available(name: string): boolean {
    const f = systemApiFunction(name);
    return f !== undefined && existsFor(f, this.width) && f.contexts.has(this.context);
  }

  /** Whether the code makes the calls of a composite query: those of queries only. */
  get callsQueries(): boolean {
    return COMPOSITE.includes(this.context) && this.context !== 'CC';
  }

  /** A variable that is not in use yet. */
  fresh(): number {
    return this.variables++;
  }

  /** An address where system calls may write 64 bytes; 0 without memory. */
  scratch(): Expression {
    if (!this.program.hasRoom) return constant(0);
    return constant(LAYOUT.scratch + 8 * this.draw.below((LAYOUT.scratchBytes - 64) >> 3));
  }

  get standardCallbacks(): StandardCallbacks {
    return this.callbacks(COMPOSITE.includes(this.context));
  }
}

/** Adds callbacks that record that they ran, once for a program and kind of caller. */
export function standardCallbacks(program: ProgramBuilder): (composite: boolean) => StandardCallbacks {
  const made: Partial<Record<'update' | 'composite', StandardCallbacks>> = {};
  return (composite) => {
    const caller = composite ? 'composite' : 'update';
    const of = composite ? ' of composite' : '';
    const refunded = composite || !program.hasRoom ? [] : refund();
    return (made[caller] ??= {
      reply: program.callback(`on reply${of}`, [
        ...seen(0x7e),
        systemCall('msg_arg_data_size'),
        ...refunded,
        ...asked(),
      ]),
      reject: program.callback(`on reject${of}`, [
        ...seen(0x7d),
        systemCall('msg_reject_code'),
        systemCall('msg_reject_msg_size'),
        ...refunded,
        ...asked(),
      ]),
      cleanup: program.callback(`on cleanup${of}`, [
        ...seen(0x7c),
        systemCall('msg_caller_size'),
        systemCall('msg_caller_info_data_size'),
        ...(composite ? [] : [systemCall('msg_reject_code')]),
      ]),
    });
  };
}

/** Logs the cycles that came back: what was attached and not accepted, to the last one. */
function refund(): Statement[] {
  const at = constant(LAYOUT.scratch);
  return [systemCall('msg_cycles_refunded128', at), logMemory(at, constant(16))];
}

/** What a callback can tell of the call that it belongs to. */
function asked(): Statement[] {
  return ['msg_caller_size', 'msg_caller_info_data_size', 'msg_deadline'].map((name) => systemCall(name));
}

function seen(mark: number): Statement[] {
  return [{ kind: 'log', value: constant(mark) }, { kind: 'log', value: ENV }, traced(ENV)];
}
