// plumbing: tests of static cases — complete, checked against their schema, and read by replay
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../../reports/schemas/json.js';
import { decodeCase } from '../corpus/case-file.js';
import { staticCase } from './fill.js';
import {
  decodeStaticCase,
  encodeStaticCase,
  staticCaseSchema,
  staticIndexSchema,
  type StaticCase,
} from './static-case.js';
import { present } from '../../spec/testing/present.js';

async function made(k: number): Promise<StaticCase> {
  const one = await staticCase('static', k);
  if (!('schema' in one)) throw new Error(one.reason);
  return one;
}

const json = (text: string) => JSON.parse(text) as Json;

describe('a static case', () => {
  const cases: StaticCase[] = [];
  beforeAll(async () => {
    for (const k of [2, 7]) cases.push(await made(k));
  }, 60_000);

  it('expects something, and names clauses', () => {
    for (const { steps, rules } of cases) {
      expect(steps.filter(({ expect: { outcome } }) => outcome !== undefined).length).toBeGreaterThan(3);
      expect(rules.length).toBeGreaterThan(0);
      for (const rule of rules) expect(rule).toMatch(/^[\w-]+\/[\w-]+$/);
    }
  });

  it('never expects a reject message, a balance or a time', () => {
    for (const one of cases)
      expect(JSON.stringify(json(encodeStaticCase(one)))).not.toMatch(/Canister trapped|"balance"/);
  });

  it('expects the usual where nothing is open: an installation ends with an empty reply', () => {
    const [first] = cases;
    const install = present(first).steps.find(({ stimulus }) => stimulus.kind === 'install');
    expect(install?.expect.outcome).toEqual([{ is: 'reply', bytes: '' }]);
    expect(install?.expect.status?.map(({ is }) => is)).toEqual(['running']);
  });

  it('is described by the published schema', () => {
    const schema = json(readFileSync('reports/schemas/static-case-1.json', 'utf8'));
    expect(schema).toEqual(staticCaseSchema());
    expect(json(readFileSync('reports/schemas/static-index-1.json', 'utf8'))).toEqual(staticIndexSchema());
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true, formats: {} }).compile(staticCaseSchema());
    for (const one of cases) expect(validate(json(encodeStaticCase(one)))).toBe(true);
    expect(validate({ schema: 'ic0-conformance/static-case@1' })).toBe(false);
  });

  it('is the same after it was written and read, and the same when it is made again', async () => {
    const [first] = cases;
    const text = encodeStaticCase(present(first));
    expect(encodeStaticCase(decodeStaticCase(json(text)))).toBe(text);
    expect(encodeStaticCase(await made(2))).toBe(text);
  }, 60_000);

  it('is a case for replay, with the same steps and modules', () => {
    const [first] = cases;
    const { scenario } = decodeCase(encodeStaticCase(present(first)), 'a file');
    expect(scenario.steps.map(({ stimulus }) => stimulus?.kind)).toEqual(
      present(first).steps.map(({ stimulus }) => stimulus.kind),
    );
    expect(scenario.modules.map((module) => (module.kind === 'wasm' ? module.bytes : undefined))).toEqual(
      present(first).modules.map(({ wasm }) => wasm),
    );
  });
});
