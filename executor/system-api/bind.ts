// plumbing: the imports of one instance — a function for each that finds the running execution, and calls the handler
import { shownRange, type SystemApiFunction } from '../../spec/system-api.js';
import type { Hex, PointerWidth } from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import type { Context } from '../../spec/vocabulary/entry-point.js';
import type { SystemCallRecord } from '../../spec/vocabulary/record.js';
import type { Charges } from '../cycles.js';
import { hexOfBlob } from '../blob.js';
import type { Draft } from '../draft.js';
import type { Execution } from '../execution.js';
import { CanisterTrap } from '../trap.js';
import { addressOf } from './blobs.js';
import type { SystemCallHandler } from './handler.js';

/** What binding needs of the assembly. */
export interface SystemApi {
  readonly systemCalls: Readonly<Record<string, SystemCallHandler>>;
  /** Whether the function may be invoked from the context. */
  readonly available: (f: SystemApiFunction, context: Context) => boolean;
  readonly charges: Pick<Charges, 'systemCall'>;
}

type Raw = number | bigint;
type Loose = (execution: Execution, ...args: Raw[]) => Raw | undefined;

const unsigned32 = (value: Raw): Raw => (value as number) >>> 0;
const unsigned64 = (value: Raw): Raw => BigInt.asUintN(64, value as bigint);
const address64 = (value: Raw): Raw => addressOf(BigInt.asUintN(64, value as bigint));
const exact32 = (value: Raw): Raw => BigInt((value as number) >>> 0);

/** A function or an environment is kept as it is; it is no address. */
const EXACT = /(^|_)(fun|env)$/;

function converters(row: SystemApiFunction, width: PointerWidth): ((value: Raw) => Raw)[] {
  return row.params.map(({ name, type }) => {
    if (type === 'i32') return unsigned32;
    if (type === 'i64') return unsigned64;
    if (EXACT.test(name)) return width === 'i32' ? exact32 : unsigned64;
    return width === 'i32' ? unsigned32 : address64;
  });
}

/** The bytes that the record of a call shows of the memory. */
function shownBytes(row: SystemApiFunction, args: readonly bigint[], { instance }: Execution): Hex | undefined {
  const range = shownRange(row, args);
  if (range === undefined || instance.memory === undefined) return undefined;
  const start = Number(range.start);
  return hexOfBlob(instance.bytes().subarray(start, start + Number(range.size)));
}

/**
 * The import for one function. The last argument that code gives says whether the charge went over the limit.
 * @param running the execution that is under way in the instance
 */
export function bind(
  row: SystemApiFunction,
  width: PointerWidth,
  api: SystemApi,
  running: { execution: Execution | undefined },
): (...raw: Raw[]) => Raw | undefined {
  const handler = api.systemCalls[row.name] as Loose | undefined;
  if (handler === undefined) throw new Crash(`no handler for ic0.${row.name}`);
  const arity = row.params.length;
  const convert = converters(row, width);
  const [c0, c1, c2] = convert;
  const wideResult = row.result === 'I' && width === 'i64';
  const available = new Map<Context, boolean>();

  const check = (execution: Execution, over: Raw | undefined): void => {
    if (over !== 0) throw new CanisterTrap('instruction-limit', 'the instruction limit is exceeded');
    let may = available.get(execution.letter);
    if (may === undefined) available.set(execution.letter, (may = api.available(row, execution.letter)));
    if (!may)
      throw new CanisterTrap(
        'system-call-unavailable',
        `ic0.${row.name} cannot be called from ${execution.entryPoint}`,
      );
  };
  const call = (execution: Execution, raw: readonly Raw[]): Raw | undefined => {
    check(execution, raw[arity]);
    const args: Raw[] = [];
    for (let i = 0; i < arity; i++) args.push((convert[i] as (value: Raw) => Raw)(raw[i] as Raw));
    return handler(execution, ...args);
  };
  const shows =
    shownRange(
      row,
      row.params.map(() => 0n),
    ) !== undefined;
  const wide = row.params.map(({ type }) => (type === 'I' ? width : type) === 'i64');
  const resultBits = (row.result === 'I' ? width : row.result) === 'i32' ? 32 : 64;
  const traced = (execution: Execution, trace: SystemCallRecord[], raw: readonly Raw[]): Raw | undefined => {
    const args: bigint[] = [];
    for (let i = 0; i < arity; i++) {
      const value = raw[i] as Raw;
      args.push(wide[i] === true ? BigInt.asUintN(64, value as bigint) : BigInt((value as number) >>> 0));
    }
    const record: Draft<SystemCallRecord> = { name: row.name, args };
    try {
      const result = call(execution, raw);
      if (row.result !== null) record.result = BigInt.asUintN(resultBits, BigInt(result as Raw));
      const wrote = shows ? shownBytes(row, args, execution) : undefined;
      if (wrote !== undefined) record.wrote = wrote;
      trace.push(record);
      return wideResult ? BigInt(result as number) : result;
    } catch (error) {
      if (error instanceof CanisterTrap) trace.push({ name: row.name, args, trap: error.kind });
      throw error;
    }
  };
  const finish = (result: Raw | undefined): Raw | undefined => (wideResult ? BigInt(result as number) : result);

  // Arrays of arguments cost more than most handlers, so the common arities go without.
  if (arity === 0) {
    return (over) => {
      const execution = running.execution ?? crash(row.name);
      if (execution.trace !== undefined) return traced(execution, execution.trace, [over as Raw]);
      check(execution, over);
      return finish(handler(execution));
    };
  }
  if (arity === 2 && c0 !== undefined && c1 !== undefined) {
    return (a, b, over) => {
      const execution = running.execution ?? crash(row.name);
      if (execution.trace !== undefined) return traced(execution, execution.trace, [a as Raw, b as Raw, over as Raw]);
      check(execution, over);
      return finish(handler(execution, c0(a as Raw), c1(b as Raw)));
    };
  }
  if (arity === 3 && c0 !== undefined && c1 !== undefined && c2 !== undefined) {
    return (a, b, c, over) => {
      const execution = running.execution ?? crash(row.name);
      if (execution.trace !== undefined) {
        return traced(execution, execution.trace, [a as Raw, b as Raw, c as Raw, over as Raw]);
      }
      check(execution, over);
      return finish(handler(execution, c0(a as Raw), c1(b as Raw), c2(c as Raw)));
    };
  }
  return (...raw) => {
    const execution = running.execution ?? crash(row.name);
    return execution.trace === undefined ? finish(call(execution, raw)) : traced(execution, execution.trace, raw);
  };
}

function crash(name: string): never {
  throw new Crash(`ic0.${name} called while nothing runs`);
}
