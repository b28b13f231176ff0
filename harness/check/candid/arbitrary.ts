// plumbing: random values of Candid types, as fast-check arbitraries, in the form that @icp-sdk/core encodes
import { Principal } from '@icp-sdk/core/principal';
import fc from 'fast-check';
import type { CandidService, CandidType, PrimitiveName } from './types.js';

/** What references may point to. Values that name a canister under test make canisters call each other. */
interface ReferencePool {
  /** Any principal: canisters, users, the management canister. At least one. */
  readonly principals: readonly Uint8Array[];
  /** Canisters under test with their methods. At least one. */
  readonly services: readonly { readonly id: Uint8Array; readonly methods: readonly string[] }[];
}

/** How many constructors deep a value may be before only its smallest forms are drawn. */
const MAX_DEPTH = 4;
const INFINITE = Number.POSITIVE_INFINITY;

/** Values of the types of one .did file. */
export class CandidArbitraries {
  private readonly heights: ReadonlyMap<string, number>;

  constructor(
    private readonly definitions: CandidService['definitions'],
    private readonly pool: ReferencePool,
  ) {
    this.heights = heightsOf(definitions);
  }

  /** A list of arguments; undefined where one of the types has no value (`empty`, or a record that contains itself). */
  args(types: readonly CandidType[]): fc.Arbitrary<unknown[]> | undefined {
    if (types.some((type) => heightOf(type, this.heights) === INFINITE)) return undefined;
    return fc.tuple(...types.map((type) => this.value(type, 0)));
  }

  private value(type: CandidType, depth: number): fc.Arbitrary<unknown> {
    switch (type.kind) {
      case 'primitive':
        return this.primitive(type.name);
      case 'opt':
        if (depth >= MAX_DEPTH || this.height(type.of) === INFINITE) return fc.constant([]);
        // Most often there is one: what is optional in the type may be required by the canister.
        return fc.oneof(fc.constant([]), { weight: 2, arbitrary: fc.tuple(this.value(type.of, depth + 1)) });
      case 'vec':
        if (type.of.kind === 'primitive' && type.of.name === 'nat8') return blob();
        if (depth >= MAX_DEPTH || this.height(type.of) === INFINITE) return fc.constant([]);
        return fc.array(this.value(type.of, depth + 1), { maxLength: 5 });
      case 'record':
        return fc.record(
          Object.fromEntries(type.fields.map(({ label, type: of }) => [label, this.value(of, depth + 1)])),
          {
            noNullPrototype: true,
          },
        );
      case 'variant':
        return fc.oneof(
          ...this.alternatives(type, depth).map(({ label, type: of }) =>
            this.value(of, depth + 1).map((value) => ({ [label]: value })),
          ),
        );
      case 'func':
        return this.method();
      case 'service':
        return fc.constantFrom(...this.pool.services).map(({ id }) => Principal.fromUint8Array(id));
      case 'named': {
        const definition = this.definitions.get(type.name);
        if (definition === undefined) throw new Error(`the parser lets no undefined type name through: ${type.name}`);
        // Only when it is drawn, or a type that mentions itself in many places would make very many arbitraries.
        return fc.constant(definition).chain((of) => this.value(of, depth));
      }
    }
  }

  private height(type: CandidType): number {
    return heightOf(type, this.heights);
  }

  /** The alternatives that have values; when the value is deep already, the smallest of them. */
  private alternatives({ fields }: CandidType & { kind: 'record' | 'variant' }, depth: number) {
    const possible = fields.filter((field) => this.height(field.type) !== INFINITE);
    const least = Math.min(...possible.map((field) => this.height(field.type)));
    return depth < MAX_DEPTH ? possible : possible.filter((field) => this.height(field.type) === least);
  }

  private method(): fc.Arbitrary<[Principal, string]> {
    return fc
      .constantFrom(...this.pool.services)
      .chain(({ id, methods }) =>
        fc
          .constantFrom(...methods, 'no such method')
          .map((name): [Principal, string] => [Principal.fromUint8Array(id), name]),
      );
  }

  private primitive(name: PrimitiveName): fc.Arbitrary<unknown> {
    switch (name) {
      case 'nat':
        return natural(200);
      case 'int':
        return fc.tuple(natural(200), fc.boolean()).map(([n, negative]) => (negative ? -n : n));
      case 'nat8':
      case 'nat16':
      case 'nat32':
        return word(Number(name.slice(3)), 0n).map(Number);
      case 'nat64':
        return word(64, 0n);
      case 'int8':
      case 'int16':
      case 'int32':
        return word(Number(name.slice(3)), 1n << BigInt(Number(name.slice(3)) - 1)).map(Number);
      case 'int64':
        return word(64, 1n << 63n);
      case 'float32':
        return fc.float();
      case 'float64':
        return fc.double();
      case 'bool':
        return fc.boolean();
      case 'text':
        return fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 12 }));
      case 'null':
      case 'reserved':
        return fc.constant(null);
      case 'empty':
        throw new Error('no value is of type empty; args() leaves such types out');
      case 'principal':
        return fc.constantFrom(...this.pool.principals).map((id) => Principal.fromUint8Array(id));
    }
  }
}

/** Hashes and subaccounts have 32 bytes, and canisters refuse others. */
function blob(): fc.Arbitrary<Uint8Array> {
  return fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ minLength: 32, maxLength: 32 }));
}

/** Small numbers, and numbers beside powers of two up to 2^bits. */
function natural(bits: number): fc.Arbitrary<bigint> {
  const besidePower = fc
    .tuple(fc.integer({ min: 0, max: bits }), fc.integer({ min: -1, max: 1 }))
    .map(([power, by]) => (1n << BigInt(power)) + BigInt(by))
    .map((n) => (n < 0n ? 0n : n));
  return fc.oneof({ weight: 3, arbitrary: fc.bigInt(0n, 20n) }, { weight: 2, arbitrary: besidePower });
}

/** `natural` wrapped into a word of that many bits that starts at `-below`. */
function word(bits: number, below: bigint): fc.Arbitrary<bigint> {
  return natural(bits).map((n) => ((n + below) & ((1n << BigInt(bits)) - 1n)) - below);
}

/** The number of constructors in the smallest value of a type; infinite where it has none. */
function heightOf(type: CandidType, named: ReadonlyMap<string, number>): number {
  switch (type.kind) {
    case 'primitive':
      return type.name === 'empty' ? INFINITE : 0;
    case 'opt':
    case 'vec':
    case 'func':
    case 'service':
      return 0;
    case 'record':
      return 1 + Math.max(0, ...type.fields.map((field) => heightOf(field.type, named)));
    case 'variant':
      return 1 + Math.min(INFINITE, ...type.fields.map((field) => heightOf(field.type, named)));
    case 'named':
      return named.get(type.name) ?? INFINITE;
  }
}

/** The least fixed point: heights only fall, and each round settles at least one more name or is the last. */
function heightsOf(definitions: CandidService['definitions']): ReadonlyMap<string, number> {
  let heights: ReadonlyMap<string, number> = new Map();
  for (;;) {
    const next = new Map([...definitions].map(([name, type]) => [name, heightOf(type, heights)]));
    if ([...next].every(([name, height]) => heights.get(name) === height)) return next;
    heights = next;
  }
}
