// plumbing: the System API as functions of WebAssembly, made once and shared by all instances
import { SYSTEM_API, type ApiType, type SystemApiFunction } from '../../spec/system-api.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Execution } from '../execution.js';
import { wasm } from '../host.js';
import { Writer } from '../instrument/bytes.js';
import { body, call, get } from '../instrument/code.js';
import { I32, I64, type FunctionType } from '../instrument/decode.js';
import { importType } from '../instrument/layout.js';
import { bind, type SystemApi } from './bind.js';

/** What the instances of one width import. */
export interface Gateway {
  /** By name; each finds the execution in `running`. */
  readonly functions: Readonly<Record<string, unknown>>;
  /** (page : i32) -> (): notes a page of a tracked memory before it is changed. */
  readonly touch: unknown;
  /** The execution under way. One at a time: no system call runs canister code. */
  readonly running: { execution: Execution | undefined };
}

/** A function of JavaScript, with its type in WebAssembly, and the type with which instances import it. */
interface Forwarded {
  readonly name: string;
  readonly type: FunctionType;
  readonly imported: FunctionType;
}

const TOUCH = 'touch';

function valueType(type: ApiType, width: PointerWidth): number {
  return (type === 'I' ? width : type) === 'i32' ? I32 : I64;
}

/** One more argument than in the import table says whether the charge went over the limit. */
function signature({ params, result }: SystemApiFunction, width: PointerWidth): FunctionType {
  return {
    params: [...params.map(({ type }) => valueType(type, width)), I32],
    results: result === null ? [] : [valueType(result, width)],
  };
}

function section(out: Writer, id: number, count: number, fill: (content: Writer) => void): void {
  const content = new Writer();
  content.u32(count);
  fill(content);
  out.byte(id);
  out.sized(content);
}

/**
 * A module whose every export, of the type that instrumented modules import, passes its arguments on to the import of the same
 * name. Types: those of JavaScript's functions in their order, then those of the exports.
 */
function forwarder(functions: readonly Forwarded[]): Uint8Array {
  const out = new Writer(8192);
  out.put(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  const each = (id: number, write: (content: Writer, forwarded: Forwarded, index: number) => void) => {
    section(out, id, functions.length, (content) => {
      functions.forEach((forwarded, index) => {
        write(content, forwarded, index);
      });
    });
  };
  section(out, 1, functions.length * 2, (content) => {
    for (const { params, results } of [
      ...functions.map(({ type }) => type),
      ...functions.map(({ imported }) => imported),
    ])
      content.put(0x60, params.length, ...params, results.length, ...results);
  });
  each(2, (content, { name }, index) => {
    content.name('host');
    content.name(name);
    content.byte(0);
    content.u32(index);
  });
  each(3, (content, _, index) => {
    content.u32(functions.length + index);
  });
  each(7, (content, { name }, index) => {
    content.name(name);
    content.byte(0);
    content.u32(functions.length + index);
  });
  each(10, (content, { type: { params } }, index) => {
    const code = body([], (inner) => {
      params.forEach((_, local) => {
        get(inner, local);
      });
      call(inner, index);
    })();
    content.u32(code.length);
    content.copy(code);
  });
  return out.view();
}

/**
 * The System API of one width as functions of WebAssembly. V8 compiles a wrapper, with its optimising compiler, for each
 * signature with which a module calls JavaScript, in each module anew. Functions of WebAssembly need none: so JavaScript is
 * called by one module of ours only, which all instances call.
 * @param host the functions by name, and `touch`
 */
export function forward(
  width: PointerWidth,
  host: Readonly<Record<string, unknown>>,
): Pick<Gateway, 'functions' | 'touch'> {
  const functions = SYSTEM_API.filter(({ name }) => host[name] !== undefined).map((row) => {
    const type = signature(row, width);
    return { name: row.name, type, imported: importType(type) };
  });
  const touchType = { params: [I32], results: [] };
  const touch = { name: TOUCH, type: touchType, imported: touchType };
  const { exports } = new wasm.Instance(new wasm.Module(forwarder([...functions, touch])), { host });
  return { functions: exports, touch: exports[TOUCH] };
}

function open(api: SystemApi, width: PointerWidth): Gateway {
  const running: Gateway['running'] = { execution: undefined };
  const host: Record<string, unknown> = {
    [TOUCH]: (page: number) => running.execution?.instance.memory?.touch?.(page >>> 0),
  };
  for (const row of SYSTEM_API) {
    if (width === 'i32' || !row.only32) host[row.name] = bind(row, width, api, running);
  }
  return { ...forward(width, host), running };
}

const gateways = new WeakMap<SystemApi, Partial<Record<PointerWidth, Gateway>>>();

/** The functions for the instances of one width that were put together in one way. */
export function gatewayTo(api: SystemApi, width: PointerWidth): Gateway {
  let byWidth = gateways.get(api);
  if (byWidth === undefined) gateways.set(api, (byWidth = {}));
  return (byWidth[width] ??= open(api, width));
}
