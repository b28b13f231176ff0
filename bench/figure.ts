// plumbing: what a benchmark measures

/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** What it is, and what it is compared to. */
  readonly meaning: string;
  /** The parts that it is made of. */
  readonly parts?: Readonly<Record<string, number>>;
}
