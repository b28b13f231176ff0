// plumbing: the clause that a divergence speaks about — the first row of the attribution table that holds
import { contextOf } from '../../spec/vocabulary/entry-point.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { ClauseId } from '../../spec/vocabulary/verdict.js';
import { ATTRIBUTION, type AttributionRow } from './attribution-table.js';
import { DIVERGENCE_KINDS, type Divergence, type DivergenceKind } from './divergence.js';

/** The rows by kind, so that few are looked at. */
const BY_KIND: ReadonlyMap<DivergenceKind, readonly AttributionRow[]> = (() => {
  const byKind = new Map(DIVERGENCE_KINDS.map((kind): [DivergenceKind, AttributionRow[]] => [kind, []]));
  for (const row of ATTRIBUTION) for (const kind of row.kinds) byKind.get(kind)?.push(row);
  return byKind;
})();
/** Answers of rowsFor, kept: the rows by kind and import. */
const BY_IMPORT = new Map<DivergenceKind, Map<string | undefined, readonly AttributionRow[]>>();

/** The rows of a kind that can hold for an import, in the order of the table. */
function rowsFor(kind: DivergenceKind, name: string | undefined): readonly AttributionRow[] {
  let byImport = BY_IMPORT.get(kind);
  if (byImport === undefined) BY_IMPORT.set(kind, (byImport = new Map()));
  const known = byImport.get(name);
  if (known !== undefined) return known;
  const rows: AttributionRow[] = [];
  for (const row of BY_KIND.get(kind) ?? []) {
    const { imports } = row;
    if (imports === undefined || (name !== undefined && imports.includes(name))) rows.push(row);
  }
  byImport.set(name, rows);
  return rows;
}

/**
 * The clause that a divergence speaks about.
 * @throws Crash when the table has no row for it
 */
export function attribute(divergence: Divergence): ClauseId {
  const row = rowsFor(divergence.kind, divergence.import).find((candidate) => holds(candidate, divergence));
  if (row === undefined) throw new Crash(`the attribution table has no row for ${divergence.kind}`);
  return typeof row.clause === 'string' ? row.clause : row.clause(divergence);
}

/** Whether the other conditions of a row hold, beside kind and import, which rowsFor has looked at. */
function holds(row: AttributionRow, divergence: Divergence): boolean {
  const { entryPoint, expectedTrap, actualTrap, expectedCode, actualCode } = divergence;
  return (
    (row.entryPoints === undefined || includes(row.entryPoints, entryPoint)) &&
    (row.contexts === undefined || includes(row.contexts, entryPoint && contextOf(entryPoint))) &&
    (row.phases === undefined || includes(row.phases, divergence.phase)) &&
    (row.causes === undefined || includes<string>(row.causes, divergence.cause)) &&
    (row.traps === undefined || includes(row.traps, expectedTrap) || includes(row.traps, actualTrap)) &&
    (row.expectedTraps === undefined || includes(row.expectedTraps, expectedTrap)) &&
    (row.rejects === undefined || row.rejects.some((cause) => includes(divergence.rejects, cause))) &&
    (row.actualEntryPoints === undefined || includes(row.actualEntryPoints, divergence.actualEntryPoint)) &&
    (row.expectedResults === undefined || includes(row.expectedResults, divergence.expectedResult)) &&
    (row.fields === undefined || includes(row.fields, divergence.field)) &&
    (row.codes === undefined || includes(row.codes, expectedCode) || includes(row.codes, actualCode)) &&
    (row.aspects === undefined || row.aspects.every((aspect) => divergence.aspects.has(aspect)))
  );
}

function includes<T>(list: readonly T[] | undefined, value: T | undefined): boolean {
  return value !== undefined && list?.includes(value) === true;
}
