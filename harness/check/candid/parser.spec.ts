// plumbing: tests of the .did parser
import { parseArgumentTypes, parseDid } from './parser.js';
import { CandidSyntaxError, resolve, type CandidType } from './types.js';

const nat: CandidType = { kind: 'primitive', name: 'nat' };
const text: CandidType = { kind: 'primitive', name: 'text' };
const named = (name: string): CandidType => ({ kind: 'named', name });

describe('parseDid', () => {
  it('reads methods with their modes, argument names left out', () => {
    const { methods } = parseDid(
      'service : { add: (by: nat) -> (nat); get: () -> () query; "no t": (text) -> () oneway }',
    );
    expect([...methods]).toEqual([
      ['add', { args: [nat], results: [nat], modes: [] }],
      ['get', { args: [], results: [], modes: ['query'] }],
      ['no t', { args: [text], results: [], modes: ['oneway'] }],
    ]);
  });

  it('reads init arguments and a service that is a named type', () => {
    const { init, methods } = parseDid('type S = service { m: () -> () }; service s : (nat, opt text,) -> S;');
    expect(init).toEqual([nat, { kind: 'opt', of: text }]);
    expect([...methods.keys()]).toEqual(['m']);
  });

  it('numbers the fields of a record that have no label, from 0 or after the last number', () => {
    const { definitions } = parseDid('type R = record { nat; text; 7: nat; nat; name: text }; service : {}');
    expect(definitions.get('R')).toEqual({
      kind: 'record',
      fields: [
        { label: '_0_', type: nat },
        { label: '_1_', type: text },
        { label: '_7_', type: nat },
        { label: '_8_', type: nat },
        { label: 'name', type: text },
      ],
    });
  });

  it('gives an alternative without a type the type null, and blob is vec nat8', () => {
    const { definitions } = parseDid('type V = variant { a; "b c": blob }; service : {}');
    expect(definitions.get('V')).toEqual({
      kind: 'variant',
      fields: [
        { label: 'a', type: { kind: 'primitive', name: 'null' } },
        { label: 'b c', type: { kind: 'vec', of: { kind: 'primitive', name: 'nat8' } } },
      ],
    });
  });

  it('takes types that mention themselves and names that are defined later', () => {
    const { definitions } = parseDid('type L = opt record { nat; L }; type A = B; type B = nat; service : {}');
    expect(definitions.get('L')).toMatchObject({ kind: 'opt', of: { fields: [{ type: nat }, { type: named('L') }] } });
    expect(resolve(named('A'), definitions)).toEqual(nat);
  });

  it('takes a method whose function type is a name', () => {
    const { methods } = parseDid('type F = func (nat) -> (text) composite_query; service : { m: F }');
    expect(methods.get('m')).toEqual({ args: [nat], results: [text], modes: ['composite_query'] });
  });

  it('passes over comments, which nest', () => {
    expect(parseDid('// one\n/* two /* three */ four */ service : {} // five').methods.size).toBe(0);
  });

  it.each([
    ['service : { m: (nat) -> }', 1, 25, "expected '('"],
    ['type A = B;\nservice : {}', 1, 10, 'type B is not defined'],
    ['type A = B; type B = A; service : {}', 1, 10, 'only its own alias'],
    ['type A = nat; type A = nat; service : {}', 1, 15, 'defined twice'],
    ['service : { m: () -> (); m: () -> () }', 1, 26, 'declared twice'],
    ['import "a.did"; service : {}', 1, 1, 'not followed'],
    ['service : { m: (nat) -> () } x', 1, 30, 'expected the end'],
    ['type A = nat;', 1, 14, "'service'"],
    ['service : { "m: () -> () }', 1, 13, 'does not end'],
    ['service : { m: (§) -> () }', 1, 17, 'unexpected character'],
  ])('says where %j is wrong', (source, line, column, message) => {
    const error = (() => {
      try {
        return parseDid(source);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(CandidSyntaxError);
    expect(error).toMatchObject({ line, column, message: expect.stringContaining(message) });
  });
});

describe('parseArgumentTypes', () => {
  it('reads what the section candid:args holds', () => {
    expect(parseArgumentTypes('type P = nat;\n(P, text)').init).toEqual([named('P'), text]);
  });
});
