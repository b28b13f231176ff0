// plumbing: patterns — what the runs of one way, in several fillings, agree on is required of the target; everything else is open
import { NOT_ZERO } from './open-values.js';
import { areWithin, rangesOf, rangesText, spanned, type Range } from './figures.js';
import { FIGURES, LOGGED_END } from './observable.js';
import type { Sight } from './observation.js';
import { LEAST_STATE_BYTES } from './state-query.js';

/** Something that may be seen: the value of a sight, and of a reply its bytes. */
export interface Required {
  readonly kind: 'this';
  readonly value: string;
  /** Of a reject: the same with codes that other readings give it. */
  readonly orValues?: readonly string[];
  /** -1 where any byte will do. */
  readonly bytes?: Int16Array;
  /** Where in it four bytes begin that are not all zero. */
  readonly notZero?: readonly number[];
  /** More bytes may follow. */
  readonly openEnd: boolean;
  /** What they end with, where more bytes may follow. */
  readonly tail?: Buffer;
  /** Numbers in it that are open between bounds. */
  readonly ranges?: readonly Range[];
}

/** What one way to decide allows at one place. `anything`: what is seen depends on open values, or readings differ. */
export type Pattern = { readonly kind: 'anything' } | Required;

export const ANYTHING: Pattern = { kind: 'anything' };

export const NOTHING_SEEN: Pattern = { kind: 'this', value: 'nothing', openEnd: false };

/** Bytes of a reply that say how much was logged. */
const HEADER = 8;

/** What a failed call_perform gives, but for the lowest byte, as it stands in memory. */
const MARK = Buffer.from([1, 2, 3].map((byte) => Number((NOT_ZERO >> BigInt(8 * byte)) & 0xffn)));

/**
 * What all of the sights show.
 * @param tells whether a reply ends with what the canister holds
 */
export function agreed(sights: readonly (Sight | undefined)[], tells: boolean): Pattern {
  const [first] = sights;
  if (first === undefined || sights.some((sight) => sight?.value !== first.value)) return ANYTHING;
  const { value, orValues } = first;
  if (first.data === undefined) return { kind: 'this', value, ...(orValues && { orValues }), openEnd: false };
  const replies = sights.map((sight) => Buffer.from(sight?.data ?? '', 'hex'));
  const shortest = Math.min(...replies.map(({ length }) => length));
  const ranges = rangesOf(sights);
  const figures = ranges === undefined ? 0 : FIGURES.bytes;
  if (replies.some(({ length }) => length !== shortest)) {
    return { ...openEnded(value, replies, figures + HEADER, tells ? LEAST_STATE_BYTES : 0), ...(ranges && { ranges }) };
  }
  const bytes = new Int16Array(shortest).fill(-1);
  for (let i = figures; i < shortest; i++) {
    const byte = replies[0]?.[i] ?? -1;
    if (replies.every((reply) => reply[i] === byte)) bytes[i] = byte;
  }
  // A byte within a number that is open is the same by chance.
  const byChance = [...bytes.keys()].filter((i) => i > figures && bytes[i - 1] === -1 && bytes[i + 1] === -1);
  for (const at of byChance) bytes[at] = -1;
  const notZero = notZeroIn(replies);
  for (const at of notZero) bytes.fill(-1, at, at + 4);
  return { kind: 'this', value, bytes, openEnd: false, notZero, ...(ranges && { ranges }) };
}

/**
 * The pattern of replies of several lengths: what they agree on before the first difference, and at the end. Where things stand in between follows
 * from what is open. How much was logged says no more than the length does, so it is open, too.
 * @param header bytes at the beginning that are open
 * @param most how many bytes at the end are looked at
 */
function openEnded(value: string, replies: readonly Buffer[], header: number, most: number): Required {
  const [first = Buffer.alloc(0)] = replies;
  const everywhere = (same: (reply: Buffer) => boolean) => replies.every(same);
  const shortest = Math.min(...replies.map(({ length }) => length));
  let begins = Math.min(header, shortest);
  while (begins < shortest && everywhere((reply) => reply[begins] === first[begins])) begins += 1;
  const ends = Math.min(shortest - begins, most, ...replies.map((reply) => endingAlike(first, reply)));
  const bytes = Int16Array.from(first.subarray(0, begins)).fill(-1, 0, header);
  const tail = first.subarray(first.length - ends);
  // What a failed call gave is open, too.
  const marked = tail.lastIndexOf(MARK);
  return { kind: 'this', value, bytes, openEnd: true, tail: marked < 0 ? tail : tail.subarray(marked + MARK.length) };
}

/** How many bytes are the same at the end of both. */
function endingAlike(a: Buffer, b: Buffer): number {
  let n = 0;
  while (n < a.length && n < b.length && a.at(-1 - n) === b.at(-1 - n)) n += 1;
  return n;
}

/** Where all of the replies hold what a failed call_perform gave; the usual filling shows what the model itself gives. */
function notZeroIn([first, ...replies]: readonly Buffer[]): readonly number[] {
  const found: number[] = [];
  const [second = first] = replies;
  for (let at = second?.indexOf(MARK) ?? -1; at >= 1; at = second?.indexOf(MARK, at + 1) ?? -1) {
    if ([...replies, second].every((reply) => reply?.subarray(at, at + 3).equals(MARK))) found.push(at - 1);
  }
  return found;
}

/** Whether a pattern allows what was seen. */
export function matches(pattern: Pattern, sight: Sight | undefined): boolean {
  if (pattern.kind === 'anything') return true;
  if (sight === undefined) return pattern === NOTHING_SEEN;
  if (pattern.value !== sight.value && pattern.orValues?.includes(sight.value) !== true) return false;
  if (pattern.bytes === undefined) return true;
  const reply = Buffer.from(sight.data ?? '', 'hex');
  const { bytes, tail, ranges = [] } = pattern;
  if (pattern.openEnd ? reply.length < bytes.length + (tail?.length ?? 0) : reply.length !== bytes.length) return false;
  if (tail !== undefined && !reply.subarray(reply.length - tail.length).equals(tail)) return false;
  if (!bytes.every((byte, i) => byte < 0 || reply[i] === byte)) return false;
  return !isZeroIn(pattern, reply) && areWithin(ranges, reply);
}

/** Whether something is zero that must not be. */
const isZeroIn = ({ notZero = [] }: Required, reply: Buffer) => notZero.some((at) => reply.readUInt32LE(at) === 0);

/**
 * How much of a reply is as a pattern requires before the first byte that is not: from 0 to below 1. A byte for which anything will do counts half.
 * Otherwise the pattern of a call that failed, with any result, would be as much like a call that succeeded as another success is.
 */
export function likeness(
  pattern: Pattern,
  sight: Sight | undefined,
): { readonly alike: number; readonly logged: number } {
  if (pattern.kind === 'anything') return { alike: 0, logged: 0 };
  // Of rejects the codes may differ for a reason that comes later: another decision, and it is the same.
  if (isReject(pattern.value) && isReject(sight?.value ?? '')) return { alike: ALIKE_REJECTS, logged: 0 };
  if (pattern.bytes === undefined || sight?.data === undefined) return { alike: 0, logged: 0 };
  const reply = Buffer.from(sight.data, 'hex');
  let alike = 0;
  let logged = 0;
  // Before what was logged stand open figures, and how much it is, which says no more than the length does.
  const begin = (pattern.ranges === undefined ? 0 : FIGURES.bytes) + HEADER;
  for (let at = begin; at < reply.length; at++) {
    const byte = pattern.bytes[at];
    if (byte !== -1 && byte !== reply[at]) break;
    if (pattern.notZero?.includes(at) === true && at + 4 <= reply.length && reply.readUInt32LE(at) === 0) break;
    alike += byte === -1 ? 0.5 : 1;
    if (at % 8 === 7 && reply.readUInt32LE(at - 7) === LOGGED_END) logged += 1;
  }
  if (pattern.tail !== undefined) alike += endingAlike(pattern.tail, reply);
  // Of logs that begin alike, one of about the right length is more like it.
  const [a, b] = [pattern.bytes.length, reply.length];
  if (!pattern.openEnd) alike += 1 - Math.abs(a - b) / Math.max(1, a + b);
  return { alike: Math.min(alike, reply.length) / (reply.length + HEADER), logged };
}

/** How much a reject is like one with another code. */
const ALIKE_REJECTS = 0.5;

const isReject = (value: string) => value.startsWith('reject');

/** What both require, where they do not contradict each other. */
export function common(a: Pattern, b: Pattern): Pattern | undefined {
  if (a.kind === 'anything' || b.kind === 'anything') return a.kind === b.kind ? a : undefined;
  if (a.value !== b.value || a.openEnd !== b.openEnd || a.bytes?.length !== b.bytes?.length) return undefined;
  if (a.bytes === undefined || b.bytes === undefined) return a;
  const { bytes } = b;
  if (!a.bytes.every((byte, i) => byte < 0 || (bytes[i] ?? -1) < 0 || byte === bytes[i])) return undefined;
  const notZero = a.notZero?.filter((at) => b.notZero?.includes(at));
  const tail = a.tail && b.tail && a.tail.subarray(a.tail.length - endingAlike(a.tail, b.tail));
  const ranges = a.ranges && b.ranges && spanned(a.ranges, b.ranges);
  return {
    kind: 'this',
    value: a.value,
    ...(a.orValues && { orValues: a.orValues }),
    openEnd: a.openEnd,
    ...(ranges && { ranges }),
    bytes: a.bytes.map((byte, i) => ((bytes[i] ?? -1) < 0 ? -1 : byte)),
    ...(notZero && { notZero }),
    ...(tail && { tail }),
  };
}

/** A pattern without its ranges: these differ with the prices that were drawn for the runs that agree on it. */
export const withoutRanges = (pattern: Pattern): Pattern =>
  pattern.kind === 'this' ? { ...pattern, ranges: [] } : pattern;

/** A pattern as people read it. */
export function words(pattern: Pattern): string {
  if (pattern.kind === 'anything') return 'anything';
  const { value, orValues = [], bytes, openEnd, tail, ranges } = pattern;
  if (bytes === undefined) return [value, ...orValues].join(' or ');
  const text = bytesText(bytes);
  return `${value} ${text === '' ? '(empty)' : text}${openEnd ? `…${tail?.toString('hex') ?? ''}` : ''}${ranges ? ` ${rangesText(ranges)}` : ''}`;
}

/** Bytes as two hexadecimal digits each, or two dots where any byte will do. */
export function bytesText(bytes: Int16Array): string {
  return [...bytes].map((byte) => (byte < 0 ? '..' : byte.toString(16).padStart(2, '0'))).join('');
}
