// plumbing: a map that forgets what was not used lately

/** At most `capacity` entries; the one that was used longest ago goes first. */
export class Cache<K, V> {
  readonly #entries = new Map<K, V>();

  constructor(private readonly capacity: number) {}

  /** The value of the key, made when it is not there. */
  getOrMake(key: K, make: () => V): V {
    const value = this.#entries.get(key) ?? make();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.capacity)
      for (const oldest of this.#entries.keys()) return this.#forget(oldest, value);
    return value;
  }

  #forget(key: K, value: V): V {
    this.#entries.delete(key);
    return value;
  }
}
