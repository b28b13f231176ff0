// plumbing: what the oracle knows of the engine under test — the last reported state of each canister, in order
import type { Principal } from '../../spec/vocabulary/brands.js';
import type { Engine } from '../../spec/vocabulary/engine.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import type {
  CanisterDigest,
  ExecutionRecord,
  StimulusOutcome,
  TransitionRecord,
} from '../../spec/vocabulary/record.js';

/** The canisters as an engine reported them, kept up to date from the `after` of its transitions. */
export class World {
  readonly #canisters = new Map<Principal, CanisterDigest>();
  #created = 0;

  /** The canister before the transition that is being judged; undefined where it does not exist. */
  canister(id: Principal): CanisterDigest | undefined {
    return this.#canisters.get(id);
  }

  canisters(): IterableIterator<CanisterDigest> {
    return this.#canisters.values();
  }

  /** Canisters made so far, deleted ones too. */
  get created(): number {
    return this.#created;
  }

  /** Moves on to the state after a transition. */
  apply(record: TransitionRecord, outcome: StimulusOutcome | undefined): void {
    const { cause } = record;
    if (cause.kind === 'delete' && succeeded(outcome)) this.#canisters.delete(cause.canister);
    this.learn(record.after);
    if (this.#canisters.has(canisterId(this.#created))) this.#created += 1;
  }

  /** Takes over what was reported of canisters. */
  learn(digests: readonly CanisterDigest[]): void {
    for (const digest of digests) this.#canisters.set(digest.canister, digest);
  }
}

/** The canister in the `after` of a transition; undefined where it is not listed. */
export function digestAmong(digests: readonly CanisterDigest[], canister: Principal): CanisterDigest | undefined {
  for (const digest of digests) if (digest.canister === canister) return digest;
  return undefined;
}

/** The canisters that ran in a transition and that its record does not list, as the engine shows them after it. */
export function unlistedIn(engine: Engine, { after, executions }: TransitionRecord): readonly CanisterDigest[] {
  const unlisted: CanisterDigest[] = [];
  for (const { canister } of executions) {
    if (digestAmong(after, canister) !== undefined || digestAmong(unlisted, canister) !== undefined) continue;
    const digest = engine.digest(canister);
    if (digest !== undefined) unlisted.push(digest);
  }
  return unlisted;
}

/** Whether an execution among them trapped. */
export function anyTrapped(executions: readonly ExecutionRecord[]): boolean {
  for (const { outcome } of executions) if (outcome.kind === 'trapped') return true;
  return false;
}

/** Whether a stimulus did what it asked for: not refused, not rejected. */
export function succeeded(outcome: StimulusOutcome | undefined): boolean {
  switch (outcome?.kind) {
    case 'accepted':
    case 'done':
      return true;
    case 'responded':
      return outcome.response.kind === 'reply';
    case 'refused':
    case undefined:
      return false;
  }
}

/** Whether a canister lost its code because a charge took its last cycles: its balances are 0 then. */
export function ranOutOfCycles(before: CanisterDigest, after: CanisterDigest): boolean {
  return (
    before.moduleHash !== undefined &&
    after.moduleHash === undefined &&
    after.balance === 0n &&
    after.reservedBalance === 0n
  );
}
