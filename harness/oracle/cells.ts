// plumbing: the cells of the availability matrix — an import, in an entry point, of a canister of one pointer width
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import { contextOf, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { existsFor, SYSTEM_API } from '../../spec/system-api.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';

export interface Cell {
  /** See cellKey. */
  readonly key: string;
  /** The clause of the import's availability. */
  readonly rule: ClauseId;
  /** Whether the import table lists the import there, for that width. */
  readonly available: boolean;
}

/** `import / entry point / wasm32 or wasm64`. */
export function cellKey(name: string, entryPoint: string, bits: 'wasm32' | 'wasm64'): string {
  return `${name} / ${entryPoint} / ${bits}`;
}

/** The clause of the availability of a cell's import. */
export function clauseOfCell(key: string): ClauseId {
  return `availability/${key.split(' / ')[0] ?? ''}`;
}

/** The columns that were asked for. */
const COLUMNS: Readonly<Record<PointerWidth, Map<EntryPoint, ReadonlyMap<string, Cell>>>> = {
  i32: new Map(),
  i64: new Map(),
};

/** The cells of an entry point and a pointer width, by the name of the import. */
export function cellsOf(entryPoint: EntryPoint, width: PointerWidth): ReadonlyMap<string, Cell> {
  let column = COLUMNS[width].get(entryPoint);
  if (column === undefined) COLUMNS[width].set(entryPoint, (column = makeColumn(entryPoint, width)));
  return column;
}

function makeColumn(entryPoint: EntryPoint, width: PointerWidth): ReadonlyMap<string, Cell> {
  const context = contextOf(entryPoint);
  const bits = width === 'i32' ? 'wasm32' : 'wasm64';
  return new Map(
    SYSTEM_API.map((f) => [
      f.name,
      {
        key: cellKey(f.name, entryPoint, bits),
        rule: `availability/${f.name}`,
        available: f.contexts.has(context) && existsFor(f, width),
      },
    ]),
  );
}
