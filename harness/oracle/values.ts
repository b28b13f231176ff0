// plumbing: values in records compared and shown

/** Structural equality of what records hold: primitives, arrays, plain objects; an absent field equals an undefined one. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  // Most parts are primitives, and equal: only the others are looked into.
  if (isList(a)) {
    if (!isList(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i] && !sameValue(a[i], b[i])) return false;
    return true;
  }
  const left = a as Readonly<Record<string, unknown>>;
  const right = b as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(left)) if (left[key] !== right[key] && !sameValue(left[key], right[key])) return false;
  for (const key of Object.keys(right)) if (left[key] === undefined && right[key] !== undefined) return false;
  return true;
}

const isList: (value: unknown) => value is readonly unknown[] = Array.isArray;

type Fields<Field extends string> = Readonly<Partial<Record<Field, unknown>>>;

/** Those of the fields in which two objects differ, in the order given; what does not exist has no fields. */
export function differingFields<Field extends string>(
  fields: readonly Field[],
  a: Fields<Field> | undefined,
  b: Fields<Field> | undefined,
): readonly Field[] {
  const differing: Field[] = [];
  for (const field of fields)
    if (a?.[field] !== b?.[field] && !sameValue(a?.[field], b?.[field])) differing.push(field);
  return differing;
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
