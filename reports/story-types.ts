// plumbing: the shape of a story — what a stranger needs to understand one violation, as structured data
import type { EntryPoint } from '../spec/vocabulary/entry-point.js';

/** A field of a canister's state before and after a transition, both in words. */
export interface StoryChange {
  readonly canister: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** One `ic0` call, as text; `mark` where the violation was seen. */
export interface StoryCall {
  readonly text: string;
  readonly mark: boolean;
}

/** One execution, from an entry point to its end. */
export interface StoryExecution {
  readonly canister: string;
  readonly entryPoint: EntryPoint;
  /** Method and width in words, e.g. `canister_update "m0" of B (wasm32)`. */
  readonly title: string;
  /** System calls in order; long traces keep their beginning and end, and say how many were left out. */
  readonly calls: readonly StoryCall[];
  /** `returned`, or `trapped: <kind>` and where. */
  readonly outcome: string;
  /** Reply or reject, calls that left, cycles accepted: what the end of the execution made visible. */
  readonly effects: readonly string[];
  /** What the other side did instead, where this execution differs; it starts with its name: `the model: `. */
  readonly expected?: string;
}

/** One message boundary: a transition, what ran in it, and what was committed when it ended. */
export interface StoryBoundary {
  /** Number of the transition within the case, from 0; the setup comes first. */
  readonly transition: number;
  readonly title: string;
  readonly executions: readonly StoryExecution[];
  /** Messages that came into being and requests that ended. */
  readonly messages: readonly string[];
  /** What the target committed. */
  readonly committed: readonly StoryChange[];
  /** What the other side committed, where it differs from the target: the fields in question only. */
  readonly expected: readonly StoryChange[];
  /** What an execution of this transition trapped on, and that its effects must be gone; absent: none trapped. */
  readonly rolledBack?: string;
  /** The violation was seen here. */
  readonly mark: boolean;
}

export interface StoryStep {
  /** 0-based; -1 is the setup. */
  readonly index: number;
  readonly title: string;
  readonly boundaries: readonly StoryBoundary[];
}

export interface StoryCanister {
  /** A, B, C … in the order of the setup; `id` is the principal in hexadecimal. */
  readonly name: string;
  readonly id: string;
  readonly title: string;
}

export interface StoryModule {
  readonly title: string;
  /** The program in readable form; for an opaque module its description. */
  readonly program: string;
  /** WebAssembly text. */
  readonly wat: string;
}

/** What was violated: three parties are named, the clause, the model (or another target, or the law) and the target. */
export interface StoryViolation {
  readonly clause: {
    readonly id: string;
    readonly paraphrase: string;
    readonly anchor: string;
  };
  readonly expected: string;
  readonly actual: string;
}

/** What a report needs to tell a case. */
export interface Story {
  readonly headline: string;
  /** Name of the target that it was compared with; absent: the model. */
  readonly against?: string;
  /** Absent: the case does not fail, and the story is that of its whole run. */
  readonly violation?: StoryViolation;
  readonly canisters: readonly StoryCanister[];
  readonly modules: readonly StoryModule[];
  readonly steps: readonly StoryStep[];
  /** Command that shows the same again. */
  readonly replay: string;
}
