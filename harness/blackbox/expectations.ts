// plumbing: what is allowed to be seen — patterns that many runs of the model agree on, one for each way to decide
import type { TransitionRecord } from '../../spec/vocabulary/record.js';
import { sightKey, type Sight } from './observation.js';
import { follow } from './follow.js';
import { looksAt, mixture, WAYS, type Look, type Way } from './liberties.js';
import { fillings, USUAL_FILLINGS } from './open-values.js';
import { runModel, type ModelRun, type Play } from './runs.js';

/** Something that may be seen: the value of a sight, and of a reply its bytes. */
export interface Required {
  readonly kind: 'this';
  readonly value: string;
  /** Of a reject: the same with codes that other readings give it. */
  readonly orValues?: readonly string[];
  /** -1 where any byte will do. */
  readonly bytes?: Int16Array;
  /** More bytes may follow. */
  readonly openEnd: boolean;
}

/** What one way to decide allows at one place. `anything`: what is seen depends on open values, or readings differ. */
type Pattern = { readonly kind: 'anything' } | Required;

/** Several ways to decide that allow the same; `count` of them. */
interface Group {
  pattern: Pattern;
  count: number;
}

/** Mixtures of the liberties that matter at a place: so many for each of them, and so many more at most. */
const ENOUGH = 12;
const MOST = 48;
/** How often each of the things that are allowed must have come up before the list of them counts as complete. */
const OFTEN = 3;

const [USUAL] = WAYS;

const ANYTHING: Pattern = { kind: 'anything' };

export type Judgement =
  | { readonly kind: 'allowed'; /** Whether anything could have been said against it. */ readonly asserted: boolean }
  | { readonly kind: 'forbidden'; readonly expected: string }
  /** Too much is open: new possibilities came up to the end. */
  | { readonly kind: 'undecided' };

/** The model does not come to rest. */
export class Restless extends Error {
  override readonly name = 'Restless';
}

/** What a play may look like from outside. Runs of the model are made when they are needed, and kept. */
export class Expectations {
  readonly usual: ModelRun;
  readonly #usualByKey: ReadonlyMap<string, Sight>;
  /** What came of the ways that were tried, by name. */
  readonly #tried = new Map<string, Tried>();
  /** By place: what is known to be allowed, and which liberties matter. */
  readonly #places = new Map<string, Place>();

  #everywhere: ReturnType<typeof looksAt> | undefined;

  get #looksAt(): ReturnType<typeof looksAt> {
    return (this.#everywhere ??= looksAt(this.play.modules));
  }

  /** The ways in which every place is looked at. */
  get #looks(): readonly Look[] {
    return this.#looksAt.first;
  }

  /** @throws Restless */
  constructor(readonly play: Play) {
    const usual = runModel(play, { way: USUAL, filling: 0 });
    if (usual === undefined) throw new Restless('the canisters do not come to rest');
    this.usual = usual;
    this.#usualByKey = byKey(this.usual);
  }

  get transitions(): ModelRun['transitions'] {
    return this.usual.transitions;
  }

  /** Records of the usual run at a stroke. */
  records(stroke: number): readonly TransitionRecord[] {
    return this.usual.transitions[stroke] ?? [];
  }

  /** Whether all that was seen is what the usual run shows, to the last byte. */
  isUsual(sights: readonly Sight[]): boolean {
    const { size } = this.#usualByKey;
    return (
      sights.length === size &&
      sights.every((sight) => {
        const usual = this.#usualByKey.get(sightKey(sight));
        return usual !== undefined && usual.value === sight.value && usual.data === sight.data;
      })
    );
  }

  /** What the usual run shows there. */
  usualSight(key: string): Sight | undefined {
    return this.#usualByKey.get(key);
  }

  keys(): Iterable<string> {
    return this.#usualByKey.keys();
  }

  /**
   * Whether what was seen at a place is allowed.
   * @param seen everything that the target has shown
   */
  judge(key: string, seen: ReadonlyMap<string, Sight>): Judgement {
    const place = this.#place(key);
    const sight = seen.get(key);
    for (;;) {
      const { groups } = place;
      if (groups.some(({ pattern }) => pattern.kind === 'anything')) return { kind: 'allowed', asserted: false };
      if (groups.some(({ pattern }) => matches(pattern, sight))) return { kind: 'allowed', asserted: true };
      const known = this.#known(place);
      if (known === 'complete') {
        if (this.#followed(key, seen)) return { kind: 'allowed', asserted: true };
        return { kind: 'forbidden', expected: groups.map(({ pattern }) => words(pattern)).join(' or ') };
      }
      if (known === 'endless') return { kind: 'undecided' };
      this.#look(key, place);
    }
  }

  /** Everything that is allowed at a place; undefined: anything, or more than could be listed. */
  allowed(key: string): readonly Required[] | undefined {
    const place = this.#place(key);
    while (this.#known(place) === 'partly') {
      if (place.groups.some(({ pattern }) => pattern.kind === 'anything')) return undefined;
      this.#look(key, place);
    }
    if (this.#known(place) === 'endless') return undefined;
    const patterns = place.groups.map(({ pattern }) => pattern);
    if (!patterns.every((pattern) => pattern.kind === 'this')) return undefined;
    return patterns.flatMap(({ orValues = [], ...pattern }) => [pattern, ...orValues.map((value) => ({ ...pattern, value }))]); // prettier-ignore
  }

  /** Whether all that is allowed at a place has been found. */
  #known({ groups, looked, matter }: Place): 'partly' | 'complete' | 'endless' {
    const mixtures = looked - this.#looks.length;
    const enough = ENOUGH * Math.min(matter.length, 3);
    if (mixtures >= enough && groups.every(({ count }) => count >= OFTEN)) return 'complete';
    return mixtures >= enough + MOST ? 'endless' : 'partly';
  }

  #place(key: string): Place {
    let place = this.#places.get(key);
    if (place === undefined) this.#places.set(key, (place = { groups: [], looked: 0, matter: [] }));
    return place;
  }

  /** Looks at the place in one more way: each liberty alone, mixtures of all, then mixtures of those that matter there. */
  #look(key: string, place: Place): void {
    const n = place.looked++;
    const { way, which } = this.#looks[n] ?? { way: mixture(mixed(place.matter, n), n) };
    const pattern = this.#try(way).at(key);
    const [usual] = place.groups;
    // A liberty matters if it changes what is seen.
    if (which !== undefined && usual !== undefined && common(usual.pattern, pattern) === undefined)
      place.matter.push(which);
    merge(place.groups, pattern);
  }

  /** Whether a way can be found that shows, up to a place, everything that was seen. It is searched for stroke by stroke. */
  #followed(key: string, seen: ReadonlyMap<string, Sight>): boolean {
    const until = strokeOf(key);
    const keys = [...new Set([key, ...this.keys(), ...seen.keys()])].filter((one) => strokeOf(one) <= until);
    const tried = [...this.#tried.values()].map(({ way }) => way);
    const { first, further } = this.#looksAt;
    const changes = [...first.slice(1), ...further].map((look) => look.way);
    return follow(this.play.strokes, changes, tried, (way) => {
      const { at } = this.#try(way);
      const parts = keys.filter((one) => !matches(at(one), seen.get(one)));
      return Math.min(Infinity, ...parts.map((one) => strokeOf(one) + likeness(at(one), seen.get(one))));
    });
  }

  /** What a way allows. Where it does not come to rest, nothing can be said about it. */
  #try(way: Way): Tried {
    let tried = this.#tried.get(way.name);
    if (tried === undefined) {
      const filled = way === USUAL ? USUAL_FILLINGS : fillings(this.#tried.size);
      const runs = filled.map((filling) => (filling === 0 ? this.usual : runModel(this.play, { way, filling })));
      const rested = runs.filter((run) => run !== undefined);
      tried = { way, at: rested.length === runs.length ? patternsOf(rested) : () => ANYTHING };
      this.#tried.set(way.name, tried);
    }
    return tried;
  }
}

/** A way to decide, and what it allows at each place. */
interface Tried {
  readonly way: Way;
  readonly at: (key: string) => Pattern;
}

/** Liberties to mix: each of those that matter alone, then all of them, in turn. */
function mixed(matter: readonly number[], n: number): readonly number[] {
  const alone = matter[n % (matter.length + 1)];
  return alone === undefined ? matter : [alone];
}

/** What is known about one place. */
interface Place {
  readonly groups: Group[];
  /** In how many ways it was looked at. */
  looked: number;
  /** Numbers of the liberties that change what is seen there. */
  readonly matter: number[];
}

const strokeOf = (key: string) => Number(key.split(' ')[0]);

const NOTHING_SEEN: Pattern = { kind: 'this', value: 'nothing', openEnd: false };

function byKey({ sights }: ModelRun): Map<string, Sight> {
  return new Map(sights.map((sight) => [sightKey(sight), sight]));
}

/** What runs that were decided in the same way agree on. */
function patternsOf(runs: readonly ModelRun[]): Tried['at'] {
  const seen = runs.map(byKey);
  const keys = new Set(seen.flatMap((sights) => [...sights.keys()]));
  const openFrom = Math.min(...runs.map((run) => run.openFrom), parting(runs));
  const known = new Map(
    [...keys].map((key) => {
      const sights = seen.map((one) => one.get(key));
      const open = sights.some((sight) => sight !== undefined && (sight.seenAt ?? sight.stroke) >= openFrom);
      return [key, open ? ANYTHING : agreed(sights)];
    }),
  );
  // Where all of them show nothing there is nothing to be seen, as long as anything is asserted at all.
  return (key) => known.get(key) ?? (strokeOf(key) >= openFrom ? ANYTHING : NOTHING_SEEN);
}

/** The stroke at which runs take different courses, because of what is open; Infinity: none. */
function parting([first, ...others]: readonly ModelRun[]): number {
  const at = first?.courses.findIndex((course, k) => others.some(({ courses }) => courses[k] !== course)) ?? -1;
  return at < 0 ? Infinity : at;
}

function agreed(sights: readonly (Sight | undefined)[]): Pattern {
  const [first] = sights;
  if (first === undefined || sights.some((sight) => sight?.value !== first.value)) return ANYTHING;
  const { value, orValues } = first;
  if (first.data === undefined) return { kind: 'this', value, ...(orValues && { orValues }), openEnd: false };
  const replies = sights.map((sight) => Buffer.from(sight?.data ?? '', 'hex'));
  const shortest = Math.min(...replies.map(({ length }) => length));
  const openEnd = replies.some(({ length }) => length !== shortest);
  const bytes = new Int16Array(shortest).fill(-1);
  for (let i = 0; i < shortest; i++) {
    const byte = replies[0]?.[i] ?? -1;
    if (replies.every((reply) => reply[i] === byte)) bytes[i] = byte;
    // Where lengths differ nothing says what stands where after the first difference.
    else if (openEnd) return { kind: 'this', value: first.value, bytes: bytes.slice(0, i), openEnd };
  }
  return { kind: 'this', value: first.value, bytes, openEnd };
}

function matches(pattern: Pattern, sight: Sight | undefined): boolean {
  if (pattern.kind === 'anything') return true;
  if (sight === undefined) return pattern === NOTHING_SEEN;
  if (pattern.value !== sight.value && pattern.orValues?.includes(sight.value) !== true) return false;
  if (pattern.bytes === undefined) return true;
  const reply = Buffer.from(sight.data ?? '', 'hex');
  if (pattern.openEnd ? reply.length < pattern.bytes.length : reply.length !== pattern.bytes.length) return false;
  return pattern.bytes.every((byte, i) => byte < 0 || reply[i] === byte);
}

/** Bytes of a reply that say how much was logged. */
const HEADER = 8;

/** How much of a reply is as a pattern requires before the first byte that is not: from 0 to below 1. */
function likeness(pattern: Pattern, sight: Sight | undefined): number {
  if (pattern.kind === 'anything' || pattern.bytes === undefined || sight?.data === undefined) return 0;
  const reply = Buffer.from(sight.data, 'hex');
  let at = HEADER;
  while (at < reply.length && ((pattern.bytes[at] ?? reply[at]) === reply[at] || pattern.bytes[at] === -1)) at += 1;
  return at / (reply.length + HEADER);
}

/** Adds what another way to decide allows: to the group that it agrees with, which then requires only what both require. */
function merge(groups: Group[], pattern: Pattern): void {
  for (const group of groups) {
    const both = common(group.pattern, pattern);
    if (both === undefined) continue;
    group.pattern = both;
    group.count += 1;
    return;
  }
  groups.push({ pattern, count: 1 });
}

/** What both require, where they do not contradict each other. */
function common(a: Pattern, b: Pattern): Pattern | undefined {
  if (a.kind === 'anything' || b.kind === 'anything') return a.kind === b.kind ? a : undefined;
  if (a.value !== b.value || a.openEnd !== b.openEnd || a.bytes?.length !== b.bytes?.length) return undefined;
  if (a.bytes === undefined || b.bytes === undefined) return a;
  const { bytes } = b;
  if (!a.bytes.every((byte, i) => byte < 0 || (bytes[i] ?? -1) < 0 || byte === bytes[i])) return undefined;
  return { ...a, bytes: a.bytes.map((byte, i) => ((bytes[i] ?? -1) < 0 ? -1 : byte)) };
}

/** A pattern as people read it. */
function words(pattern: Pattern): string {
  if (pattern.kind === 'anything') return 'anything';
  const { value, orValues = [], bytes, openEnd } = pattern;
  if (bytes === undefined) return [value, ...orValues].join(' or ');
  const text = bytesText(bytes);
  return `${value} ${text === '' ? '(empty)' : text}${openEnd ? '…' : ''}`;
}

/** Bytes as two hexadecimal digits each, or two dots where any byte will do. */
export function bytesText(bytes: Int16Array): string {
  return [...bytes].map((byte) => (byte < 0 ? '..' : byte.toString(16).padStart(2, '0'))).join('');
}
