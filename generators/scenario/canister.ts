// plumbing: the canister that scenarios start from — methods that answer, tell and remember
import type { PointerWidth, Principal } from '../../spec/vocabulary/brands.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { existsFor, SYSTEM_API } from '../../spec/system-api.js';
import type { Expression, LogRegion, Statement } from '../../spec/vocabulary/program.js';
import { LAYOUT, ProgramBuilder } from '../canister/builder.js';
import { constant, load, operation, resultOf, store, systemCall, variable, when } from '../canister/expressions.js';
import type { Draw } from '../draw.js';
import { Scope, standardCallbacks, type Peer, type StandardCallbacks } from './scope.js';

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

/** A module under construction, for one canister of the scenario. */
export class CanisterModule {
  readonly program: ProgramBuilder;
  private readonly callbacks: (composite: boolean) => StandardCallbacks;

  constructor(
    private readonly draw: Draw,
    width: PointerWidth,
    memory: ProgramBuilder['memory'],
    /** Canisters that its calls go to. */
    readonly peers: () => readonly Peer[],
    readonly environment: readonly EnvironmentVariable[],
    readonly time: bigint,
  ) {
    this.program = new ProgramBuilder(width, memory);
    this.callbacks = standardCallbacks(this.program);
  }

  /** What code that runs from an entry point may use. */
  scope(entryPoint: EntryPoint): Scope {
    return new Scope(this.draw, this.program, entryPoint, this.peers(), this.environment, this.time, this.callbacks);
  }

  /** Exports a function whose code is made for the entry point. */
  exported(exportName: string, entryPoint: EntryPoint, code: (s: Scope) => readonly Statement[]): void {
    const scope = this.scope(entryPoint);
    this.program.exported(exportName, code(scope), scope.locals);
  }

  /** A callback in the table; gives its name. */
  callback(hint: string, entryPoint: EntryPoint, code: (s: Scope) => readonly Statement[]): string {
    const scope = this.scope(entryPoint);
    return this.program.callback(hint, code(scope), scope.locals);
  }

  /** The (start) function. */
  start(code: (s: Scope) => readonly Statement[]): void {
    const scope = this.scope('start');
    this.program.startFunction(code(scope), scope.locals);
  }
}

/** Names of the methods that every canister has, as far as somebody calls them. */
export const STANDARD_METHODS = {
  /** Update: takes some cycles, remembers the call, replies. */
  replies: 'ok',
  /** Update: rejects. */
  rejects: 'no',
  /** Query: replies with its argument. */
  query: 'look',
  /** Update: sets the selector to the length of its argument, and a timer that is due at once. */
  select: 'select',
  /** Query: replies with its cells; for a black box with all that it can see of itself (harness/blackbox/state-query.ts). */
  log: 'log',
} as const;

/** A canister to be called by its standard methods. */
export function peerOf(canister: Principal): Peer {
  const { replies, rejects, query } = STANDARD_METHODS;
  return { canister, replies, rejects, query };
}

/**
 * Appends the log to the reply: what a query logs is seen in no other way. Code may have written over it: then what stands there is told, as
 * much of it as the log could hold.
 */
export function tellLog({ at, bytes }: LogRegion = LAYOUT.log): Statement {
  const used = operation('and', load(at, 8), constant(bytes - 1));
  return systemCall('msg_reply_data_append', constant(at), operation('add', used, constant(8)));
}

const append = (address: Expression, size: Expression) => systemCall('msg_reply_data_append', address, size);
const quiet = (name: string, ...args: readonly Expression[]): Statement => ({ kind: 'system call', name, args });

/** A running count of the calls that `ok` took, in the first cell. */
const COUNT = LAYOUT.cells;

/** Cycles that the method `ok` takes at most. */
export function acceptedBy(draw: Draw): bigint {
  return draw.pick([0n, 1n, 1_000_000n, (1n << 64n) - 1n]);
}

/**
 * Adds the standard methods that somebody calls, and `log` in any case: what no step and no other code of the scenario names would
 * only make modules larger, and the time that engines take grows with their size.
 */
export function addStandardMethods(module: CanisterModule, accept: bigint, called: (method: string) => boolean): void {
  const { program } = module;
  const { replies, rejects, query, log } = STANDARD_METHODS;
  const room = program.hasRoom;
  const n = 0;
  const counts: Statement[] = room ? [store(COUNT, operation('add', load(COUNT, 8), constant(1)))] : [];
  const echo: Statement[] = room
    ? [
        resultOf('msg_arg_data_size', n),
        quiet(
          'msg_arg_data_copy',
          constant(LAYOUT.scratch),
          constant(0),
          operation('and', variable(n), constant(0xff)),
        ),
        append(constant(LAYOUT.scratch), operation('and', variable(n), constant(0xff))),
      ]
    : [];
  if (called(replies)) {
    const takes = room ? [quiet('msg_cycles_accept128', constant(0), constant(accept), constant(LAYOUT.scratch))] : [];
    program.exported(`canister_update ${replies}`, [...takes, ...counts, ...echo, systemCall('msg_reply')]);
  }
  if (called(rejects)) {
    const text = program.text('no, thänk you ☃');
    program.exported(`canister_update ${rejects}`, [...counts, systemCall('msg_reject', text.address, text.size)]);
  }
  if (called(query)) program.exported(`canister_query ${query}`, [...echo, systemCall('msg_reply')]);
  const cells = room ? [append(constant(LAYOUT.cells), constant(64))] : [];
  program.exported(`canister_query ${log}`, [...cells, quiet('msg_reply')]);
}

/** A method that chooses which body an entry point without argument runs next. */
export function addSelect(program: ProgramBuilder, timer: boolean): void {
  const n = 0;
  const t = 1;
  program.exported(`canister_update ${STANDARD_METHODS.select}`, [
    resultOf('msg_arg_data_size', n),
    store(LAYOUT.selector, variable(n)),
    ...(timer ? [resultOf('time', t), systemCall('global_timer_set', variable(t))] : []),
    quiet('msg_reply'),
  ]);
}

/** One of several bodies, by the value of a variable from 1 on. */
export function dispatch(on: Expression, bodies: readonly (readonly Statement[])[]): Statement[] {
  return bodies.map((body, i) => when(operation('eq', on, constant(i + 1)), body));
}

/** The selector that `select` sets. */
export const SELECTOR = load(LAYOUT.selector, 8);

interface Cells {
  readonly available: readonly string[];
  readonly unavailable: readonly string[];
}

const cells = new Map<string, Cells>();

/** Names of the functions that exist for the width, by whether they are available from the entry point. */
export function cellsOf(entryPoint: EntryPoint, width: PointerWidth): Cells {
  const key = `${entryPoint} ${width}`;
  let made = cells.get(key);
  if (made === undefined) {
    const context = ENTRY_POINTS[entryPoint];
    const functions = SYSTEM_API.filter((f) => existsFor(f, width));
    const names = (wanted: boolean) =>
      functions.filter((f) => f.contexts.has(context) === wanted).map(({ name }) => name);
    made = { available: names(true), unavailable: names(false) };
    cells.set(key, made);
  }
  return made;
}
