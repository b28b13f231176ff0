// plumbing: JSON values, and text in which two cases can be compared line by line
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why a text is not JSON, in one line: what JSON.parse says quotes the text, with line breaks and whatever else would act on a terminal. */
export function whyNotJson(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/[\s\p{C}]+/gu, ' ');
}

/** Columns of a line; what fits stays on one. */
const WIDTH = 120;

/**
 * The value as indented JSON text with a final newline. An array or object that fits on the rest of its line stays there,
 * so that a step of a case is one line of a diff.
 */
export function formatJson(value: Json): string {
  return format(value, '', 0) + '\n';
}

function format(value: Json, indent: string, used: number): string {
  const flat = oneLine(value);
  if (indent.length + used + flat.length <= WIDTH) return flat;
  const inner = indent + '  ';
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => inner + format(item, inner, 1));
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (isJsonObject(value)) {
    const fields = Object.entries(value).map(([key, field]) => {
      const name = `${JSON.stringify(key)}: `;
      return inner + name + format(field, inner, name.length + 1);
    });
    return `{\n${fields.join(',\n')}\n${indent}}`;
  }
  return flat;
}

function oneLine(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(oneLine).join(', ')}]`;
  if (isJsonObject(value)) {
    const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${oneLine(field)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  return JSON.stringify(value);
}
