// table: the default policy — which of the enabled choices is taken where a scenario does not say
import type { ChoiceKind } from '../../spec/vocabulary/scenario.js';

/** Choices of these kinds compete: the one with the smallest id is taken, whichever of the kinds it is. */
interface PolicyRow {
  readonly kinds: readonly ChoiceKind[];
}

export interface Policy {
  /** The first row with an enabled choice decides. Kinds that no row names are never taken unless a step picks them. */
  readonly rows: readonly PolicyRow[];
  /** A step that causes more transitions than this ends the run there: canisters may call themselves for ever. */
  readonly transitionsPerStep: number;
}

/** The oldest message first, responses and calls alike, then low-memory hooks and due timers; nothing spontaneous. */
export const DEFAULT_POLICY: Policy = {
  rows: [{ kinds: ['execute', 'deliver'] }, { kinds: ['low-wasm-memory'] }, { kinds: ['global-timer'] }],
  transitionsPerStep: 128,
};
