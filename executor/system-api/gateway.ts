// plumbing: the System API as functions of WebAssembly, made once and shared by all instances
import { SYSTEM_API, type ApiType, type SystemApiFunction } from '../../spec/system-api.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Execution } from '../execution.js';
import { wasm } from '../host.js';
import { Writer } from '../instrument/bytes.js';
import { body, call, get, getGlobal, i64, set, setGlobal, unread, type Body } from '../instrument/code.js';
import { F64, I32, I64, type FunctionType } from '../instrument/decode.js';
import { HUGE_SIZE, importType } from '../instrument/layout.js';
import { bind, type SystemApi } from './bind.js';

/** What a system call costs, in instructions. */
type SystemCallCharge = (name: string) => { readonly base: bigint; readonly perByte: bigint };

/** What the instances of one width import. */
export interface Gateway {
  /** By name; each charges, and finds the execution in `running`. */
  readonly functions: Readonly<Record<string, unknown>>;
  /** (page : i32) -> (): notes a page of a tracked memory before it is changed. */
  readonly touch: unknown;
  /** What is left of the instruction limit in the system call that runs, or ran last; negative when it is exceeded. */
  readonly remaining: () => number;
  readonly setRemaining: (instructions: number) => void;
  /** The execution under way. One at a time: no system call runs canister code. */
  readonly running: { execution: Execution | undefined };
}

const TOUCH = 'touch';
const REMAINING = 'remaining';
const SET_REMAINING = 'setRemaining';

function valueType(type: ApiType, width: PointerWidth): number {
  return (type === 'I' ? width : type) === 'i32' ? I32 : I64;
}

function signature({ params, result }: SystemApiFunction, width: PointerWidth): FunctionType {
  return {
    params: params.map(({ type }) => valueType(type, width)),
    results: result === null ? [] : [valueType(result, width)],
  };
}

/** The global that holds the counter while JavaScript runs. */
const COUNTER = 0;

/** Sets local `counter` to itself minus a charge for each of the bytes whose number is in another local. */
function chargeBytes(out: Writer, { params }: FunctionType, local: number, counter: number, perByte: bigint): void {
  const push = () => {
    get(out, local);
    if (params[local] === I32) out.byte(0xad);
  };
  i64(out, -1n);
  get(out, counter);
  push();
  i64(out, perByte);
  out.put(0x7e, 0x7d);
  push();
  i64(out, HUGE_SIZE);
  out.put(0x5a, 0x1b);
  set(out, counter);
}

/** A system call: charge, then the function of JavaScript with the arguments and whether the limit is exceeded. */
function charged(row: SystemApiFunction, type: FunctionType, index: number, charge: SystemCallCharge): Body {
  const { base, perByte } = charge(row.name);
  const counter = type.params.length;
  return body([], (out) => {
    get(out, counter);
    i64(out, base);
    out.byte(0x7d);
    set(out, counter);
    if (perByte > 0n) for (const copied of row.copies) chargeBytes(out, type, copied, counter, perByte);
    get(out, counter);
    setGlobal(out, COUNTER);
    for (let local = 0; local < counter; local++) get(out, local);
    get(out, counter);
    i64(out, 0n);
    out.byte(0x53);
    call(out, index);
    getGlobal(out, COUNTER);
    unread(out);
  });
}

/** A function of the gateway. */
interface Own {
  readonly name: string;
  readonly type: FunctionType;
  readonly body: Body;
}

/** A module that imports functions of JavaScript, has one i64 global, and exports functions of its own. */
function gatewayModule(imports: readonly { name: string; type: FunctionType }[], own: readonly Own[]): Uint8Array {
  const out = new Writer(8192);
  out.put(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
  out.section(1, imports.length + own.length, () => {
    for (const { type } of [...imports, ...own])
      out.put(0x60, type.params.length, ...type.params, type.results.length, ...type.results);
  });
  out.section(2, imports.length, () => {
    imports.forEach(({ name }, index) => {
      out.name('host');
      out.name(name);
      out.op(0, index);
    });
  });
  out.section(3, own.length, () => {
    own.forEach((_, index) => {
      out.u32(imports.length + index);
    });
  });
  out.section(6, 1, () => {
    out.put(I64, 1, 0x42, 0, 0x0b);
  });
  out.section(7, own.length, () => {
    own.forEach(({ name }, index) => {
      out.name(name);
      out.op(0, imports.length + index);
    });
  });
  out.section(10, own.length, () => {
    for (const { body: write } of own) {
      const at = out.reserve5();
      write(out);
      out.patch5(at, out.length - at - 5);
    }
  });
  return out.view();
}

/** One more argument than in the import table says whether the charge went over the limit. */
function hostType({ params, results }: FunctionType): FunctionType {
  return { params: [...params, I32], results };
}

/**
 * The System API of one width as functions of WebAssembly, which charge for themselves. V8 compiles a wrapper, with its optimising
 * compiler, for each signature with which a module calls JavaScript, in each module anew. Functions of WebAssembly need none: so
 * JavaScript is called by one module of ours only, which all instances call.
 * @param host the functions by name, and `touch`
 */
export function gateway(
  width: PointerWidth,
  host: Readonly<Record<string, unknown>>,
  charge: SystemCallCharge,
): Omit<Gateway, 'running'> {
  const rows = SYSTEM_API.filter(({ name }) => host[name] !== undefined);
  const types = rows.map((row) => signature(row, width));
  const touch = { name: TOUCH, type: { params: [I32], results: [] } };
  const own: Own[] = rows.map((row, index) => {
    const type = types[index] as FunctionType;
    return { name: row.name, type: importType(type), body: charged(row, type, index, charge) };
  });
  own.push({ ...touch, body: body([], (out) => (get(out, 0), call(out, rows.length))) });
  own.push({
    name: REMAINING,
    type: { params: [], results: [F64] },
    body: body([], (out) => (getGlobal(out, COUNTER), out.byte(0xb9))),
  });
  own.push({
    name: SET_REMAINING,
    type: { params: [F64], results: [] },
    body: body([], (out) => (get(out, 0), out.byte(0xb0), setGlobal(out, COUNTER))),
  });
  const imports = rows.map(({ name }, index) => ({ name, type: hostType(types[index] as FunctionType) }));
  const module = new wasm.Module(gatewayModule([...imports, touch], own));
  const { exports } = new wasm.Instance(module, { host });
  return {
    functions: exports,
    touch: exports[TOUCH],
    remaining: exports[REMAINING] as Gateway['remaining'],
    setRemaining: exports[SET_REMAINING] as Gateway['setRemaining'],
  };
}

function open(api: SystemApi, profile: Profile, width: PointerWidth): Gateway {
  const running: Gateway['running'] = { execution: undefined };
  const host: Record<string, unknown> = {
    [TOUCH]: (page: number) => running.execution?.instance.memory?.touch?.(page >>> 0),
  };
  for (const row of SYSTEM_API) {
    if (width === 'i32' || !row.only32) host[row.name] = bind(row, width, api, running);
  }
  return { ...gateway(width, host, (name) => api.charges.systemCall(profile, name)), running };
}

const gateways = new WeakMap<SystemApi, WeakMap<Profile, Partial<Record<PointerWidth, Gateway>>>>();

/** The functions for the instances of one width that were put together in one way and charge by one profile. */
export function gatewayTo(api: SystemApi, profile: Profile, width: PointerWidth): Gateway {
  let byProfile = gateways.get(api);
  if (byProfile === undefined) gateways.set(api, (byProfile = new WeakMap()));
  let byWidth = byProfile.get(profile);
  if (byWidth === undefined) byProfile.set(profile, (byWidth = {}));
  return (byWidth[width] ??= open(api, profile, width));
}
