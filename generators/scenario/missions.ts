// plumbing: what an execution is to show — a cell of the availability table, a kind of trap, a trap right after a system call
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { contextOf } from '../../spec/vocabulary/entry-point.js';
import { TRAP_MEANS, type Expression, type Statement, type TrapMeans } from '../../spec/vocabulary/program.js';
import type { TrapKind } from '../../spec/vocabulary/trap.js';
import { constant, indexOf, operation, systemCall } from '../canister/expressions.js';
import { needsOf } from '../canister/lower-trap.js';
import type { Draw } from '../draw.js';
import { cellsOf, tellLog } from './canister.js';
import type { Body } from './entry-points.js';
import { rawCode } from './raw-code.js';
import { scribble } from './scribble.js';
import type { Scope } from './scope.js';
import { barelyCalled, calledAtBoundary, wellCalled } from './system-calls.js';

/** What one body of an entry point is to reach. */
export type Mission =
  /** The function is called where it is not available: it traps. */
  | { readonly kind: 'unavailable'; readonly import: string }
  /** The execution ends in this kind of trap, after writes. */
  | { readonly kind: 'trap'; readonly trap: TrapKind }
  /** The execution traps right after a call of the function that succeeded. */
  | { readonly kind: 'trap after'; readonly import: string }
  /** The functions are called well, one after the other. */
  | { readonly kind: 'available'; readonly imports: readonly string[] }
  /** The function is called with arguments at a boundary. */
  | { readonly kind: 'boundary'; readonly import: string };

/** Name of a mission, for reports of what a case aims at. */
export function aimsOf(mission: Mission, entryPoint: EntryPoint, width: string): readonly string[] {
  const at = `${entryPoint} / ${width}`;
  switch (mission.kind) {
    case 'unavailable':
      return [`cell ${mission.import} / ${at}`];
    case 'available':
      return mission.imports.map((name) => `cell ${name} / ${at}`);
    case 'trap':
      return [`trap ${mission.trap} / ${at}`, ...(mission.trap === 'explicit' ? [`cell trap / ${at}`] : [])];
    case 'trap after':
      return [`trap after ${mission.import} / ${at}`];
    case 'boundary':
      return [`boundary ${mission.import} / ${at}`];
  }
}

const MEANS_BY_TRAP: ReadonlyMap<TrapKind, readonly TrapMeans[]> = (() => {
  const map = new Map<TrapKind, TrapMeans[]>();
  for (const [means, { trap }] of Object.entries(TRAP_MEANS)) {
    map.set(trap, [...(map.get(trap) ?? []), means as TrapMeans]);
  }
  return map;
})();

/** Ways to trap that end soon in both engines. */
const CHEAP_MEANS: readonly TrapMeans[] = (Object.keys(TRAP_MEANS) as TrapMeans[]).filter(
  (means) => TRAP_MEANS[means].trap !== 'instruction-limit',
);

/** Kinds of trap that code of its own brings about, from any entry point. */
const PLAIN_TRAPS: readonly TrapKind[] = [
  ...MEANS_BY_TRAP.keys(),
  'explicit',
  'system-call',
  'system-call-unavailable',
];

/** Kinds of trap that can occur in an entry point. */
export function trapsOf(entryPoint: EntryPoint): readonly TrapKind[] {
  const unavailable = cellsOf(entryPoint, 'i64').unavailable.length > 0;
  const traps = PLAIN_TRAPS.filter((trap) => trap !== 'system-call-unavailable' || unavailable);
  if (entryPoint.includes('callback')) return [...traps, 'callback'];
  // A replicated query keeps no memory that could cost too much.
  const replicated = ['I', 'G', 'U', 'T', 's'].includes(contextOf(entryPoint));
  return [
    ...traps,
    ...(replicated ? ['insufficient-cycles' as const] : []),
    ...(['I', 'U'].includes(contextOf(entryPoint)) ? ['wasm-memory-limit' as const] : []),
  ];
}

interface BodyOptions {
  /** Table and segment instructions that closed profiles refuse. */
  readonly openWasm: boolean;
  /** Typed-stack code among the system calls. */
  readonly code: boolean;
}

/** The body that a mission needs. */
export function bodyOf(mission: Mission, options: BodyOptions): Body {
  const code = codeOf(mission, options);
  return mission.kind === 'trap' && mission.trap === 'callback' ? { code, index: noCallback } : { code };
}

/** An index at which the table has no callback: beyond its end, a null entry, or a function of another type. */
function noCallback(s: Scope): Expression {
  const { program } = s;
  return s.draw.weighted<() => Expression>([
    [2, () => constant(s.draw.pick([999, 0x7fffffff, 0xffffffff]))],
    // Cut to 32 bits it would be one.
    [
      s.width === 'i64' ? 2 : 0,
      () => operation('add', indexOf(s.standardCallbacks.reply), constant(s.draw.pick([1n << 32n, 1n << 63n]))),
    ],
    [1, () => constant(program.tableEntry(null))],
    [1, () => constant(program.tableEntry(program.entry('not a callback', [])))],
  ])();
}

function codeOf(mission: Mission, { openWasm, code }: BodyOptions): (s: Scope) => Statement[] {
  return (s) => {
    const before = () => [
      ...scribble(s, { openWasm, count: s.draw.int(1, 4) }),
      ...(code && s.draw.chance(25) ? [rawCode(s, s.draw.int(5, 25))] : []),
    ];
    switch (mission.kind) {
      case 'unavailable':
        return [...before(), barelyCalled(mission.import, s), ...tellingSuccess(s)];
      case 'trap':
        return [...before(), ...trapping(mission.trap, s), ...tellingSuccess(s)];
      case 'trap after':
        return [
          ...before(),
          ...upTo(mission.import, wellCalled(mission.import, s)),
          { kind: 'trap', means: cheapTrap(s.draw, s) },
          ...(RESPONDING.includes(mission.import) ? [] : tellingSuccess(s)),
        ];
      case 'available':
        return [...(code ? [rawCode(s, s.draw.int(10, 40))] : []), ...allCalled(mission.imports, s)];
      case 'boundary':
        return [
          ...before(),
          ...calledAtBoundary(mission.import, s),
          ...(RESPONDING.includes(mission.import) || s.draw.chance(30) ? [] : tellingSuccess(s)),
        ];
    }
  };
}

/** Shows to those who see responses only that the execution did not trap, where it should have. */
function tellingSuccess(s: Scope): readonly Statement[] {
  return ['msg_reply', 'accept_message'].filter((name) => s.available(name)).map((name) => systemCall(name));
}

/** The statements up to the last call of the function. */
function upTo(name: string, statements: readonly Statement[]): readonly Statement[] {
  const at = statements.findLastIndex((s) => s.kind === 'system call' && s.name === name);
  return at < 0 ? statements : statements.slice(0, at + 1);
}

/** A way to trap that the program can offer and that ends soon. */
function cheapTrap(draw: Draw, s: Scope): TrapMeans {
  return draw.pick(CHEAP_MEANS.filter((means) => possible(means, s)));
}

function possible(means: TrapMeans, s: Scope): boolean {
  const needs = needsOf(means);
  return needs === undefined || (needs === 'memory' ? s.program.memory !== undefined : s.program.hasTable);
}

/** Ends in the kind of trap. */
export function trapping(trap: TrapKind, s: Scope): Statement[] {
  const { draw } = s;
  switch (trap) {
    case 'insufficient-cycles':
      // With the freezing threshold of such a scenario (mission-scenario.ts) gigabytes of stable memory cost more than there is.
      return [systemCall('stable64_grow', constant(120_000))];
    case 'wasm-memory-limit':
      // Such a scenario's canister has a limit of 32 pages.
      return [{ kind: 'memory.grow', pages: constant(33), log: true }];
    case 'explicit':
      return s.program.hasRoom ? wellCalled('trap', s) : [systemCall('trap', constant(0), constant(0))];
    case 'system-call':
      return [refused(s)];
    case 'system-call-unavailable':
      return [barelyCalled(draw.pick(cellsOf(s.entryPoint, s.width).unavailable), s)];
    case 'instruction-limit':
      // A charge for bytes that are not there is the cheapest way; a loop costs the model tens of milliseconds.
      return draw.chance(70)
        ? [systemCall('debug_print', constant(0), constant(1 << 30))]
        : [{ kind: 'trap', means: longest(s) }];
    default: {
      if (trap === 'indirect-call' || trap === 'table-out-of-bounds') needTable(s);
      const means = (MEANS_BY_TRAP.get(trap) ?? []).filter((m) => possible(m, s));
      return [{ kind: 'trap', means: means.length > 0 ? draw.pick(means) : 'unreachable' }];
    }
  }
}

/** Gives the program a table with a null entry where it has none. */
function needTable({ program }: Scope): void {
  if (!program.hasTable) program.tableEntry(null);
}

/** Installs may use ten times as much: no plain loops there. */
function longest(s: Scope): TrapMeans {
  const installs = ['s', 'I', 'G'].includes(contextOf(s.entryPoint));
  if (!s.program.hasRoom) return 'endless loop';
  return installs || s.draw.chance(85) ? 'endless memory.fill' : 'endless loop';
}

/** A system call that is available everywhere and that traps for its arguments. */
function refused(s: Scope): Statement {
  return s.draw.pick([
    systemCall('stable64_write', constant(1n << 40n), constant(0), constant(1)),
    systemCall('stable64_read', constant(0), constant((1n << 64n) - 1n), constant(1)),
    systemCall('is_controller', constant(0), constant(s.program.hasRoom ? 30 : 1)),
    systemCall('performance_counter', constant(2)),
    systemCall('cost_create_canister', constant(1n << 31n)),
  ]);
}

/** Functions that respond to the message, in their contexts at most once: after them others trap, so they come last. */
const RESPONDING = ['msg_reply', 'msg_reject', 'accept_message'];

/** Functions that trap below the root of a query call although they are available there: there is no certificate. */
const CERTIFICATE = ['data_certificate_size', 'data_certificate_copy'];

function allCalled(imports: readonly string[], s: Scope): Statement[] {
  const below = s.entryPoint.endsWith('below');
  const certificate = below
    ? s.draw.sample(
        imports.filter((name) => CERTIFICATE.includes(name)),
        1,
      )
    : [];
  const first = imports.filter((name) => !RESPONDING.includes(name) && !(below && CERTIFICATE.includes(name)));
  const responding = imports.filter((name) => RESPONDING.includes(name));
  const last = responding.length > 0 ? [s.draw.pick(responding)] : [];
  const response: readonly string[] =
    last.length > 0 ? last : s.available('msg_reply') && s.draw.chance(60) ? ['msg_reply'] : [];
  const called = (names: readonly string[]): Statement[] => names.flatMap((name) => wellCalled(name, s));
  const tells = last.length === 0 && response.length > 0 && isForgotten(s) && s.draw.chance(60);
  return [...called(s.draw.shuffle(first)), ...(tells ? [tellLog()] : []), ...called([...response, ...certificate])];
}

/** Whether nothing of the execution is kept: what it has logged is seen in its response, or nowhere. */
function isForgotten({ entryPoint, program }: Scope): boolean {
  return program.hasRoom && (entryPoint.includes('query') || entryPoint.startsWith('composite'));
}
