// plumbing: what can be told of a system call from the trace before it
import type { CanisterDigest, ExecutionRecord, SystemCallRecord } from '../../spec/vocabulary/record.js';
import type { Profile } from '../../spec/profiles/profile.js';
import { shownRange, systemApiFunction, writtenRange } from '../../spec/system-api.js';
import type { Aspect } from './divergence.js';

const PAGE = 65_536n;
const GIB4 = 1n << 32n;
const AMOUNT_BYTES = 16n;

/** Sizes in pages of the memories as the execution saw them at most. */
interface MemorySizes {
  readonly wasmPages: bigint;
  readonly stablePages: bigint;
}

/** The larger of the sizes before and after a transition: a memory only grows while an execution runs. */
export function memorySizes(before: CanisterDigest | undefined, after: CanisterDigest | undefined): MemorySizes {
  const larger = (a: bigint | undefined, b: bigint | undefined) => ((a ?? 0n) > (b ?? 0n) ? (a ?? 0n) : (b ?? 0n));
  return {
    wasmPages: larger(before?.wasmPages, after?.wasmPages),
    stablePages: larger(before?.stablePages, after?.stablePages),
  };
}

/** The aspects of system call number `index` of an execution. */
export function aspectsOf(
  execution: ExecutionRecord,
  index: number,
  sizes: MemorySizes,
  profile: Profile,
): ReadonlySet<Aspect> {
  const aspects = new Set<Aspect>();
  const call = execution.trace[index];
  if (call === undefined) return aspects;

  if (outOfBounds(call, sizes.wasmPages * PAGE)) aspects.add('memory-bounds');
  if (sizes.stablePages * PAGE > GIB4) aspects.add('stable-over-4gib');

  const before = execution.trace.slice(0, index).filter(({ trap }) => trap === undefined);
  const used = (...names: string[]) => before.some(({ name }) => names.includes(name));
  if (used('msg_reply', 'msg_reject')) aspects.add('after-response');
  if (used('msg_cycles_accept', 'msg_cycles_accept128')) aspects.add('after-accept');

  const opened = before.findLastIndex(({ name }) => name === 'call_new');
  const performed = before.findLast(({ name }, i) => i > opened && name === 'call_perform');
  if (opened < 0 || performed !== undefined) aspects.add('outside-builder');
  if (performed !== undefined) aspects.add(performed.result === 0n ? 'after-perform' : 'after-failed-perform');
  const building = before.slice(Math.max(opened, 0));
  if (building.some(({ name }) => name === call.name)) aspects.add('again');
  if (building.some(({ name }) => name === 'call_cycles_add' || name === 'call_cycles_add128'))
    aspects.add('after-attach');

  if (opened > 0 && droppedWithCycles(before.slice(0, opened + 1))) aspects.add('after-dropped-call');

  const appended = building
    .filter(({ name }) => name === call.name)
    .reduce((sum, { args }) => sum + (args[1] ?? 0n), call.args[1] ?? 0n);
  const limit = call.name === 'call_data_append' ? profile.limits.callBytes : profile.limits.replyBytes;
  if (appended >= BigInt(limit)) aspects.add('over-limit');
  return aspects;
}

/** Whether cycles were added to a call that the last call_new replaced before it was performed. */
function droppedWithCycles(calls: readonly SystemCallRecord[]): boolean {
  let attached = false;
  return calls.some(({ name }) => {
    if (name === 'call_perform') attached = false;
    if (name === 'call_cycles_add' || name === 'call_cycles_add128') attached = true;
    const dropped = name === 'call_new' && attached;
    if (name === 'call_new') attached = false;
    return dropped;
  });
}

/**
 * Whether an address range of the arguments ends beyond so many bytes. One that ends there counts as well where the call must not trap:
 * there bounds are tested wrongly, if they are. The empty range at 0 does not. Ranges are known by the names of the parameters.
 */
function outOfBounds(call: SystemCallRecord, bytes: bigint): boolean {
  const params = systemApiFunction(call.name)?.params ?? [];
  const ends = (end: bigint): boolean => end > bytes || (call.trap === undefined && end === bytes && end > 0n);
  return params.some(({ name }, i) => {
    const address = call.args[i] ?? 0n;
    if (name === 'dst' && !params.some((p) => p.name === 'size' || p.name === 'name_size'))
      return ends(address + AMOUNT_BYTES);
    if (name === 'dst' && call.name.startsWith('cost_')) return ends(address + AMOUNT_BYTES);
    if (name !== 'dst' && name !== 'src' && !name.endsWith('_src')) return false;
    const sizeName = name.endsWith('_src') ? name.replace('_src', '_size') : 'size';
    const size = call.args[params.findIndex((p) => p.name === sizeName)] ?? 0n;
    return ends(address + size);
  });
}

/** Whether a system call that returned may have written more to the Wasm memory than its record shows. */
export function writesUnseen({ name, args, trap }: SystemCallRecord): boolean {
  const f = trap === undefined ? systemApiFunction(name) : undefined;
  return f !== undefined && (writtenRange(f, args)?.size ?? 0n) > (shownRange(f, args)?.size ?? 0n);
}
