// plumbing: the search behind reduction — tries candidates one by one within a budget, and keeps the smallest that still fails

/** The best value so far, and what may still be spent. Deterministic: no clock, no chance. */
export class Search<T> {
  private readonly tried = new Set<string>();
  private spent = 0;

  /**
   * @param best known to fail
   * @param test whether a candidate fails in the same way
   * @param key text that is the same for equal candidates, so that none is evaluated twice
   * @param budget evaluations
   */
  constructor(
    private current: T,
    private readonly test: (candidate: T) => Promise<boolean> | boolean,
    private readonly key: (candidate: T) => string,
    private readonly budget: number,
  ) {
    this.tried.add(key(current));
  }

  get best(): T {
    return this.current;
  }

  get evaluations(): number {
    return this.spent;
  }

  get exhausted(): boolean {
    return this.spent >= this.budget;
  }

  /** Evaluates the candidate and makes it the best when it still fails. Without budget, or tried before: false. */
  async attempt(candidate: T): Promise<boolean> {
    if (this.exhausted) return false;
    const key = this.key(candidate);
    if (this.tried.has(key)) return false;
    this.tried.add(key);
    this.spent++;
    if (!(await this.test(candidate))) return false;
    this.current = candidate;
    return true;
  }

  /**
   * Delta debugging over a list in the best value: drops chunks of it, from all but nothing down to single items, from the end
   * (what comes later depends on what came before).
   */
  async shrinkList<I>(read: (value: T) => readonly I[], write: (value: T, items: readonly I[]) => T): Promise<void> {
    const length = read(this.current).length;
    if (length === 0 || (await this.attempt(write(this.current, [])))) return;
    for (let size = Math.ceil(length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let end = read(this.current).length; end > 0; end -= size) {
        const items = read(this.current);
        const start = Math.max(0, end - size);
        if (start === 0 && end >= items.length) continue;
        await this.attempt(write(this.current, [...items.slice(0, start), ...items.slice(end)]));
      }
    }
  }

  /** Takes the first candidate that still fails, if any. Candidates come simplest first. */
  async firstOf(candidates: Iterable<T>): Promise<boolean> {
    for (const candidate of candidates) {
      if (this.exhausted) return false;
      if (await this.attempt(candidate)) return true;
    }
    return false;
  }
}
