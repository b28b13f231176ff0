// plumbing: what a conforming implementation may decide at each moment — orders, spontaneous rejects, expiries, failures, system tasks, readings
import type { Profile } from '../../spec/profiles/profile.js';
import { application13, conformance, openWasm } from '../../spec/profiles/profiles.js';
import { parseModule } from '../../reference-model/index.js';
import type { BoxTier } from './play.js';
import { Random } from './random.js';

/** How often each liberty is taken. Probabilities from 0 to 1. */
export interface Liberties {
  /** Which message is next. */
  readonly order: 'oldest' | 'newest' | 'calls first' | 'responses first' | 'tasks first' | 'any';
  /** That a call between canisters is rejected before it has a call context. */
  readonly rejects: number;
  /** That a bounded-wait call expires when it may. */
  readonly expires: number;
  /** That call_perform fails. */
  readonly failingCalls: number;
  /** That the stable memory cannot grow. */
  readonly failingGrowth: number;
  /** That a Wasm memory cannot grow. */
  readonly failingMemory: number;
  /** That an allocation which is to be raised is not to be had, and environment variables are too many or too long. */
  readonly failingSettings: number;
  /** Pages by which Wasm memories can grow beyond the largest minimum in the scenario; absent: as the profile says. */
  readonly room?: bigint;
  /** Stable memories can grow as far as the production replica's; otherwise as the profile says. */
  readonly muchStable: boolean;
  /** That a global timer or low-memory hook that may run does, when nothing else is left to do. */
  readonly tasks: number;
  /** That each of the other readings of ambiguous clauses is taken. */
  readonly readings: number;
  /** Modules that an implementation may refuse or take (optional limits) are refused where the profile takes them, and taken where it refuses them. */
  readonly optional: boolean;
}

export const USUAL: Liberties = {
  order: 'oldest',
  rejects: 0,
  expires: 0,
  failingCalls: 0,
  failingGrowth: 0,
  failingMemory: 0,
  failingSettings: 0,
  muchStable: false,
  tasks: 1,
  readings: 0,
  optional: false,
};

/** Each liberty taken wherever it can be. Their order is that of WAYS. */
const EXTREMES = {
  rejects: { ...USUAL, rejects: 1 },
  readings: { ...USUAL, readings: 1, optional: true },
  failingCalls: { ...USUAL, failingCalls: 1 },
  failingGrowth: { ...USUAL, failingGrowth: 1 },
  tasks: { ...USUAL, tasks: 0 },
  newest: { ...USUAL, order: 'newest' },
  callsFirst: { ...USUAL, order: 'calls first' },
  expires: { ...USUAL, expires: 1 },
  room: { ...USUAL, room: 0n },
  tasksFirst: { ...USUAL, order: 'tasks first' },
  failingMemory: { ...USUAL, failingMemory: 1 },
  failingSettings: { ...USUAL, failingSettings: 1 },
} satisfies Readonly<Record<string, Liberties>>;

type Extreme = keyof typeof EXTREMES;

const NAMES = Object.keys(EXTREMES) as readonly Extreme[];

/** Of these liberties all that a way decides otherwise, it decides for the whole run. */
const FOR_RUN: readonly Liberties[] = [EXTREMES.readings, EXTREMES.room];

/** Whether a way takes no liberty but such as are decided for the whole run, before its script. */
export const takesForRunOnly = ({ liberties }: Way): boolean => FOR_RUN.includes(liberties);

/** What stays open for an implementation that follows the profile: when messages, rejects of the system and its tasks come. */
const IN_PROFILES: readonly Extreme[] = ['rejects', 'tasks', 'newest', 'callsFirst', 'expires', 'tasksFirst'];

/** Decisions that are replaced, by their names (chooser.ts): the option to take instead of what the way would, in words. */
type Script = ReadonlyMap<string, string>;

/** One policy for all decisions of a run. What its probabilities decide is drawn from its name. */
export interface Way {
  readonly name: string;
  readonly liberties: Liberties;
  readonly script?: Script;
}

/** The usual way, then each liberty alone. */
export const WAYS: readonly [Way, ...Way[]] = [{ name: 'way 0', liberties: USUAL }, ...NAMES.map(alone)];

function alone(name: Extreme): Way {
  return { name: `way ${numberOf(name)}`, liberties: EXTREMES[name] };
}

/** The number in WAYS of a liberty that is taken alone. */
function numberOf(name: Extreme): number {
  return 1 + NAMES.indexOf(name);
}

/** So many mixtures of all liberties are among the looks. */
const MIXTURES = 6;

/** A way in which every case is tried before anything is said about it, with the number in WAYS of the liberty that it takes wherever it can. */
export interface Look {
  readonly way: Way;
  readonly which?: number;
}

/** The usual way, each liberty alone that the tier leaves and of which the modules make use, and mixtures of all that the tier leaves. */
export function looksAt(modules: readonly Uint8Array[], tier: BoxTier): readonly Look[] {
  const used = new Set(modules.flatMap((bytes) => [...importsOf(bytes), ...mnemonicsOf(bytes)]));
  const possible = (name: Extreme) => NEEDS[name]?.some((one) => used.has(one)) ?? true;
  const left = tier === 'profile' ? IN_PROFILES : NAMES;
  const mixed = left === NAMES ? [] : left.map(numberOf);
  return [
    { way: WAYS[0] },
    ...left.filter(possible).map((name) => ({ way: alone(name), which: numberOf(name) })),
    ...Array.from({ length: MIXTURES }, (_, n) => ({ way: mixture(mixed, n) })),
  ];
}

const CALLS = ['call_perform'];
const GROWTH = ['stable_grow', 'stable64_grow'];
const MEMORY = ['memory.grow'];

/** System API functions and instructions without which a liberty cannot be taken; absent: it always can. */
const NEEDS: Readonly<Partial<Record<Extreme, readonly string[]>>> = {
  rejects: CALLS,
  failingCalls: CALLS,
  failingGrowth: GROWTH,
  newest: CALLS,
  callsFirst: CALLS,
  expires: CALLS,
  room: MEMORY,
  failingMemory: MEMORY,
};

function importsOf(bytes: Uint8Array): readonly string[] {
  const module = parseModule(openWasm, bytes);
  return 'invalid' in module ? [] : module.wasm.imports.map(({ name }) => name);
}

/**
 * The n-th mixture of some of the liberties.
 * @param which numbers in WAYS; none: all of them
 */
export function mixture(which: readonly number[], n: number): Way {
  const name = `mixture ${which.join()} ${n}`;
  const random = new Random(name);
  const has = (one: Extreme) => which.length === 0 || which.includes(numberOf(one));
  const often = (one: Extreme) => (has(one) ? random.pick([0.2, 0.5, 0.5, 0.8]) : 0);
  const room = random.pick([0n, 0n, 1n, 2n, 4n]);
  const orders = has('newest') || has('callsFirst') || has('tasksFirst');
  const liberties: Liberties = {
    order: orders ? random.pick(['any', 'any', 'responses first', 'newest', 'calls first', 'tasks first']) : 'oldest',
    rejects: often('rejects'),
    expires: often('expires'),
    failingCalls: often('failingCalls'),
    failingGrowth: often('failingGrowth'),
    failingMemory: often('failingMemory'),
    muchStable: has('failingGrowth') && random.chance(0.3),
    ...(has('room') && random.chance(0.7) && { room }),
    tasks: has('tasks') ? random.pick([0, 0.3, 0.5, 0.8]) : 1,
    readings: has('readings') ? 0.5 : 0,
    optional: has('readings') && random.chance(0.5),
    failingSettings: often('failingSettings'),
  };
  return { name, liberties };
}

/** As much room as the production replica has. */
const MUCH_ROOM = application13.limits.wasm64Pages;

/** Pages of room that a target may have. */
export const ROOMS: readonly [bigint | undefined, ...bigint[]] = [undefined, 0n, 1n, 2n, 4n, MUCH_ROOM];

/** The liberties that are limits of a target. */
export type Limiting = Pick<Liberties, 'room' | 'optional' | 'muchStable'>;

/** The profile as far as liberties show in it. */
export function libertiesIn(
  profile: Profile,
  { room, optional, muchStable }: Limiting,
  modules: readonly Uint8Array[],
): Profile {
  if (room === undefined && !optional && !muchStable) return profile;
  let { limits, refusedInstructions, enforcesOptionalModuleLimits } = profile;
  const { wasm32Pages, wasm64Pages, stablePages } = application13.limits;
  if (muchStable) limits = { ...limits, stablePages };
  if (room === MUCH_ROOM) limits = { ...limits, wasm32Pages, wasm64Pages };
  else if (room !== undefined) {
    const most = largestMinimum(modules) + room;
    const capped = (limit: bigint) => (limit < most ? limit : most);
    limits = { ...limits, wasm32Pages: capped(limits.wasm32Pages), wasm64Pages: capped(limits.wasm64Pages) };
  }
  if (optional) {
    refusedInstructions = refusedInstructions.length > 0 ? [] : REFUSED_BY_REPLICAS;
    enforcesOptionalModuleLimits = !enforcesOptionalModuleLimits;
  }
  return { ...profile, limits, refusedInstructions, enforcesOptionalModuleLimits };
}

/** What matters to modules of the limits that a target may have. */
interface Sensitive {
  /** They grow their memories, or one begins with more pages than a profile for tests may allow. */
  readonly growth: boolean;
  /** They grow their stable memories. */
  readonly stable: boolean;
  /** Some targets may refuse one of them. */
  readonly optional: boolean;
}

/** Pages. */
const SMALLEST_LIMIT = conformance.limits.wasm32Pages;

const sensitivities = new WeakMap<readonly Uint8Array[], Sensitive>();

/** What matters to these modules; remembered by the list. */
export function sensitive(modules: readonly Uint8Array[]): Sensitive {
  let found = sensitivities.get(modules);
  if (found === undefined) {
    const mnemonics = new Set(modules.flatMap(mnemonicsOf));
    found = {
      growth: mnemonics.has('memory.grow') || largestMinimum(modules) > SMALLEST_LIMIT,
      stable: modules.flatMap(importsOf).some((name) => GROWTH.includes(name)),
      optional: REFUSED_BY_REPLICAS.some((one) => mnemonics.has(one)) || modules.some(mayBeRefused),
    };
    sensitivities.set(modules, found);
  }
  return found;
}

const otherLimits: Profile = { ...openWasm, enforcesOptionalModuleLimits: !openWasm.enforcesOptionalModuleLimits };

const mayBeRefused = (bytes: Uint8Array) =>
  'invalid' in parseModule(otherLimits, bytes) !== 'invalid' in parseModule(openWasm, bytes);

function mnemonicsOf(bytes: Uint8Array): readonly string[] {
  const module = parseModule(openWasm, bytes);
  return 'invalid' in module ? [] : [...module.wasm.mnemonics];
}

const largestMinima = new WeakMap<readonly Uint8Array[], bigint>();

/** Pages of the largest memory that a module begins with, of those that can be installed. */
function largestMinimum(modules: readonly Uint8Array[]): bigint {
  let largest = largestMinima.get(modules);
  if (largest === undefined) {
    largest = modules.map(minimumOf).reduce((a, b) => (a > b ? a : b), 0n);
    largestMinima.set(modules, largest);
  }
  return largest;
}

const { wasm32Pages, wasm64Pages } = application13.limits;
const roomy: Profile = { ...openWasm, limits: { ...openWasm.limits, wasm32Pages, wasm64Pages } };

function minimumOf(bytes: Uint8Array): bigint {
  const module = parseModule(roomy, bytes);
  return 'invalid' in module ? 0n : (module.wasm.memories[0]?.limits.min ?? 0n);
}

const REFUSED_BY_REPLICAS = ['table.grow', 'table.set', 'table.fill', 'table.copy', 'table.init'];
