// plumbing: typed-stack code between system calls
import { SYSTEM_API } from '../../spec/system-api.js';
import type { Statement } from '../../spec/vocabulary/program.js';
import type { ValueType } from '../../spec/wasm/types.js';
import { LAYOUT } from '../canister/builder.js';
import { typedStackCode } from '../wasm/typed-stack.js';
import type { Scope } from './scope.js';

/** Functions without argument that act, or that trap for reasons of their own. */
const NOT_HARMLESS: ReadonlySet<string> = new Set([
  'call_perform',
  'data_certificate_size',
  'msg_cycles_available',
  'msg_cycles_refunded',
  'canister_cycle_balance',
  'stable_size',
]);

const HARMLESS = SYSTEM_API.filter(
  ({ name, params, result }) => params.length === 0 && result !== null && !NOT_HARMLESS.has(name),
);

/** Code of about `size` steps; what it leaves on the stack goes into the log. */
export function rawCode(s: Scope, size: number): Statement {
  const { program } = s;
  const calls = HARMLESS.filter(({ name }) => s.available(name)).map(({ name, result }) => ({
    name,
    result: (result === 'I' ? s.width : result) as ValueType,
  }));
  const made = typedStackCode(
    s.draw,
    {
      width: s.width,
      hasMemory: program.hasRoom,
      hasTable: program.hasTable,
      globals: program.globals.map(({ type }) => type),
      calls,
      data: [LAYOUT.scratch, LAYOUT.cells + LAYOUT.cellBytes],
    },
    s.locals.length,
    size,
  );
  s.locals.push(...made.locals);
  return { kind: 'code', code: made.code, results: made.results };
}
