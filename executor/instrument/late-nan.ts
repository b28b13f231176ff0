// plumbing: locals whose NaNs are made canonical where they are read, because everything that is put into them comes from arithmetic
//
// The sum of a loop is written at each turn and read, by something that shows its bits, once. To make it canonical at each write costs
// half of such a loop. But a local can be treated so only if all its writes are results that are to be canonical: a payload that was
// loaded from memory has to stay. Bodies are read once, so a local is taken for such a one until a write shows that it is none.

/** What is known of the locals of one body. */
export class LateNans {
  /** Have got something else than results of arithmetic, or are parameters: their NaNs are made canonical before they are written. */
  private readonly others = new Set<number>();
  /** Were read by something that shows bits before they were written. */
  private readonly shown = new Set<number>();
  /** May hold NaNs that are not canonical. */
  private readonly late = new Set<number>();
  private mistaken = false;

  /** Starts a body. */
  begin(parameters: number): void {
    this.others.clear();
    for (let index = 0; index < parameters; index++) this.others.add(index);
    this.again();
  }

  /** Whether the body has to be written again, because what it took for a result of arithmetic is none. Is then ready for it. */
  again(): boolean {
    const { mistaken } = this;
    this.shown.clear();
    this.late.clear();
    this.mistaken = false;
    return mistaken;
  }

  /** Whether the result of arithmetic that is put into the local next may stay as it is. */
  mayHold(local: number): boolean {
    if (this.others.has(local) || this.shown.has(local)) return false;
    this.late.add(local);
    return true;
  }

  /** Whether something that shows the local's bits must make them canonical. */
  show(local: number): boolean {
    if (this.late.has(local)) return true;
    this.shown.add(local);
    return false;
  }

  /** Something else than a result of arithmetic is put into the local. */
  putOther(local: number): void {
    this.others.add(local);
    if (this.late.has(local)) this.mistaken = true;
  }
}
