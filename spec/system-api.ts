// table: THE import table, every function of the System API — canister-interface.md#system-api-imports
import { CONTEXTS, type Context } from './vocabulary/entry-point.js';
import type { PointerWidth } from './vocabulary/brands.js';

/** A type in a signature; `I` is the pointer width of the canister. */
export type ApiType = 'i32' | 'i64' | 'I';

export interface SystemApiFunction {
  /** Name in the module `ic0`. */
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly type: ApiType }[];
  /** null: no result. */
  readonly result: ApiType | null;
  /** Contexts from which it may be invoked, `s` included where the table lists it; elsewhere it traps. */
  readonly contexts: ReadonlySet<Context>;
  /** Exists for I = i32 only. */
  readonly only32: boolean;
  /** Indices of the parameters that say how many bytes are copied; see spec/profiles/CHARGING.md, section 1.7. */
  readonly copies: readonly number[];
  /** Chapter of the interface text that describes it, and first half of its clauses' ids. */
  readonly chapter: string;
}

/** The text's `*`: everywhere but (start). */
const EVERYWHERE = CONTEXTS.filter((context) => context !== 's').join(' ');

interface Columns {
  readonly start: boolean;
  readonly only32: boolean;
  readonly copies: readonly string[];
  readonly chapter: string;
}

function row(
  name: string,
  params: readonly (readonly [string, ApiType])[],
  result: ApiType | null,
  contexts: string,
  { start, only32, copies, chapter }: Columns,
): SystemApiFunction {
  return {
    name,
    params: params.map(([param, type]) => ({ name: param, type })),
    result,
    contexts: new Set([...contexts.split(' '), ...(start ? ['s'] : [])] as Context[]),
    only32,
    copies: copies.map((copied) => params.findIndex(([param]) => param === copied)),
    chapter,
  };
}

/**
 * In the order of the text. msg_deadline's context `Q`, which the text does not define, is read as RQ and NRQ
 * (ambiguous; docs/ambiguities.md, 2).
 */
// prettier-ignore
export const SYSTEM_API: readonly SystemApiFunction[] = [
  row('msg_arg_data_size', [], 'I', 'I U RQ NRQ TQ CQ Ry CRy F', { start: false, only32: false, copies: [], chapter: 'method-arguments' }),
  row('msg_arg_data_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, 'I U RQ NRQ TQ CQ Ry CRy F', { start: false, only32: false, copies: ['size'], chapter: 'method-arguments' }),
  row('msg_caller_size', [], 'I', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'method-arguments' }),
  row('msg_caller_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, EVERYWHERE, { start: false, only32: false, copies: ['size'], chapter: 'method-arguments' }),
  row('msg_caller_info_data_size', [], 'I', 'U RQ NRQ CQ Ry Rt CRy CRt C CC F', { start: false, only32: false, copies: [], chapter: 'method-arguments' }),
  row('msg_caller_info_data_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, 'U RQ NRQ CQ Ry Rt CRy CRt C CC F', { start: false, only32: false, copies: ['size'], chapter: 'method-arguments' }),
  row('msg_caller_info_signer_size', [], 'I', 'U RQ NRQ CQ Ry Rt CRy CRt C CC F', { start: false, only32: false, copies: [], chapter: 'method-arguments' }),
  row('msg_caller_info_signer_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, 'U RQ NRQ CQ Ry Rt CRy CRt C CC F', { start: false, only32: false, copies: ['size'], chapter: 'method-arguments' }),
  row('msg_reject_code', [], 'i32', 'Ry Rt CRy CRt C', { start: false, only32: false, copies: [], chapter: 'method-arguments' }),
  row('msg_reject_msg_size', [], 'I', 'Rt CRt', { start: false, only32: false, copies: [], chapter: 'method-arguments' }),
  row('msg_reject_msg_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, 'Rt CRt', { start: false, only32: false, copies: ['size'], chapter: 'method-arguments' }),
  row('msg_deadline', [], 'i64', 'U RQ NRQ CQ Ry Rt CRy CRt', { start: false, only32: false, copies: [], chapter: 'method-arguments' }),
  row('msg_reply_data_append', [['src', 'I'], ['size', 'I']], null, 'U RQ NRQ TQ CQ Ry Rt CRy CRt', { start: false, only32: false, copies: ['size'], chapter: 'responding' }),
  row('msg_reply', [], null, 'U RQ NRQ TQ CQ Ry Rt CRy CRt', { start: false, only32: false, copies: [], chapter: 'responding' }),
  row('msg_reject', [['src', 'I'], ['size', 'I']], null, 'U RQ NRQ TQ CQ Ry Rt CRy CRt', { start: false, only32: false, copies: ['size'], chapter: 'responding' }),
  row('msg_cycles_available128', [['dst', 'I']], null, 'U RQ Rt Ry', { start: false, only32: false, copies: [], chapter: 'cycles' }),
  row('msg_cycles_refunded128', [['dst', 'I']], null, 'Rt Ry', { start: false, only32: false, copies: [], chapter: 'cycles' }),
  row('msg_cycles_accept128', [['max_amount_high', 'i64'], ['max_amount_low', 'i64'], ['dst', 'I']], null, 'U RQ Rt Ry', { start: false, only32: false, copies: [], chapter: 'cycles' }),
  row('cycles_burn128', [['amount_high', 'i64'], ['amount_low', 'i64'], ['dst', 'I']], null, 'I G U RQ Ry Rt C T', { start: false, only32: false, copies: [], chapter: 'cycles' }),
  row('canister_self_size', [], 'I', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'self-identification' }),
  row('canister_self_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, EVERYWHERE, { start: false, only32: false, copies: ['size'], chapter: 'self-identification' }),
  row('canister_cycle_balance128', [['dst', 'I']], null, EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'cycles' }),
  row('canister_liquid_cycle_balance128', [['dst', 'I']], null, EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'cycles' }),
  row('canister_status', [], 'i32', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'canister-status' }),
  row('canister_version', [], 'i64', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'canister-version' }),
  row('subnet_self_size', [], 'I', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'self-identification' }),
  row('subnet_self_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, EVERYWHERE, { start: false, only32: false, copies: ['size'], chapter: 'self-identification' }),
  row('msg_method_name_size', [], 'I', 'F', { start: false, only32: false, copies: [], chapter: 'inspect-message' }),
  row('msg_method_name_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, 'F', { start: false, only32: false, copies: ['size'], chapter: 'inspect-message' }),
  row('accept_message', [], null, 'F', { start: false, only32: false, copies: [], chapter: 'inspect-message' }),
  row('call_new', [['callee_src', 'I'], ['callee_size', 'I'], ['name_src', 'I'], ['name_size', 'I'], ['reply_fun', 'I'], ['reply_env', 'I'], ['reject_fun', 'I'], ['reject_env', 'I']], null, 'U CQ Ry Rt CRy CRt T', { start: false, only32: false, copies: ['callee_size', 'name_size'], chapter: 'calls' }),
  row('call_on_cleanup', [['fun', 'I'], ['env', 'I']], null, 'U CQ Ry Rt CRy CRt T', { start: false, only32: false, copies: [], chapter: 'calls' }),
  row('call_data_append', [['src', 'I'], ['size', 'I']], null, 'U CQ Ry Rt CRy CRt T', { start: false, only32: false, copies: ['size'], chapter: 'calls' }),
  row('call_with_best_effort_response', [['timeout_seconds', 'i32']], null, 'U CQ Ry Rt CRy CRt T', { start: false, only32: false, copies: [], chapter: 'calls' }),
  row('call_cycles_add128', [['amount_high', 'i64'], ['amount_low', 'i64']], null, 'U Ry Rt T', { start: false, only32: false, copies: [], chapter: 'cycles' }),
  row('call_perform', [], 'i32', 'U CQ Ry Rt CRy CRt T', { start: false, only32: false, copies: [], chapter: 'calls' }),
  row('stable64_size', [], 'i64', EVERYWHERE, { start: true, only32: false, copies: [], chapter: 'stable-memory' }),
  row('stable64_grow', [['new_pages', 'i64']], 'i64', EVERYWHERE, { start: true, only32: false, copies: [], chapter: 'stable-memory' }),
  row('stable64_write', [['offset', 'i64'], ['src', 'i64'], ['size', 'i64']], null, EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'stable-memory' }),
  row('stable64_read', [['dst', 'i64'], ['offset', 'i64'], ['size', 'i64']], null, EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'stable-memory' }),
  row('root_key_size', [], 'I', 'I G U RQ Ry Rt C T', { start: false, only32: false, copies: [], chapter: 'certified-data' }),
  row('root_key_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, 'I G U RQ Ry Rt C T', { start: false, only32: false, copies: ['size'], chapter: 'certified-data' }),
  row('certified_data_set', [['src', 'I'], ['size', 'I']], null, 'I G U Ry Rt T', { start: false, only32: false, copies: ['size'], chapter: 'certified-data' }),
  row('data_certificate_present', [], 'i32', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'certified-data' }),
  row('data_certificate_size', [], 'I', 'NRQ CQ', { start: false, only32: false, copies: [], chapter: 'certified-data' }),
  row('data_certificate_copy', [['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, 'NRQ CQ', { start: false, only32: false, copies: ['size'], chapter: 'certified-data' }),
  row('time', [], 'i64', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'time' }),
  row('global_timer_set', [['timestamp', 'i64']], 'i64', 'I G U Ry Rt C T', { start: false, only32: false, copies: [], chapter: 'global-timer' }),
  row('performance_counter', [['counter_type', 'i32']], 'i64', EVERYWHERE, { start: true, only32: false, copies: [], chapter: 'performance-counter' }),
  row('is_controller', [['src', 'I'], ['size', 'I']], 'i32', EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'controller-check' }),
  row('in_replicated_execution', [], 'i32', EVERYWHERE, { start: true, only32: false, copies: [], chapter: 'replicated-execution-check' }),
  row('cost_call', [['method_name_size', 'i64'], ['payload_size', 'i64'], ['dst', 'I']], null, EVERYWHERE, { start: true, only32: false, copies: [], chapter: 'cycle-cost' }),
  row('cost_create_canister', [['dst', 'I']], null, EVERYWHERE, { start: true, only32: false, copies: [], chapter: 'cycle-cost' }),
  row('cost_http_request', [['request_size', 'i64'], ['max_res_bytes', 'i64'], ['dst', 'I']], null, EVERYWHERE, { start: true, only32: false, copies: [], chapter: 'cycle-cost' }),
  row('cost_sign_with_ecdsa', [['src', 'I'], ['size', 'I'], ['ecdsa_curve', 'i32'], ['dst', 'I']], 'i32', EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'cycle-cost' }),
  row('cost_sign_with_schnorr', [['src', 'I'], ['size', 'I'], ['algorithm', 'i32'], ['dst', 'I']], 'i32', EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'cycle-cost' }),
  row('cost_vetkd_derive_key', [['src', 'I'], ['size', 'I'], ['vetkd_curve', 'i32'], ['dst', 'I']], 'i32', EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'cycle-cost' }),
  row('env_var_count', [], 'I', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'environment-variables' }),
  row('env_var_name_size', [['index', 'I']], 'I', EVERYWHERE, { start: false, only32: false, copies: [], chapter: 'environment-variables' }),
  row('env_var_name_copy', [['index', 'I'], ['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, EVERYWHERE, { start: false, only32: false, copies: ['size'], chapter: 'environment-variables' }),
  row('env_var_name_exists', [['name_src', 'I'], ['name_size', 'I']], 'i32', EVERYWHERE, { start: false, only32: false, copies: ['name_size'], chapter: 'environment-variables' }),
  row('env_var_value_size', [['name_src', 'I'], ['name_size', 'I']], 'I', EVERYWHERE, { start: false, only32: false, copies: ['name_size'], chapter: 'environment-variables' }),
  row('env_var_value_copy', [['name_src', 'I'], ['name_size', 'I'], ['dst', 'I'], ['offset', 'I'], ['size', 'I']], null, EVERYWHERE, { start: false, only32: false, copies: ['name_size', 'size'], chapter: 'environment-variables' }),
  row('debug_print', [['src', 'I'], ['size', 'I']], null, EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'debugging-aids' }),
  row('trap', [['src', 'I'], ['size', 'I']], null, EVERYWHERE, { start: true, only32: false, copies: ['size'], chapter: 'debugging-aids' }),
  row('msg_cycles_available', [], 'i64', 'U RQ Rt Ry', { start: false, only32: true, copies: [], chapter: 'cycles' }),
  row('msg_cycles_refunded', [], 'i64', 'Rt Ry', { start: false, only32: true, copies: [], chapter: 'cycles' }),
  row('msg_cycles_accept', [['max_amount', 'i64']], 'i64', 'U RQ Rt Ry', { start: false, only32: true, copies: [], chapter: 'cycles' }),
  row('canister_cycle_balance', [], 'i64', EVERYWHERE, { start: false, only32: true, copies: [], chapter: 'cycles' }),
  row('call_cycles_add', [['amount', 'i64']], null, 'U Ry Rt T', { start: false, only32: true, copies: [], chapter: 'cycles' }),
  row('stable_size', [], 'i32', EVERYWHERE, { start: true, only32: true, copies: [], chapter: 'stable-memory' }),
  row('stable_grow', [['new_pages', 'i32']], 'i32', EVERYWHERE, { start: true, only32: true, copies: [], chapter: 'stable-memory' }),
  row('stable_write', [['offset', 'i32'], ['src', 'i32'], ['size', 'i32']], null, EVERYWHERE, { start: true, only32: true, copies: ['size'], chapter: 'stable-memory' }),
  row('stable_read', [['dst', 'i32'], ['offset', 'i32'], ['size', 'i32']], null, EVERYWHERE, { start: true, only32: true, copies: ['size'], chapter: 'stable-memory' }),
];

const BY_NAME: ReadonlyMap<string, SystemApiFunction> = new Map(SYSTEM_API.map((f) => [f.name, f]));

/** The function of that name, or undefined. */
export function systemApiFunction(name: string): SystemApiFunction | undefined {
  return BY_NAME.get(name);
}

type CoreType = Exclude<ApiType, 'I'>;

/** A WebAssembly signature. */
interface Signature {
  readonly params: readonly CoreType[];
  readonly results: readonly CoreType[];
}

/** The table by function, for what is asked again and again. */
const derived = <T>(of: (f: SystemApiFunction) => T): ReadonlyMap<SystemApiFunction, T> =>
  new Map(SYSTEM_API.map((f) => [f, of(f)]));

const SIGNATURES: Readonly<Record<PointerWidth, ReadonlyMap<SystemApiFunction, Signature>>> = {
  i32: derived((f) => signature(f, 'i32')),
  i64: derived((f) => signature(f, 'i64')),
};

function signature({ params, result }: SystemApiFunction, width: PointerWidth): Signature {
  const at = (type: ApiType) => (type === 'I' ? width : type);
  return { params: params.map(({ type }) => at(type)), results: result === null ? [] : [at(result)] };
}

/** The WebAssembly signature of a row of the table for a pointer width. */
export function signatureFor(f: SystemApiFunction, width: PointerWidth): Signature {
  return SIGNATURES[width].get(f) ?? signature(f, width);
}

/** Where a function writes to the Wasm memory, as indices of its parameters; -1: it has none of that name. */
interface Writes {
  readonly dst: number;
  /** Copies have their size here; everything else writes an amount of 16 bytes. */
  readonly size: number;
}

const WRITES: ReadonlyMap<SystemApiFunction, Writes> = derived(writes);

function writes({ params }: SystemApiFunction): Writes {
  const dst = params.findIndex(({ name }) => name === 'dst');
  return { dst, size: params.findIndex(({ name }, i) => name === 'size' && i > dst) };
}

const AMOUNT_BYTES = 16n;
/** Most bytes at `dst` that the record of a call shows. */
const SHOWN_BYTES = 32n;

/** Bytes of the Wasm memory. */
interface ByteRange {
  readonly start: bigint;
  readonly size: bigint;
}

/**
 * The bytes of the Wasm memory that a call may write. Undefined where the function has no parameter `dst`.
 * @param args unsigned
 */
export function writtenRange(f: SystemApiFunction, args: readonly bigint[]): ByteRange | undefined {
  const { dst, size } = WRITES.get(f) ?? writes(f);
  const start = args[dst];
  return start === undefined ? undefined : { start, size: args[size] ?? AMOUNT_BYTES };
}

/** The bytes that the record of a call shows: those that it may have written, cut to 32. */
export function shownRange(f: SystemApiFunction, args: readonly bigint[]): ByteRange | undefined {
  const range = writtenRange(f, args);
  return range === undefined || range.size <= SHOWN_BYTES ? range : { start: range.start, size: SHOWN_BYTES };
}

/** Whether a canister of that width may import the function at all. */
export function existsFor(f: SystemApiFunction, width: PointerWidth): boolean {
  return width === 'i32' || !f.only32;
}
