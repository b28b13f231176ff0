// plumbing: choices compared, described, picked
import type { Choice, Pick } from '../../spec/vocabulary/scenario.js';
import type { Policy } from './policy.js';

/** Whether two choices are the same. */
export function sameChoice(a: Choice, b: Choice): boolean {
  switch (a.kind) {
    case 'execute':
    case 'deliver':
    case 'expire-message':
      return b.kind === a.kind && b.message === a.message;
    case 'reject':
      return b.kind === a.kind && b.message === a.message && b.code === a.code;
    case 'expire-context':
      return b.kind === a.kind && b.context === a.context;
    case 'heartbeat':
    case 'global-timer':
    case 'low-wasm-memory':
    case 'bump-version':
      return b.kind === a.kind && b.canister === a.canister;
  }
}

/**
 * Where two lists of enabled choices differ first; undefined: they are equal. A choice that the other list does not have
 * anywhere stands alone; where both have the same ones in another order, the two at that place.
 */
export function firstDifference(
  a: readonly Choice[],
  b: readonly Choice[],
): { readonly a: Choice | undefined; readonly b: Choice | undefined } | undefined {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a[i];
    const right = b[i];
    if (left !== undefined && right !== undefined && sameChoice(left, right)) continue;
    if (left !== undefined && !includes(b, left)) return { a: left, b: undefined };
    if (right !== undefined && !includes(a, right)) return { a: undefined, b: right };
    return { a: left, b: right };
  }
  return undefined;
}

function includes(choices: readonly Choice[], choice: Choice): boolean {
  return choices.some((other) => sameChoice(other, choice));
}

/** A choice as text, for people: `execute message 3`. */
export function describeChoice(choice: Choice): string {
  switch (choice.kind) {
    case 'execute':
    case 'deliver':
    case 'expire-message':
      return `${choice.kind} message ${choice.message}`;
    case 'reject':
      return `reject message ${choice.message} with code ${choice.code}`;
    case 'expire-context':
      return `expire-context call context ${choice.context}`;
    case 'heartbeat':
    case 'global-timer':
    case 'low-wasm-memory':
    case 'bump-version':
      return `${choice.kind} of canister ${choice.canister}`;
  }
}

/** The choice that the policy takes, or undefined at quiescence. */
export function choiceByPolicy(policy: Policy, enabled: readonly Choice[]): Choice | undefined {
  for (const { kinds } of policy.rows) {
    let best: Choice | undefined;
    for (const choice of enabled) {
      if (kinds.includes(choice.kind) && (best === undefined || rankOf(choice) < rankOf(best))) best = choice;
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

/** Message and call context ids; canisters compete by their place in the list, which is in the order of their ids. */
function rankOf(choice: Choice): number {
  switch (choice.kind) {
    case 'execute':
    case 'deliver':
    case 'expire-message':
    case 'reject':
      return choice.message;
    case 'expire-context':
      return choice.context;
    case 'heartbeat':
    case 'global-timer':
    case 'low-wasm-memory':
    case 'bump-version':
      return 0;
  }
}

/**
 * The enabled choice that a step picks, or undefined where none of that kind is enabled. Rejections are listed once for each
 * message, with SYS_TRANSIENT; the pick may ask for another code.
 */
export function choiceByPick(pick: Pick, enabled: readonly Choice[]): Choice | undefined {
  const candidates = enabled.filter((choice) => choice.kind === pick.kind);
  const choice = candidates[pick.rank % candidates.length];
  return choice?.kind === 'reject' ? { ...choice, code: pick.code ?? choice.code } : choice;
}
