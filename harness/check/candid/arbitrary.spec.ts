// plumbing: tests that random Candid values fit their types, read back, and end for types that mention themselves
import { IDL } from '@icp-sdk/core/candid';
import fc from 'fast-check';
import { CandidArbitraries } from './arbitrary.js';
import { IdlTypes } from './idl.js';
import { parseDid } from './parser.js';
import type { CandidType } from './types.js';
import { present } from '../../../spec/testing/present.js';

const pool = {
  principals: [new Uint8Array([1, 1]), new Uint8Array()],
  services: [{ id: new Uint8Array([9, 1]), methods: ['get'] }],
};

const TYPES = [
  ...['nat', 'int', 'nat8', 'nat16', 'nat32', 'nat64', 'int8', 'int16', 'int32', 'int64', 'bool', 'text'],
  ...[
    'null',
    'principal',
    'blob',
    'opt nat',
    'vec text',
    'record {}',
    'record { nat; a: text }',
    'variant { a; b: nat }',
  ],
  ...[
    'record { opt opt nat }',
    'func (nat) -> (text) query',
    'service { m: () -> () }',
    'vec record { text; int8 }',
    'float64',
  ],
];

const args = (source: string): { types: readonly CandidType[]; idl: IdlTypes; values?: fc.Arbitrary<unknown[]> } => {
  const { definitions, methods } = parseDid(source);
  const types = present(methods.get('m')).args;
  const values = new CandidArbitraries(definitions, pool).args(types);
  return { types, idl: new IdlTypes(definitions), ...(values === undefined ? {} : { values }) };
};

describe('CandidArbitraries', () => {
  it.each(TYPES)('makes values of type %s that encode, and decode to the same bytes again', (type) => {
    const { types, idl, values } = args(`service : { m: (${type}) -> () }`);
    fc.assert(
      fc.property(present(values), (drawn) => {
        const bytes = idl.encode(types, drawn);
        const back = IDL.decode(types.map((one) => idl.of(one)), bytes); // prettier-ignore
        expect(Buffer.from(idl.encode(types, back)).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it.each([
    ['a list', 'type T = opt record { nat; T };'],
    ['a tree with a leaf', 'type T = variant { leaf; node: record { T; T } };'],
    ['a tree in a vector', 'type T = record { nat; vec T };'],
    ['two types that mention each other', 'type T = variant { none; some: U }; type U = record { T; T; T };'],
  ])('ends for %s', (_, definitions) => {
    const { types, idl, values } = args(`${definitions} service : { m: (T) -> () }`);
    const sizes = fc.sample(present(values), { seed: 2, numRuns: 50 }).map((drawn) => idl.encode(types, drawn).length);
    expect(Math.max(...sizes)).toBeLessThan(10_000);
    expect(new Set(sizes).size).toBeGreaterThan(1);
  });

  it('has none for types without a value', () => {
    expect(args('service : { m: (empty) -> () }').values).toBeUndefined();
    expect(args('type T = record { T }; service : { m: (T) -> () }').values).toBeUndefined();
    expect(args('service : { m: (nat, variant {}) -> () }').values).toBeUndefined();
  });

  it('draws whatever the bounds of a word are', () => {
    const drawn = fc.sample(present(args('service : { m: (nat8, int8) -> () }').values), {
      seed: 3,
      numRuns: 2000,
    }) as number[][];
    const [nats, ints] = [drawn.map(([n]) => present(n)), drawn.map(([, n]) => present(n))];
    expect([Math.min(...nats), Math.max(...nats)]).toEqual([0, 255]);
    expect([Math.min(...ints), Math.max(...ints)]).toEqual([-128, 127]);
  });
});
