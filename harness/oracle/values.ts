// plumbing: values in records compared and shown

/** Structural equality of what records hold: primitives, arrays, plain objects; an absent field equals an undefined one. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(left)) if (!sameValue(left[key], right[key])) return false;
  for (const key of Object.keys(right)) if (left[key] === undefined && right[key] !== undefined) return false;
  return true;
}

const LONGEST = 400;

/** A value as short text for people. Deterministic. */
export function shown(value: unknown): string {
  const text = render(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}… (${text.length} characters)`;
}

function render(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? '(empty)' : value;
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(render).join(', ')}]`;
  const fields = Object.entries(value as object).filter(([, field]) => field !== undefined);
  return fields.map(([name, field]) => `${name} ${render(field)}`).join(', ');
}

/** `version 3`, `globalTimer 0`: a field of a record with its value. */
export function shownField(field: string, value: unknown): string {
  return `${field} ${shown(value)}`;
}
