// plumbing: a map that keeps what is asked for again, and forgets the rest soon

/** How many values a cache keeps. */
export interface CacheSize {
  /** Values that were asked for once. */
  readonly once: number;
  /** Values that were asked for again after that. */
  readonly again: number;
  /** Keys of forgotten values: who asks for one of them asks again. */
  readonly forgotten: number;
}

/**
 * Most modules of a run are of one case only, few are of hundreds: the former would push out the latter, and make the garbage collector
 * go through them again and again. So a value that was asked for once makes room soon, but its key is remembered for longer.
 */
export class Cache<K, V extends object> {
  readonly #once = new Map<K, V>();
  readonly #again = new Map<K, V>();
  readonly #forgotten = new Map<K, undefined>();

  constructor(private readonly size: CacheSize) {}

  /** The value of the key, made when it is not there. */
  getOrMake(key: K, make: () => V): V {
    const asked = this.#once.has(key) || this.#again.has(key) || this.#forgotten.has(key);
    const value = this.#again.get(key) ?? this.#once.get(key) ?? make();
    this.#once.delete(key);
    this.#again.delete(key);
    this.#forgotten.delete(key);
    (asked ? this.#again : this.#once).set(key, value);
    this.#dropOldest(this.#once, this.size.once);
    this.#dropOldest(this.#again, this.size.again);
    return value;
  }

  /** Forgets the value that was asked for longest ago, where there is one too many. */
  #dropOldest(values: Map<K, V>, most: number): void {
    if (values.size <= most) return;
    for (const key of values.keys()) {
      values.delete(key);
      this.#forgotten.set(key, undefined);
      break;
    }
    if (this.#forgotten.size <= this.size.forgotten) return;
    for (const key of this.#forgotten.keys()) {
      this.#forgotten.delete(key);
      return;
    }
  }
}
