// plumbing: the typed intermediate form that generated modules are compiled from; generators/canister owns its meaning

/** Placeholder shape until generators/canister defines it. */
export interface Program {
  readonly format: 'program@1';
}
