// plumbing: the golden vectors are well-formed, name clauses, and reach all of them that can be seen
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { RULES, ruleNamed, twins } from '../../spec/rules/index.js';
import { ENTRY_POINTS } from '../../spec/vocabulary/entry-point.js';
import { availabilityVectors, REACHED } from './availability.js';
import { readVectorFiles } from './files.js';
import { WITHOUT_VECTORS } from './without-vectors.js';

const files = [availabilityVectors(), ...readVectorFiles()];
const vectors = files.flatMap((file) => file.vectors);
const schema: unknown = JSON.parse(readFileSync(new URL('vectors-1.schema.json', import.meta.url), 'utf8'));

describe('the golden vectors', () => {
  const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema as object);

  it.each(files.map((file) => [file.chapter, file] as const))('%s conforms to the JSON Schema', (_chapter, file) => {
    validate(file);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('refuses unknown fields', () => {
    expect(validate({ ...files[0], extra: 1 })).toBe(false);
  });

  it('names only clauses that exist', () => {
    const unknown = vectors.flatMap(({ name, clauses }) =>
      clauses.filter((id) => ruleNamed(id) === undefined).map((id) => [name, id]),
    );
    expect(unknown).toEqual([]);
  });

  it('tries each import from every entry point', () => {
    expect([...REACHED].sort()).toEqual(Object.keys(ENTRY_POINTS).sort());
  });

  it('expects something in each vector', () => {
    const idle = vectors.filter(({ steps }) => steps.every(({ expect: expected }) => expected === undefined));
    expect(idle.map(({ name }) => name)).toEqual([]);
  });

  it('reaches each clause that binds and can be seen, itself or by a twin; the rest is listed with a reason', () => {
    const named = new Set(vectors.flatMap(({ clauses }) => clauses));
    const unreached = RULES.filter(
      ({ id, level, observability }) =>
        level === 'must' && !observability.includes('none') && !twins(id).some((twin) => named.has(twin)),
    ).map(({ id }) => id);
    expect(unreached).toEqual(Object.keys(WITHOUT_VECTORS));
  });
});
