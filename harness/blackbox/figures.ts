// plumbing: the figures that a canister tells about itself — what is guaranteed of its version, and what its balance may be
import type { Hex, Principal } from '../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { CanisterDigest, TransitionRecord } from '../../spec/vocabulary/record.js';
import { FIGURES } from './observable.js';
import type { Figures, Sight } from './observation.js';
import type { BoxTier } from './play.js';

/** A number in a reply, little-endian. */
export interface Range {
  readonly name: keyof Pick<Figures, 'version' | 'balance'>;
  /** Its place in bytes. */
  readonly at: number;
  readonly bytes: number;
  /** The least and the greatest that it may be. */
  readonly low: bigint;
  readonly high: bigint;
}

/** Executions after which the texts differ about the version (5, 7), or promise nothing about it. */
const NOT_GUARANTEED: ReadonlySet<EntryPoint> = new Set<EntryPoint>([
  'canister_query replicated',
  'canister_on_low_wasm_memory',
  'cleanup callback after reply',
  'cleanup callback after reject',
]);

/** So many cycles, at most, a filling takes from the balance before a canister tells it (open-values.ts). */
const JITTER = 1n << 20n;

/** Increments of canister versions that an implementation need not make, in one run of the model. */
export class SpareIncrements {
  readonly #spare = new Map<Principal, bigint>();
  /** By canister, requests to stop it that have not been answered. */
  readonly #stops = new Map<Principal, bigint>();
  readonly #stopped = new Set<Principal>();

  /** @param tier whoever follows the profile makes all increments */
  constructor(private readonly tier: BoxTier) {}

  /** The run has made a transition. */
  afterTransition({ cause, executions, after }: TransitionRecord): void {
    if (cause.kind === 'bump-version') this.#add(cause.canister);
    for (const digest of after) this.#follow(digest, cause.kind === 'stop' && cause.canister === digest.canister);
    for (const { canister, entryPoint, outcome } of executions) {
      if (outcome.kind === 'returned' && NOT_GUARANTEED.has(entryPoint)) this.#add(canister);
    }
  }

  /** A successful stop_canister counts once; the model counts when it arrives, and when the canister is stopped (60). */
  #follow({ canister, status }: CanisterDigest, isToStop: boolean): void {
    let stops = this.#stops.get(canister) ?? 0n;
    if (isToStop && !this.#stopped.has(canister)) {
      stops += 1n;
      this.#add(canister);
    }
    if (status === 'stopped' && stops > 0n) this.#add(canister, 1n - stops);
    this.#stops.set(canister, status === 'stopping' ? stops : 0n);
    if (status === 'stopped') this.#stopped.add(canister);
    else this.#stopped.delete(canister);
  }

  #add(canister: Principal, increments = 1n): void {
    this.#spare.set(canister, (this.#spare.get(canister) ?? 0n) + increments);
  }

  /** The figures of a canister as it is, where its reply tells them; undefined: other code has replied. */
  of({ canister, version, balance, wasmPages = 0n, stablePages }: CanisterDigest, reply: Hex): Figures | undefined {
    const told = numberIn(Buffer.from(reply, 'hex'), FIGURES.balance.at, FIGURES.balance.bytes);
    if (told > balance || told + JITTER < balance) return undefined;
    const exact = this.tier === 'profile';
    const spare = exact ? 0n : (this.#spare.get(canister) ?? 0n);
    return { version: version - spare, balance, pages: wasmPages + stablePages, exact };
  }
}

const MOST_64 = (1n << 64n) - 1n;

/** What may be charged beside what the dearest filling charges: real time passes for a real implementation. In cycles. */
const SLACK = 10n ** 11n;

/** What an implementation may set aside for each page that a canister holds: for a subnet that is nearly full, years of storage. In cycles. */
const PAGE_SLACK = 2n * 10n ** 9n;

/**
 * What the figures in a reply may be: between those of runs in which everything costs much and nothing costs anything.
 * @returns undefined where one of the runs shows none
 */
export function rangesOf(sights: readonly (Sight | undefined)[]): readonly Range[] | undefined {
  const all: Figures[] = [];
  for (const sight of sights) {
    if (sight?.figures === undefined) return undefined;
    all.push(sight.figures);
  }
  const least = (numbers: readonly bigint[]) => numbers.reduce((a, b) => (a < b ? a : b));
  const most = (numbers: readonly bigint[]) => numbers.reduce((a, b) => (a > b ? a : b));
  const balances = all.map(({ balance }) => balance);
  const [low, high] = [least(balances), most(balances)];
  const pages = most(all.map((one) => one.pages));
  const exact = all.every((one) => one.exact);
  const versions = all.map(({ version }) => version);
  // Where a balance follows from words or from a clock that are the target's own, it is not known to the last cycle.
  const lowest = exact && low === high ? low : low - (high - low) - SLACK - PAGE_SLACK * pages;
  return [
    { name: 'version', ...FIGURES.version, low: least(versions), high: exact ? most(versions) : MOST_64 },
    { name: 'balance', ...FIGURES.balance, low: lowest > 0n ? lowest : 0n, high },
  ];
}

/** Whether the numbers in a reply are within their ranges. */
export function areWithin(ranges: readonly Range[], reply: Buffer): boolean {
  return ranges.every(({ at, bytes, low, high }) => {
    const value = numberIn(reply, at, bytes);
    return low <= value && value <= high;
  });
}

/** What two ways to decide allow together. */
export function spanned(a: readonly Range[], b: readonly Range[]): readonly Range[] {
  return a.map((one, i) => {
    const { low, high } = b[i] ?? one;
    return { ...one, low: low < one.low ? low : one.low, high: high > one.high ? high : one.high };
  });
}

/** As people read them. */
export function rangesText(ranges: readonly Range[]): string {
  const text = ({ name, low, high }: Range) => {
    if (low === high) return `${name} ${low}`;
    return high === MOST_64 ? `${name} at least ${low}` : `${name} from ${low} to ${high}`;
  };
  return `(${ranges.map(text).join('; ')})`;
}

/** The figures that a reply begins with, in the same words. */
export function figuresText(data: Hex): string {
  const reply = Buffer.from(data, 'hex');
  const { version, balance } = FIGURES;
  const told = ({ at, bytes }: typeof version | typeof balance) => numberIn(reply, at, bytes);
  return `(version ${told(version)}; balance ${told(balance)})`;
}

/** A little-endian number in a reply. */
export function numberIn(reply: Buffer, at: number, bytes: number): bigint {
  let value = 0n;
  for (let i = at + bytes - 1; i >= at; i--) value = (value << 8n) | BigInt(reply[i] ?? 0);
  return value;
}
