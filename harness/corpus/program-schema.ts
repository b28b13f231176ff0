// plumbing: the outline of program@1 as JSON Schema — the fields of each part; the reader checks statements and code further
import type { JsonSchema } from '../../reports/schemas/codec.js';

const decimal: JsonSchema = { type: 'string', pattern: '^-?[0-9]{1,40}$' };
const hexadecimal: JsonSchema = { type: 'string', pattern: '^([0-9a-f]{2})*$' };
const size: JsonSchema = { type: 'integer', minimum: 0 };
const word: JsonSchema = { type: 'string' };
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
const reference: JsonSchema = { type: ['string', 'null'] };

function shape(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An object told apart by `kind`; its other fields depend on the kind. */
const kinded: JsonSchema = { type: 'object', properties: { kind: word }, required: ['kind'] };

const functionType: JsonSchema = {
  oneOf: [{ enum: ['entry', 'callback'] }, shape({ params: list(word), results: list(word) })],
};

export const programSchema: JsonSchema = shape(
  {
    format: { const: 'program@1' },
    width: { enum: ['i32', 'i64'] },
    memory: shape({ min: decimal, max: decimal }, ['max']),
    globals: list(shape({ type: word, init: decimal })),
    table: shape({ size, max: size, entries: list(reference) }, ['max']),
    functions: list(shape({ name: word, type: functionType, locals: list(word), body: list(kinded) })),
    start: word,
    exports: list(shape({ name: word, function: word })),
    data: list(shape({ at: decimal, bytes: hexadecimal }, ['at'])),
    elements: list(list(reference)),
    customSections: list(shape({ name: word, content: hexadecimal })),
    log: shape({ at: size, bytes: size }),
    oddities: list(kinded),
  },
  ['memory', 'table', 'start', 'log'],
);
