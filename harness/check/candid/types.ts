// table: the types of Candid, as a .did file writes them down — Candid specification, "Core grammar"

export const PRIMITIVES = [
  'nat',
  'nat8',
  'nat16',
  'nat32',
  'nat64',
  'int',
  'int8',
  'int16',
  'int32',
  'int64',
  'float32',
  'float64',
  'bool',
  'text',
  'null',
  'reserved',
  'empty',
  'principal',
] as const;
export type PrimitiveName = (typeof PRIMITIVES)[number];

/** A field of a record or a variant. `label` is its name, or `_n_` for the number n, as @icp-sdk/core spells it. */
export interface CandidField {
  readonly label: string;
  readonly type: CandidType;
}

export interface CandidFunction {
  readonly args: readonly CandidType[];
  readonly results: readonly CandidType[];
  readonly modes: readonly CandidMode[];
}

export const MODES = ['query', 'composite_query', 'oneway'] as const;
export type CandidMode = (typeof MODES)[number];

/** Methods by name, in the order of the text. */
export type CandidMethods = ReadonlyMap<string, CandidFunction>;

export type CandidType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'opt' | 'vec'; readonly of: CandidType }
  | { readonly kind: 'record' | 'variant'; readonly fields: readonly CandidField[] }
  | { readonly kind: 'func'; readonly func: CandidFunction }
  | { readonly kind: 'service'; readonly methods: CandidMethods }
  /** A type that a `type` definition names. */
  | { readonly kind: 'named'; readonly name: string };

/** What a .did file says about a canister. */
export interface CandidService {
  /** Named types; every `named` type of the file has an entry, and none is its own alias. */
  readonly definitions: ReadonlyMap<string, CandidType>;
  readonly init: readonly CandidType[];
  readonly methods: CandidMethods;
}

/** A text that is not Candid. `line` and `column` count from 1. */
export class CandidSyntaxError extends Error {
  override readonly name = 'CandidSyntaxError';
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`line ${line}, column ${column}: ${message}`);
  }
}

/** Follows names until a type that is not one. */
export function resolve(
  type: CandidType,
  definitions: CandidService['definitions'],
): Exclude<CandidType, { kind: 'named' }> {
  let at = type;
  while (at.kind === 'named') {
    const definition = definitions.get(at.name);
    if (definition === undefined) throw new Error(`the parser lets no undefined type name through: ${at.name}`);
    at = definition;
  }
  return at;
}
