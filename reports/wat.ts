// plumbing: WebAssembly text made easier to read — imports and exports by name, and the place of a trap
import type { TrapKind } from '../spec/vocabulary/trap.js';

/** The text with a comment at each call of an import and at each exported function. */
export function annotated(wat: string): string {
  const imports = [...wat.matchAll(/^ *\(import "([^"]*)" "([^"]*)" \(func /gm)].map(
    ([, module, name]) => `${module}.${name}`,
  );
  const exported = exportsOf(wat);
  return wat
    .split('\n')
    .map((line) => {
      const call = /^ *call (\d+)/.exec(line);
      const imported = call === null ? undefined : imports[Number(call[1])];
      if (imported !== undefined) return comment(line, imported);
      const index = functionIndex(line);
      const names = index === undefined ? undefined : exported.get(index);
      return names === undefined ? line : comment(line, names.join(', '));
    })
    .join('\n');
}

function exportsOf(wat: string): ReadonlyMap<number, readonly string[]> {
  const names = new Map<number, string[]>();
  for (const [, name, index] of wat.matchAll(/\(export "((?:[^"\\]|\\.)*)" \(func (\d+)\)\)/g)) {
    const known = names.get(Number(index)) ?? [];
    names.set(Number(index), [...known, name ?? '']);
  }
  return names;
}

function functionIndex(line: string): number | undefined {
  const match = /^ {2}\(func \(;(\d+);\)/.exec(line);
  return match === null ? undefined : Number(match[1]);
}

function comment(line: string, text: string): string {
  return `${line}  ;; ${text}`;
}

/** Instructions that can trap so. Traps that belong to no single instruction are not listed. */
const INSTRUCTIONS: { readonly [kind in TrapKind]?: RegExp } = {
  unreachable: /^unreachable\b/,
  'integer-divide-by-zero': /^i\d\d\.(div|rem)_/,
  'integer-overflow': /^i\d\d\.div_s/,
  'float-to-integer': /^i\d\d\.trunc_f/,
  'memory-out-of-bounds': /^(\w+\.(load|store)|memory\.(fill|copy|init))/,
  'table-out-of-bounds': /^table\./,
  'indirect-call': /^call_indirect\b/,
};

/** Beyond so many places the marks say nothing. */
const MOST_MARKS = 6;

export interface TrapPlace {
  readonly trap: TrapKind;
  /** Name of the System API function that trapped. */
  readonly import?: string;
  /** Name under which the function that ran is exported. */
  readonly export?: string;
}

/**
 * The annotated text with a mark where the trap must have been, or where it may have been. The records of engines do not say at
 * which instruction an execution trapped, so all candidates are marked, and the mark says which of the two it is.
 */
export function withTrapPlace(text: string, { trap, import: imported, export: exported }: TrapPlace): string {
  const pattern = INSTRUCTIONS[trap];
  const isPlace = (line: string) =>
    imported === undefined ? pattern?.test(line.trim()) === true : line.endsWith(`;; ic0.${imported}`);
  const lines = text.split('\n');
  const within = bodyOf(lines, exported) ?? [0, lines.length];
  const inBody = placesIn(lines, isPlace, within);
  const places = inBody.length > 0 ? inBody : placesIn(lines, isPlace, [0, lines.length]);
  if (places.length === 0 || places.length > MOST_MARKS) return text;
  const mark = places.length === 1 ? ';; <== the trap' : ';; <== perhaps the trap';
  return lines.map((line, i) => (places.includes(i) ? `${line}  ${mark}` : line)).join('\n');
}

function placesIn(
  lines: readonly string[],
  isPlace: (line: string) => boolean,
  [from, to]: readonly [number, number],
): readonly number[] {
  return lines.flatMap((line, i) => (i >= from && i < to && isPlace(line) ? [i] : []));
}

/** The lines of the exported function. */
function bodyOf(lines: readonly string[], exported: string | undefined): readonly [number, number] | undefined {
  if (exported === undefined) return undefined;
  const from = lines.findIndex((line) => functionIndex(line) !== undefined && line.includes(`;; ${exported}`));
  if (from < 0) return undefined;
  const length = lines.slice(from + 1).findIndex((line) => /^ {2}\(/.test(line));
  return [from, length < 0 ? lines.length : from + 1 + length];
}
