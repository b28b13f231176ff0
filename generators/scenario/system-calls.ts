// table: how a generated canister calls each System API function — well, at the boundaries of its arguments, and bare
import { bytesOf } from '../../spec/vocabulary/brands.js';
import { Crash } from '../../spec/vocabulary/engine.js';
import { SYSTEM_API, systemApiFunction, type SystemApiFunction } from '../../spec/system-api.js';
import type { Expression, Statement } from '../../spec/vocabulary/program.js';
import {
  constant,
  indexOf,
  logMemory,
  MEMORY_BYTES,
  operation,
  resultOf,
  systemCall,
  variable,
  when,
  ZERO,
} from '../canister/expressions.js';
import {
  amount,
  ENVS,
  HUGE,
  KEY_NAMES,
  MASK_64,
  NOT_UTF8,
  PAGE_COUNTS,
  principalBytes,
  SMALL_AMOUNTS,
  TEXTS,
  TIMES,
} from './values.js';
import type { Scope } from './scope.js';

type Recipe = (s: Scope) => Statement[];

const high = (n: bigint) => constant(n >> 64n);
const low = (n: bigint) => constant(n & MASK_64);

/** Logs the 16 bytes that the call wrote. */
function amountAt(name: string, s: Scope, ...args: readonly Expression[]): Statement[] {
  const dst = s.scratch();
  return [systemCall(name, ...args, dst), ...observed(s, dst, constant(16))];
}

function observed(s: Scope, address: Expression, size: Expression): Statement[] {
  return s.program.hasRoom ? [logMemory(address, size)] : [];
}

/** `*_copy` of a blob of which `*_size` tells the length; `before`: arguments that both take. */
function copied(s: Scope, sizeCall: string, copyCall: string, before: readonly Expression[] = []): Statement[] {
  const n = s.fresh();
  const dst = s.scratch();
  const room = s.program.hasRoom ? constant(s.draw.pick([0x3f, 0x3f, 0x1f, 1, 0])) : ZERO;
  // n & mask is at most n: the range is within the blob, and within the scratch region.
  const size = operation('and', variable(n), room);
  const offset = s.draw.chance(50) ? ZERO : operation('sub', variable(n), size);
  const args = copyCall === 'env_var_value_copy' ? [...before, dst, offset, size] : [...before, dst, offset, size];
  return [resultOf(sizeCall, n, ...before), systemCall(copyCall, ...args), ...observed(s, dst, size)];
}

const blobSize =
  (blob: string): Recipe =>
  () => [systemCall(`${blob}_size`)];
const blobCopy =
  (blob: string): Recipe =>
  (s) =>
    copied(s, `${blob}_size`, `${blob}_copy`);

/** A range to copy from: constants that are UTF-8, and some memory. */
function source(s: Scope, limit = 200): readonly [Expression, Expression] {
  const texts = TEXTS.filter((text) => text.length <= limit).slice(0, 4);
  const blob = s.program.blob(s.draw.pick(texts));
  return [blob.address, blob.size];
}

function environmentName(s: Scope): readonly [Expression, Expression] {
  const blob = s.program.text(s.environment[0]?.name ?? '');
  return [blob.address, blob.size];
}

/** A variable's name, or one that is like it and is another: in its case, in its form, or by a character. */
function likeAName(s: Scope): readonly [Expression, Expression] {
  const name = s.environment.length > 0 ? s.draw.pick(s.environment).name : '';
  const alike = [name, name.toLowerCase(), name.normalize('NFD'), `${name} `, `${name}\u0000`, name.slice(0, -1)];
  const blob = s.program.text(s.draw.pick(alike));
  return [blob.address, blob.size];
}

function keyName(s: Scope): readonly [Expression, Expression] {
  const blob = s.program.text(s.draw.pick(KEY_NAMES));
  return [blob.address, blob.size];
}

/** Which callbacks a call names. */
interface CallTarget {
  readonly callee: Uint8Array;
  readonly method: string | Uint8Array;
  readonly reply: Expression;
  readonly reject: Expression;
  /** An expression: the same for both callbacks. */
  readonly env?: bigint | Expression;
  /** Absent: another than that of the reply callback. */
  readonly rejectEnv?: bigint;
}

/** call_new with constant callee and method. */
export function callNew(s: Scope, target: CallTarget): Statement {
  const callee = s.program.blob(target.callee);
  const method = typeof target.method === 'string' ? s.program.text(target.method) : s.program.blob(target.method);
  const { env = 0n } = target;
  const [replyEnv, rejectEnv] =
    typeof env === 'bigint' ? [constant(env), constant(target.rejectEnv ?? env ^ 0x55n)] : [env, env];
  return systemCall(
    'call_new',
    callee.address,
    callee.size,
    method.address,
    method.size,
    target.reply,
    replyEnv,
    target.reject,
    rejectEnv,
  );
}

/** A call to a peer (or to nobody) with the standard callbacks. */
export function standardCall(s: Scope): Statement {
  const { reply, reject } = s.standardCallbacks;
  const callbacks = { reply: indexOf(reply), reject: indexOf(reject), env: s.draw.pick(ENVS) };
  if (s.peers.length === 0) return callNew(s, { callee: bytesOf('' as never), method: 'no_such_method', ...callbacks });
  const peer = s.draw.pick(s.peers);
  const method = s.callsQueries
    ? peer.query
    : s.draw.weighted([
        [4, peer.replies],
        [2, peer.rejects],
        [1, 'no such method'],
      ]);
  return callNew(s, { callee: bytesOf(peer.canister), method, ...callbacks });
}

const building =
  (call: (s: Scope) => Statement): Recipe =>
  (s) => [standardCall(s), call(s)];

function grown(): Statement {
  return systemCall('stable64_grow', constant(2));
}

/** An offset in the first pages of the stable memory; a range from the last one goes over the end of a page. */
function stableOffset(s: Scope): Expression {
  return constant(s.draw.pick([0, 0, 8, 4088, 4096, 65_500]));
}

/** Each function so that it succeeds where it is available, with what it needs before it, and a look at what it wrote. */
const RECIPES: Readonly<Record<string, Recipe>> = {
  msg_arg_data_size: blobSize('msg_arg_data'),
  msg_arg_data_copy: blobCopy('msg_arg_data'),
  msg_caller_size: blobSize('msg_caller'),
  msg_caller_copy: blobCopy('msg_caller'),
  msg_caller_info_data_size: blobSize('msg_caller_info_data'),
  msg_caller_info_data_copy: blobCopy('msg_caller_info_data'),
  msg_caller_info_signer_size: blobSize('msg_caller_info_signer'),
  msg_caller_info_signer_copy: blobCopy('msg_caller_info_signer'),
  msg_reject_code: () => [systemCall('msg_reject_code')],
  msg_reject_msg_size: blobSize('msg_reject_msg'),
  msg_reject_msg_copy: blobCopy('msg_reject_msg'),
  msg_deadline: () => [systemCall('msg_deadline')],
  msg_reply_data_append: (s) => [systemCall('msg_reply_data_append', ...source(s))],
  msg_reply: () => [systemCall('msg_reply')],
  msg_reject: (s) => [systemCall('msg_reject', ...source(s))],
  msg_cycles_available128: (s) => amountAt('msg_cycles_available128', s),
  msg_cycles_refunded128: (s) => amountAt('msg_cycles_refunded128', s),
  msg_cycles_accept128: (s) => {
    const max = amount(s.draw);
    return amountAt('msg_cycles_accept128', s, high(max), low(max));
  },
  cycles_burn128: (s) => {
    const max = s.draw.pick(SMALL_AMOUNTS);
    return amountAt('cycles_burn128', s, high(max), low(max));
  },
  canister_self_size: blobSize('canister_self'),
  canister_self_copy: blobCopy('canister_self'),
  canister_cycle_balance128: (s) => amountAt('canister_cycle_balance128', s),
  canister_liquid_cycle_balance128: (s) => amountAt('canister_liquid_cycle_balance128', s),
  canister_status: () => [systemCall('canister_status')],
  canister_version: () => [systemCall('canister_version')],
  subnet_self_size: blobSize('subnet_self'),
  subnet_self_copy: blobCopy('subnet_self'),
  msg_method_name_size: blobSize('msg_method_name'),
  msg_method_name_copy: blobCopy('msg_method_name'),
  accept_message: () => [systemCall('accept_message')],
  call_new: (s) => [standardCall(s)],
  call_on_cleanup: building((s) =>
    systemCall('call_on_cleanup', indexOf(s.standardCallbacks.cleanup), constant(s.draw.pick(ENVS))),
  ),
  call_data_append: building((s) => systemCall('call_data_append', ...source(s))),
  call_with_best_effort_response: building((s) =>
    systemCall('call_with_best_effort_response', constant(s.draw.pick([0, 1, 10, 299, 300, 301, 0xffffffff]))),
  ),
  call_cycles_add128: building((s) => {
    const n = s.draw.pick(SMALL_AMOUNTS);
    return systemCall('call_cycles_add128', high(n), low(n));
  }),
  call_cycles_add: building((s) => systemCall('call_cycles_add', constant(s.draw.pick(SMALL_AMOUNTS)))),
  call_perform: building(() => systemCall('call_perform')),
  stable64_size: () => [systemCall('stable64_size')],
  stable64_grow: (s) => [systemCall('stable64_grow', constant(s.draw.pick([0, 1, 2])))],
  stable64_write: (s) => [
    grown(),
    systemCall('stable64_write', stableOffset(s), s.scratch(), constant(s.draw.pick([0, 1, 8, 64]))),
  ],
  stable64_read: (s) => {
    const dst = s.scratch();
    const size = constant(s.program.hasRoom ? s.draw.pick([0, 1, 8, 64]) : 0);
    return [grown(), systemCall('stable64_read', dst, stableOffset(s), size), ...observed(s, dst, size)];
  },
  stable_size: () => [systemCall('stable_size')],
  stable_grow: (s) => [systemCall('stable_grow', constant(s.draw.pick([0, 1, 2])))],
  stable_write: (s) => [
    grown(),
    systemCall('stable_write', stableOffset(s), s.scratch(), constant(s.draw.pick([0, 1, 8, 64]))),
  ],
  stable_read: (s) => {
    const dst = s.scratch();
    const size = constant(s.program.hasRoom ? s.draw.pick([0, 1, 8, 64]) : 0);
    return [grown(), systemCall('stable_read', dst, stableOffset(s), size), ...observed(s, dst, size)];
  },
  root_key_size: blobSize('root_key'),
  root_key_copy: blobCopy('root_key'),
  certified_data_set: (s) => [
    systemCall('certified_data_set', s.scratch(), constant(s.program.hasRoom ? s.draw.pick([0, 1, 31, 32]) : 0)),
  ],
  data_certificate_present: () => [systemCall('data_certificate_present')],
  data_certificate_size: blobSize('data_certificate'),
  // Below the root of a query call there is no certificate, and data_certificate_size traps before the copy is reached.
  data_certificate_copy: (s) =>
    s.entryPoint.endsWith('below')
      ? [barelyCalled('data_certificate_copy', s)]
      : copied(s, 'data_certificate_size', 'data_certificate_copy'),
  time: () => [systemCall('time')],
  global_timer_set: (s) => [systemCall('global_timer_set', constant(timer(s)))],
  performance_counter: (s) => [systemCall('performance_counter', constant(s.draw.below(2)))],
  is_controller: (s) => {
    const bytes = principalBytes(
      s.draw,
      s.peers.map(({ canister }) => canister),
    );
    const blob = s.program.blob(bytes.subarray(0, 29));
    return [systemCall('is_controller', blob.address, blob.size)];
  },
  in_replicated_execution: () => [systemCall('in_replicated_execution')],
  cost_call: (s) =>
    amountAt('cost_call', s, constant(s.draw.pick([0, 4, 20_000])), constant(s.draw.pick([0n, 100n, MASK_64]))),
  cost_create_canister: (s) => amountAt('cost_create_canister', s),
  cost_http_request: (s) =>
    amountAt(
      'cost_http_request',
      s,
      constant(s.draw.pick([0n, 100n, MASK_64])),
      constant(s.draw.pick([0n, 2_000_000n, MASK_64])),
    ),
  cost_sign_with_ecdsa: (s) => signing('cost_sign_with_ecdsa', s),
  cost_sign_with_schnorr: (s) => signing('cost_sign_with_schnorr', s),
  cost_vetkd_derive_key: (s) => signing('cost_vetkd_derive_key', s),
  env_var_count: () => [systemCall('env_var_count')],
  env_var_name_size: (s) => ifAny(s, [systemCall('env_var_name_size', ZERO)]),
  env_var_name_copy: (s) => ifAny(s, copied(s, 'env_var_name_size', 'env_var_name_copy', [ZERO])),
  env_var_name_exists: (s) => [
    systemCall('env_var_name_exists', ...(s.draw.chance(50) ? environmentName(s) : likeAName(s))),
  ],
  env_var_value_size: (s) => ifAny(s, [systemCall('env_var_value_size', ...environmentName(s))]),
  env_var_value_copy: (s) => ifAny(s, copied(s, 'env_var_value_size', 'env_var_value_copy', environmentName(s))),
  debug_print: (s) => [systemCall('debug_print', ...source(s))],
  trap: (s) => [systemCall('trap', ...source(s))],
  msg_cycles_available: () => [systemCall('msg_cycles_available')],
  msg_cycles_refunded: () => [systemCall('msg_cycles_refunded')],
  msg_cycles_accept: (s) => [systemCall('msg_cycles_accept', constant(s.draw.pick([0n, 1n, 1_000_000n, MASK_64])))],
  canister_cycle_balance: () => [systemCall('canister_cycle_balance')],
};

/** The variable may be gone by then (settings): asks first. */
function ifAny(s: Scope, body: Statement[]): Statement[] {
  if (s.environment.length > 0) return body;
  const n = s.fresh();
  return [resultOf('env_var_count', n), when(variable(n), body)];
}

/** Any time, past or future; the timer's own code sets it to the future only, or it would run again at once and for ever. */
function timer(s: Scope): bigint {
  if (s.entryPoint === 'canister_global_timer') return s.draw.pick([0n, s.time + 3_600_000_000_000n, (1n << 64n) - 1n]);
  return s.draw.chance(50) ? s.time + BigInt(s.draw.pick([0, 1, 1_000_000_000, 60_000_000_000])) : s.draw.pick(TIMES);
}

function signing(name: string, s: Scope): Statement[] {
  return amountAt(name, s, ...keyName(s), constant(s.draw.pick([0, 0, 1, 2])));
}

/** The System API function, called so that it succeeds where it is available. @throws Crash for a name that has no recipe */
export function wellCalled(name: string, s: Scope): Statement[] {
  const recipe = RECIPES[name];
  if (recipe === undefined) throw new Crash(`no recipe for ic0.${name}`);
  return recipe(s);
}

/** Names that have a recipe. */
export const RECIPE_NAMES: readonly string[] = Object.keys(RECIPES);

/** The function alone, with modest arguments: what shows that it is not available here. */
export function barelyCalled(name: string, s: Scope): Statement {
  const f = required(name);
  const args = f.params.map(({ name: param }): Expression => {
    if (param === 'dst' || param.endsWith('src')) return s.scratch();
    return constant(param.includes('size') ? s.draw.pick([0, 1, 8]) : s.draw.below(2));
  });
  return systemCall(name, ...args);
}

function required(name: string): SystemApiFunction {
  const f = systemApiFunction(name);
  if (f === undefined) throw new Crash(`no System API function ic0.${name}`);
  return f;
}

/** An offset and a size whose sum is 0 or 1 where it wraps at the width. */
function wrapping({ draw }: Scope): readonly [Expression, Expression] {
  const size = draw.pick([1n, 8n, 16n]);
  return [constant((1n << 64n) - size), constant(size + BigInt(draw.int(0, 1)))];
}

/**
 * The function with what it needs before it, and arguments at a boundary: the exact end of memory, one beyond, sums that wrap,
 * lengths around those of the blob, amounts around 2^64 and 2^128, bytes that are not UTF-8. Often traps.
 */
export function calledAtBoundary(name: string, s: Scope): Statement[] {
  const f = required(name);
  const body = wellCalled(name, s);
  const at = body.findLastIndex((statement) => statement.kind === 'system call' && statement.name === name);
  const call = body[at];
  if (call === undefined || call.kind !== 'system call') return body;
  if (name === 'global_timer_set' && s.entryPoint === 'canister_global_timer') return body;
  const args = [...call.args];
  const param = (wanted: string) => f.params.findIndex((p) => p.name === wanted || p.name.endsWith(`_${wanted}`));
  const pointer = Math.max(param('dst'), param('src'));
  const size = param('size');
  const offset = param('offset');
  if (pointer >= 0 && s.draw.chance(60)) {
    const length = size >= 0 ? constant(s.draw.pick([0, 0, 1, 16])) : constant(16);
    const end = operation('sub', MEMORY_BYTES, length);
    args[pointer] = s.draw.weighted<Expression>([
      [3, end],
      [3, operation('add', end, constant(1))],
      [2, MEMORY_BYTES],
      [2, constant(s.draw.pick(HUGE))],
    ]);
    if (size >= 0) args[size] = length;
  } else if (offset >= 0 && size >= 0) {
    const [a, b] = s.draw.weighted<() => readonly [Expression, Expression]>([
      [1, () => [args[size] ?? ZERO, ZERO]],
      [1, () => [operation('add', args[offset] ?? ZERO, constant(1)), args[size] ?? ZERO]],
      [1, () => [constant(s.draw.pick(HUGE)), constant(s.draw.pick([0, 1, 16]))]],
      [1, () => [operation('add', args[offset] ?? ZERO, args[size] ?? ZERO), ZERO]],
      [2, () => wrapping(s)],
    ])();
    args[offset] = a;
    args[size] = b;
  } else if (pointer >= 0 && size >= 0) {
    const bytes = s.draw.weighted<() => Uint8Array>([
      [3, () => s.draw.pick(NOT_UTF8)],
      [3, () => principalBytes(s.draw, [])],
      [1, () => s.draw.bytes(33)],
      [1, () => s.draw.bytes(129)],
    ])();
    const blob = s.program.blob(bytes);
    args[pointer] = blob.address;
    args[size] = blob.size;
  } else {
    f.params.forEach(({ name: p, type }, i) => {
      if (p === 'dst') return;
      if (p.startsWith('new_pages')) args[i] = constant(s.draw.pick(PAGE_COUNTS));
      else if (p.endsWith('high')) args[i] = constant(s.draw.pick([0n, 1n, MASK_64]));
      else if (type === 'i64')
        args[i] = constant(s.draw.pick([0n, 1n, 1n << 63n, MASK_64 - 1n, MASK_64, amount(s.draw) & MASK_64]));
      else if (p === 'index')
        args[i] = s.draw.chance(40)
          ? constant(s.draw.pick(HUGE))
          : constant(s.draw.pick([0, 1, 2, 3].map((more) => s.environment.length - 1 + more)));
      else args[i] = constant(s.draw.pick([0n, 1n, 2n, 3n, 0x100n, 0x8000_0000n, 0xffff_ffffn]));
    });
  }
  const end = logMemory(operation('sub', MEMORY_BYTES, constant(16)), constant(16));
  return [
    ...body.slice(0, at),
    { ...call, args },
    ...body.slice(at + 1),
    ...(pointer >= 0 && s.program.hasRoom ? [end] : []),
  ];
}

/** Everything that the import table lists, for the pointer width. */
export const ALL_NAMES: readonly string[] = SYSTEM_API.map(({ name }) => name);
