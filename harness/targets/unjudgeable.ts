// table: clauses that a target's capabilities cannot show — the report says of each that it was skipped, and why
import type { Rule } from '../../spec/rules/rule.js';
import { SYSTEM_API } from '../../spec/system-api.js';
import type { Tier } from '../../spec/vocabulary/verdict.js';

type Clause = Pick<Rule, 'id' | 'tier' | 'observability'>;

/** Clauses about what a black box does not show, though canisters have it, or is not asked for. */
const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  'canister logs are not shown': [
    'debugging-aids/print-logs',
    'debugging-aids/print-trims',
    'debugging-aids/trap-logs',
    'debugging-aids/trimming',
    'uninstall/clears-logs',
    'management/reinstall-clears-logs',
    'atomicity/log-of-trap',
  ],
  'heartbeats may run at any time, and are left out of what a black box is asked to run': ['heartbeat/'],
  'signatures of certificates are not checked': ['certified-data/certificate-delegation'],
};

/** What the clauses need, by the name of the capability as the report lists it. Clauses are named whole, or by chapter. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  time: ['expiry/'],
  'stimulus transform': ['transform/'],
  'stimulus stop': ['stopping/', 'management/delete-'],
  'stimulus delete': ['management/delete-'],
  'stimulus uninstall': ['uninstall/'],
  'stimulus deposit': ['management/deposit-adds', 'freezing/unfrozen-by-deposit'],
  'stimulus update-settings': ['management/settings-'],
  'entry point canister_pre_upgrade': ['upgrades/'],
  'entry point canister_inspect_message': ['inspect-message/'],
  'entry point canister_heartbeat': ['heartbeat/'],
  'entry point canister_global_timer': ['global-timer/'],
  'entry point canister_on_low_wasm_memory': ['on-low-wasm-memory/'],
  'entry point canister_query transform': ['transform/'],
  'entry point reply callback': ['callbacks/'],
};

/** All that the tables name; each must be about a clause of the catalogue. */
export const NAMED: readonly string[] = [...Object.values(HIDDEN), ...Object.values(NEEDED)].flat();

/** Kinds of capabilities that are listed one by one; a target of which none is listed has all of the kind. */
const LISTED = ['stimulus ', 'entry point ', 'import '];

/**
 * Says of each clause why a target cannot show it; undefined: it can.
 * @param capabilities names, as the report lists them
 * @param ceiling above spec the target is taken for one that follows the profile
 */
export function unjudgeable(capabilities: readonly string[], ceiling: Tier): (clause: Clause) => string | undefined {
  const names = new Set(capabilities);
  const lacks = (name: string) => {
    const kind = LISTED.find((one) => name.startsWith(one));
    return !names.has(name) && (kind === undefined || capabilities.some((one) => one.startsWith(kind)));
  };
  const lacking = Object.entries(NEEDED).filter(([name]) => lacks(name));
  const missing = SYSTEM_API.filter(({ name }) => lacks(`import ${name}`)).map(({ name }) => `availability/${name}`);
  return (clause) => {
    const lack = lacking.find(([, clauses]) => clauses.some((one) => isAbout(clause.id, one)));
    if (lack !== undefined) return `the target has no ${lack[0]}`;
    if (missing.includes(clause.id)) return 'the target does not know the import';
    return names.has('records') ? undefined : hidden(clause, ceiling);
  };
}

/** Whether a clause is the one that is named, or of the chapter that is. */
export const isAbout = (id: string, clause: string) => (/[/-]$/.test(clause) ? id.startsWith(clause) : id === clause);

/** Why replies, rejects and status do not show a clause. */
function hidden({ id, tier, observability }: Clause, ceiling: Tier): string | undefined {
  if (tier !== 'spec' && ceiling === 'spec') return 'the clause binds only implementations that follow the profile';
  if (observability.every((how) => how === 'trace' || how === 'none')) return 'only execution records show it';
  return Object.entries(HIDDEN).find(([, clauses]) => clauses.some((one) => isAbout(id, one)))?.[0];
}
