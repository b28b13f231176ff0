// plumbing: what case k must reach — so that nothing is left to luck
import { existsFor, systemApiFunction } from '../../spec/system-api.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { DEFAULT_FAMILIES, type Family, type GeneratorOptions } from '../config.js';
import { cellsOf } from './canister.js';
import { trapsOf, type Mission } from './missions.js';
import { ALL_NAMES } from './system-calls.js';

const ENTRY_POINT_NAMES = Object.keys(ENTRY_POINTS) as EntryPoint[];
const WIDTHS: readonly PointerWidth[] = ['i32', 'i64'];

/** Missions that one case takes on, each with an execution of its own. */
const MISSIONS_PER_CASE = 4;
/** Functions that a case calls at their boundaries, each in an execution of its own. */
const BOUNDARIES_PER_CASE = 2;
/** wasm64 modules that a case has refused, on average. */
const REFUSED_PER_CASE = 1.5;
/** Functions that one execution calls well. */
const CALLS_PER_BUNDLE = 10;
/** From how many entry points at least a trap right after each function is planned (fewer where it is not available in so many). */
const TRAP_AFTER_ENTRY_POINTS = 4;

/** The functions that a wasm64 module must not import. */
export const ONLY_32: readonly string[] = ALL_NAMES.filter((name) => {
  const f = systemApiFunction(name);
  return f !== undefined && !existsFor(f, 'i64');
});

/** What a case is about. */
export type Assignment =
  | {
      readonly kind: 'missions';
      readonly entryPoint: EntryPoint;
      readonly width: PointerWidth;
      readonly missions: readonly Mission[];
      /** For I = i64: functions that do not exist there, each for a module that must be refused. */
      readonly refused: readonly string[];
    }
  | { readonly kind: 'family'; readonly family: Exclude<Family, 'availability' | 'atomicity'>; readonly turn: number };

/** The order in which families take turns; a family that is not selected leaves its turns to the others. */
const TURNS: readonly (Family | 'missions')[] = [
  'missions', 'calls', 'missions', 'cycles', 'missions', 'lifecycle', 'missions', 'memory', 'missions', 'interplay', 'missions',
  'calls', 'missions', 'missions', 'modules', 'missions', 'cycles', 'missions', 'missions', 'lifecycle', 'missions', 'calls',
  'missions', 'memory', 'missions', 'interplay', 'missions',
]; // prettier-ignore

interface Chunk {
  readonly entryPoint: EntryPoint;
  readonly width: PointerWidth;
  readonly missions: readonly Mission[];
  /** Number of the chunk among those of its entry point and width, and how many there are in a round. */
  readonly number: number;
  readonly count: number;
  /** Position in the round, from 0 to 1. */
  readonly at: number;
}

/** Entry points from which a trap right after the function is planned: spread evenly over those where it is available. */
function trapAfterHere(name: string, entryPoint: EntryPoint, position: number): boolean {
  const here = ENTRY_POINT_NAMES.filter((e) => systemApiFunction(name)?.contexts.has(ENTRY_POINTS[e]) === true);
  const stride = Math.max(1, Math.floor(here.length / TRAP_AFTER_ENTRY_POINTS));
  return here.indexOf(entryPoint) % stride === position % stride;
}

/**
 * Everything that executions of an entry point have to show, apart from what succeeds. A cell is asked for in each width, a kind of trap in
 * any: so a call that is not available, which is a trap like any other besides, is there twice as often.
 */
function missionsOf(entryPoint: EntryPoint, width: PointerWidth, families: ReadonlySet<Family>): Mission[] {
  const { available, unavailable } = cellsOf(entryPoint, width);
  const missions: Mission[] = [];
  if (families.has('availability')) {
    const calls = unavailable.map((name): Mission => ({ kind: 'unavailable', import: name }));
    missions.push(...calls, ...calls);
  }
  if (families.has('atomicity')) {
    const traps = trapsOf(entryPoint).map((trap): Mission => ({ kind: 'trap', trap }));
    // The kind that stands for a cell: that of ic0.trap.
    missions.push(...traps, { kind: 'trap', trap: 'explicit' });
    available.forEach((name) => {
      if (name !== 'trap' && trapAfterHere(name, entryPoint, ALL_NAMES.indexOf(name))) {
        missions.push({ kind: 'trap after', import: name });
      }
    });
  }
  return missions;
}

/** One round: every mission, entry points and widths evenly mixed. */
function roundOf(families: ReadonlySet<Family>, widths: readonly PointerWidth[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (const width of widths) {
    for (const entryPoint of ENTRY_POINT_NAMES) {
      const missions = missionsOf(entryPoint, width, families);
      const count = Math.ceil(missions.length / MISSIONS_PER_CASE);
      for (let number = 0; number < count; number++) {
        const part = missions.filter((_, i) => i % count === number);
        chunks.push({ entryPoint, width, missions: part, number, count, at: (number + 0.5) / count });
      }
    }
  }
  return chunks.sort((a, b) => a.at - b.at);
}

/** What the options select: the same for every k. */
interface Selection {
  readonly families: ReadonlySet<Family>;
  readonly turns: readonly (Family | 'missions')[];
  readonly chunks: readonly Chunk[];
}

const selections = new Map<string, Selection>();

function selection({ families, width }: GeneratorOptions): Selection {
  const key = `${families?.join() ?? ''} ${width ?? ''}`;
  let made = selections.get(key);
  if (made === undefined) {
    const selected = new Set<Family>(families ?? DEFAULT_FAMILIES);
    const missions = selected.has('availability') || selected.has('atomicity');
    made = {
      families: selected,
      turns: TURNS.filter((turn) => (turn === 'missions' ? missions : selected.has(turn))),
      chunks: roundOf(selected, width === undefined ? WIDTHS : [width]),
    };
    selections.set(key, made);
  }
  return made;
}

/** What case k is about. Depends on k and the options only. */
export function assignment(k: number, options: GeneratorOptions): Assignment {
  const { families, turns, chunks } = selection(options);
  const slot = k % turns.length;
  const turn = turns[slot] ?? 'missions';
  const before = turns.slice(0, slot).filter((other) => other === turn).length;
  const nth = Math.floor(k / turns.length) * turns.filter((other) => other === turn).length + before;
  if (turn !== 'missions' && turn !== 'availability' && turn !== 'atomicity') {
    return { kind: 'family', family: turn, turn: nth };
  }
  const chunk = chunks[nth % chunks.length];
  if (chunk === undefined) throw new RangeError('no family is selected');
  const turnOfEntryPoint = chunk.number + Math.floor(nth / chunks.length) * chunk.count;
  const refused = chunk.width === 'i64' && families.has('availability');
  return {
    kind: 'missions',
    entryPoint: chunk.entryPoint,
    width: chunk.width,
    missions: [
      ...chunk.missions,
      ...(families.has('availability') ? succeeding(chunk.entryPoint, chunk.width, turnOfEntryPoint) : []),
    ],
    refused: refused ? refusedIn(turnOfEntryPoint) : [],
  };
}

/** Functions that do not exist for I = i64: the next ones at each turn. */
function refusedIn(turn: number): string[] {
  const from = Math.floor(turn * REFUSED_PER_CASE);
  const count = Math.floor((turn + 1) * REFUSED_PER_CASE) - from;
  return Array.from({ length: count }, (_, i) => ONLY_32[(from + i) % ONLY_32.length] ?? 'stable_size');
}

/** A bundle of functions that succeed, the next ones at each turn, and some of them at their boundaries. */
function succeeding(entryPoint: EntryPoint, width: PointerWidth, turn: number): Mission[] {
  const available = cellsOf(entryPoint, width).available.filter((name) => name !== 'trap');
  const at = (i: number) => available[i % available.length] ?? 'debug_print';
  const imports = Array.from({ length: Math.min(CALLS_PER_BUNDLE, available.length) }, (_, i) =>
    at(turn * CALLS_PER_BUNDLE + i),
  );
  return [
    { kind: 'available', imports },
    // Far apart from one another in the table, so that each case has several kinds of argument.
    ...Array.from({ length: BOUNDARIES_PER_CASE }, (_, i): Mission => ({
      kind: 'boundary',
      import: at(turn + Math.floor((i * available.length) / BOUNDARIES_PER_CASE)),
    })),
  ];
}
