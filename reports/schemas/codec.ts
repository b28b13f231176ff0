// plumbing: codecs — one description of a format gives its encoder, its checked decoder and its JSON Schema
import { isJsonObject, type Json } from './json.js';

export type JsonSchema = { readonly [key: string]: Json };

export type FormatFault = 'missing-field' | 'unknown-field' | 'bad-value';

/** A JSON value that does not have the described form. `where` is a JSON path such as `$.scenario.steps[2].hold`. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  constructor(
    readonly fault: FormatFault,
    readonly where: string,
    readonly what: string,
  ) {
    super(`${where}: ${what}`);
  }
}

export interface Codec<T> {
  /** The JSON form. Fields come in the order of the description. */
  encode(value: T): Json;
  /** @throws FormatError for anything but the form that `schema` describes */
  decode(json: Json, where: string): T;
  /** JSON Schema (draft 2020-12); may refer to `#/$defs/…`. */
  readonly schema: JsonSchema;
}

/** A field that may be left out. */
interface OptionalField<T> {
  readonly optional: Codec<T>;
}

type IsOptional<T, K extends keyof T> = object extends Pick<T, K> ? true : false;
type Required<T> = { readonly [K in keyof T]-?: T[K] };
/** For each field of T its codec: one that is forgotten, or required where T has it optional, does not compile. */
export type Fields<T> = {
  readonly [K in keyof T]-?: IsOptional<T, K> extends true ? OptionalField<Required<T>[K]> : Codec<T[K]>;
};

function shown(json: Json): string {
  const text = JSON.stringify(json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function bad(where: string, expected: string, json: Json): FormatError {
  return new FormatError('bad-value', where, `expected ${expected}, found ${shown(json)}`);
}

export const text: Codec<string> = {
  encode: (value) => value,
  decode: (json, where) => {
    if (typeof json !== 'string') throw bad(where, 'a text', json);
    return json;
  },
  schema: { type: 'string' },
};

export const boolean: Codec<boolean> = {
  encode: (value) => value,
  decode: (json, where) => {
    if (typeof json !== 'boolean') throw bad(where, 'true or false', json);
    return json;
  },
  schema: { type: 'boolean' },
};

/** A whole number between `minimum` and 2^53 - 1. */
export function integer(minimum: number): Codec<number> {
  return {
    encode: (value) => value,
    decode: (json, where) => {
      if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < minimum) {
        throw bad(where, `a whole number from ${minimum}`, json);
      }
      return json;
    },
    schema: { type: 'integer', minimum },
  };
}

/** A finite number that is not negative. */
export const measure: Codec<number> = {
  encode: (value) => value,
  decode: (json, where) => {
    if (typeof json !== 'number' || !Number.isFinite(json) || json < 0)
      throw bad(where, 'a number that is not negative', json);
    return json;
  },
  schema: { type: 'number', minimum: 0 },
};

/**
 * A text that `make` turns into the value and that `show` gives back, such as a number of 128 bits.
 * @param make throws an Error whose message says what is expected
 */
export function textual<T>(schema: JsonSchema, show: (value: T) => string, make: (text: string) => T): Codec<T> {
  return {
    encode: show,
    decode: (json, where) => {
      const given = text.decode(json, where);
      try {
        return make(given);
      } catch (error) {
        throw new FormatError('bad-value', where, error instanceof Error ? error.message : String(error));
      }
    },
    schema: { type: 'string', ...schema },
  };
}

/** One of the given texts. */
export function oneOf<const T extends string>(values: readonly T[]): Codec<T> {
  return {
    encode: (value) => value,
    decode: (json, where) => {
      const found = values.find((value) => value === json);
      if (found === undefined)
        throw bad(where, values.length > 1 ? `one of ${values.join(', ')}` : `"${values.join()}"`, json);
      return found;
    },
    schema: values.length === 1 && values[0] !== undefined ? { const: values[0] } : { enum: values },
  };
}

export function array<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (value) => value.map((element) => item.encode(element)),
    decode: (json, where) => {
      if (!Array.isArray(json)) throw bad(where, 'a list', json);
      return (json as readonly Json[]).map((element, i) => item.decode(element, `${where}[${i}]`));
    },
    schema: { type: 'array', items: item.schema },
  };
}

/** A list of exactly two. */
export function pair<A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> {
  return {
    encode: ([a, b]) => [first.encode(a), second.encode(b)],
    decode: (json, where) => {
      const [a, b, ...rest] = Array.isArray(json) ? (json as readonly Json[]) : [];
      if (a === undefined || b === undefined || rest.length > 0) throw bad(where, 'a list of two', json);
      return [first.decode(a, `${where}[0]`), second.decode(b, `${where}[1]`)];
    },
    schema: { type: 'array', prefixItems: [first.schema, second.schema], minItems: 2, maxItems: 2 },
  };
}

/** A JSON object that maps texts, or only the given ones, to values of one form. Keys are written in ascending order. */
export function mapOf<T, K extends string = string>(
  item: Codec<T>,
  keys?: readonly K[],
): Codec<{ readonly [key in K]?: T }> {
  const known = keys === undefined ? undefined : new Set<string>(keys);
  return {
    encode: (value) => {
      const fields = Object.entries(value) as [string, T][];
      return Object.fromEntries(
        fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, item.encode(field)]),
      );
    },
    decode: (json, where) => {
      if (!isJsonObject(json)) throw bad(where, 'an object', json);
      const fields = Object.entries(json).map(([key, field]): [string, T] => {
        if (known !== undefined && !known.has(key)) {
          throw new FormatError('unknown-field', `${where}.${key}`, 'no such key here');
        }
        return [key, item.decode(field, `${where}.${key}`)];
      });
      return Object.fromEntries(fields) as { readonly [key in K]?: T };
    },
    schema: {
      type: 'object',
      ...(keys === undefined ? {} : { propertyNames: { enum: keys } }),
      additionalProperties: item.schema,
    },
  };
}

export function optional<T>(codec: Codec<T>): OptionalField<T> {
  return { optional: codec };
}

/** An object with exactly these fields. */
export function object<T extends object>(fields: Fields<T>): Codec<T> {
  const entries = Object.entries(fields) as [string, Codec<unknown> | OptionalField<unknown>][];
  const rows = entries.map(([name, field]) =>
    'optional' in field ? { name, codec: field.optional, required: false } : { name, codec: field, required: true },
  );
  const names = rows.map((row) => row.name);
  return {
    encode: (value) => {
      const json: Record<string, Json> = {};
      for (const { name, codec } of rows) {
        const field = (value as Readonly<Record<string, unknown>>)[name];
        if (field !== undefined) json[name] = codec.encode(field);
      }
      return json;
    },
    decode: (json, where) => {
      if (!isJsonObject(json)) throw bad(where, 'an object', json);
      for (const name of Object.keys(json)) {
        if (!names.includes(name)) {
          throw new FormatError(
            'unknown-field',
            `${where}.${name}`,
            `no such field here; there are ${names.join(', ')}`,
          );
        }
      }
      const value: Record<string, unknown> = {};
      for (const { name, codec, required } of rows) {
        const field = Object.hasOwn(json, name) ? json[name] : undefined;
        if (field !== undefined) value[name] = codec.decode(field, `${where}.${name}`);
        else if (required) throw new FormatError('missing-field', `${where}.${name}`, 'this field is missing');
      }
      return value as T;
    },
    schema: {
      type: 'object',
      properties: Object.fromEntries(rows.map(({ name, codec }) => [name, codec.schema])),
      required: rows.filter((row) => row.required).map((row) => row.name),
      additionalProperties: false,
    },
  };
}

/** One of several objects, told apart by the text in the field `tag`; each variant describes the tag with `oneOf([tag])` itself. */
export function tagged<Tag extends string, T extends { readonly [key in Tag]: string }>(
  tag: Tag,
  variants: { readonly [K in T[Tag]]: Codec<Extract<T, { readonly [key in Tag]: K }>> },
): Codec<T> {
  const table = new Map(Object.entries(variants) as [string, Codec<T>][]);
  return {
    encode: (value) => {
      const codec = table.get(value[tag]);
      if (codec === undefined) throw new FormatError('bad-value', `$.${tag}`, `unknown variant ${value[tag]}`);
      return codec.encode(value);
    },
    decode: (json, where) => {
      if (!isJsonObject(json)) throw bad(where, 'an object', json);
      const name = json[tag];
      if (name === undefined) throw new FormatError('missing-field', `${where}.${tag}`, 'this field is missing');
      const codec = typeof name === 'string' ? table.get(name) : undefined;
      if (codec === undefined) throw bad(`${where}.${tag}`, `one of ${[...table.keys()].join(', ')}`, name);
      return codec.decode(json, where);
    },
    schema: { oneOf: [...table.values()].map((codec) => codec.schema) },
  };
}

/** The same format, under a name in the schema's `$defs` (collected by `schemaDocument`). */
export interface NamedCodec<T> extends Codec<T> {
  readonly definition: { readonly name: string; readonly schema: JsonSchema };
}

export function named<T>(name: string, codec: Codec<T>): NamedCodec<T> {
  return {
    encode: (value) => codec.encode(value),
    decode: (json, where) => codec.decode(json, where),
    schema: { $ref: `#/$defs/${name}` },
    definition: { name, schema: codec.schema },
  };
}

/** A whole JSON Schema document for a format and the named formats that it refers to. */
export function schemaDocument(
  id: string,
  title: string,
  root: { readonly schema: JsonSchema },
  definitions: readonly { readonly definition: { readonly name: string; readonly schema: JsonSchema } }[],
): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title,
    ...root.schema,
    $defs: Object.fromEntries(definitions.map(({ definition }) => [definition.name, definition.schema])),
  };
}
