// table: what generation can be told — every option with its meaning, type and default

/** What a case is mainly about. */
export const FAMILIES = [
  'availability',
  'atomicity',
  'cycles',
  'calls',
  'lifecycle',
  'memory',
  'modules',
  'interplay',
] as const;
/** The name of a family. */
export type Family = (typeof FAMILIES)[number];

/** Features that a case has or has not: each case draws its own subset (swarm testing). */
export const FEATURES = {
  'two canisters': { doc: 'a second canister to call and to be called by', percent: 35 },
  'three canisters': { doc: 'a third canister', percent: 15 },
  'open wasm': { doc: 'the profile open-wasm, which allows table.set and the like', percent: 12 },
  'persistent memory': {
    doc: 'the custom section with which an upgrade can keep the Wasm memory',
    percent: 25,
  },
  'passive segments': { doc: 'passive data and element segments, dropped at run time', percent: 30 },
  'memory maximum': { doc: 'a declared maximum of the Wasm memory', percent: 40 },
  'raw code': { doc: 'typed-stack code between the system calls', percent: 35 },
  gzip: { doc: 'modules uploaded gzip-compressed', percent: 5 },
  'environment variables': { doc: 'environment variables beside the one that every canister has', percent: 50 },
  'rich canisters': { doc: 'balances above 2^64', percent: 15 },
  'extra steps': { doc: 'steps that have nothing to do with what the case is about', percent: 30 },
} as const satisfies Record<string, { readonly doc: string; readonly percent: number }>;

/** A feature of a case, by its name in `FEATURES`. */
export type Feature = keyof typeof FEATURES;

/** What cases are drawn from; `OPTIONS` says what each option means and what holds without it. */
export interface GeneratorOptions {
  readonly families?: readonly Family[];
  readonly profile?: string;
  readonly width?: 'i32' | 'i64';
  readonly without?: readonly Feature[];
}

/** What each option means, and what holds where it is left out. */
export const OPTIONS = {
  families: { doc: 'families to draw cases from', type: `list of ${FAMILIES.join(', ')}`, default: 'all' },
  profile: {
    doc: 'profile of every scenario',
    type: 'name of a profile',
    default: `conformance, and open-wasm for ${FEATURES['open wasm'].percent} % of the cases`,
  },
  width: { doc: 'pointer width of the canisters under test', type: 'i32 or i64', default: 'both' },
  without: { doc: 'features that no case has', type: 'list of features', default: 'none' },
} as const satisfies Record<
  keyof GeneratorOptions,
  { readonly doc: string; readonly type: string; readonly default: string }
>;

/** Families where the option does not say. */
export const DEFAULT_FAMILIES: readonly Family[] = FAMILIES;
