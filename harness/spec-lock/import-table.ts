// plumbing: the import table as the text prints it, and as spec/system-api.ts has it, in one notation
import { CONTEXTS, type Context } from '../../spec/vocabulary/entry-point.js';
import type { SystemApiFunction } from '../../spec/system-api.js';

/** One function of the table: `name(types) -> type @ contexts`, contexts in the order of CONTEXTS, ` 32` appended for I = i32 only. */
interface ImportRow {
  readonly name: string;
  readonly row: string;
}

function format(
  name: string,
  params: readonly string[],
  result: string,
  contexts: ReadonlySet<string>,
  only32: boolean,
) {
  const letters = CONTEXTS.filter((context) => contexts.has(context)).join(' ');
  return `${name}(${params.join(', ')}) -> ${result} @ ${letters}${only32 ? ' 32' : ''}`;
}

/** A function of spec/system-api.ts in this notation. */
export function rowOf(f: SystemApiFunction): string {
  return format(
    f.name,
    f.params.map(({ type }) => type),
    f.result ?? '()',
    f.contexts,
    f.only32,
  );
}

/** The text's `*`, and its context `Q`, which the text does not define and we read as RQ NRQ (docs/ambiguities.md, 2). */
function contextsOf(letters: string): ReadonlySet<Context> {
  const all = CONTEXTS.filter((context) => context !== 's');
  return new Set(
    letters.split(/\s+/).flatMap((letter): readonly Context[] => {
      if (letter === '*') return all;
      if (letter === 'Q') return ['RQ', 'NRQ'];
      const context = CONTEXTS.find((known) => known === letter);
      if (context === undefined) throw new Error(`the import table names an unknown context: ${letter}`);
      return [context];
    }),
  );
}

/**
 * The rows of the two code blocks of the overview of imports, in order.
 * @throws Error where the text does not look as expected
 */
export function importRowsOf(text: string): readonly ImportRow[] {
  const [everywhere, only32] = [...text.matchAll(/```\n((?:[^`]*\n)?\s*ic0\.msg_[^`]*)```/g)].map(
    (block) => block[1] ?? '',
  );
  if (everywhere === undefined || only32 === undefined) throw new Error('the text has no two tables of imports');
  return [...blockRows(everywhere, false), ...blockRows(only32, true)];
}

function blockRows(block: string, only32: boolean): readonly ImportRow[] {
  const declaration = /ic0\.([a-z0-9_]+)\s*:\s*\(([^)]*)\)\s*->\s*(\([^)]*\)|i32|i64|I)\s*;\s*\/\/ *([^\n]+)/g;
  const rows = [...block.matchAll(declaration)].map(([, name = '', params = '', result = '', letters = '']) => {
    const types = params.split(',').flatMap((param) => param.split(':')[1]?.trim() ?? []);
    const resultType = result.replace(/[()]/g, '').split(':').at(-1)?.trim() ?? '';
    return {
      name,
      row: format(name, types, resultType === '' ? '()' : resultType, contextsOf(letters.trim()), only32),
    };
  });
  const named = block.match(/ic0\./g)?.length ?? 0;
  if (rows.length !== named) throw new Error(`${named} functions in the table, ${rows.length} of them understood`);
  return rows;
}
