// plumbing: code that writes state of every kind, so that a trap after it has much to undo
import { bytesOf } from '../../spec/vocabulary/brands.js';
import type { CodeInstruction, Statement } from '../../spec/vocabulary/program.js';
import { VALUE_TYPE_CODES } from '../../spec/wasm/types.js';
import { LAYOUT } from '../canister/builder.js';
import { constant, indexOf, MEMORY_BYTES, operation, store, systemCall } from '../canister/expressions.js';
import type { Draw } from '../draw.js';
import { callNew } from './system-calls.js';
import type { Scope } from './scope.js';
import { bitsOrNaN, ENVS, PLENTY } from './values.js';

interface ScribbleOptions {
  /** Table and segment instructions that closed profiles refuse. */
  readonly openWasm: boolean;
  /** How many writes at most. */
  readonly count: number;
}

/** Writes that are possible from the scope's entry point; none of them traps for a canister that is well off. */
export function scribble(s: Scope, options: ScribbleOptions): Statement[] {
  const { draw, program } = s;
  return [
    ...(draw.chance(50) ? readsSegment(s) : []),
    ...draw.sample(writes(s, options), options.count).flatMap((write) => write()),
    ...(program.hasRoom && draw.chance(60) ? farAway(draw) : []),
  ];
}

/** Copies a byte of the first passive segment: where code dropped it and was undone it is there again. */
function readsSegment({ program }: Scope): Statement[] {
  if (!program.hasRoom || program.passiveCount === 0) return [];
  const [to, from, size] = [constant(LAYOUT.scratch), constant(0), constant(1)];
  return [{ kind: 'memory.init', segment: 0, to, from, size }];
}

/** Puts a function into a global, or none. */
function refers(s: Scope, global: number): Statement {
  const { reply, reject } = s.standardCallbacks;
  const value: CodeInstruction = s.draw.chance(75)
    ? ['ref.func', s.draw.pick([reply, reject])]
    : ['ref.null', VALUE_TYPE_CODES.funcref];
  return { kind: 'code', code: [value, ['global.set', global]], results: [] };
}

/** How far from the end of the memory: in the last page at its end, middle and beginning, and on bounds of 4 KiB pages. */
const FROM_THE_END = [8, 8, 16, 0x1004, 0x2ff8, 0x3000, 65_536, 65_536] as const;

/** A write to the last page of the memory as it is now; where that is also the first page, to what nothing else uses. */
export function farAway(draw: Draw): Statement[] {
  const back = draw.pick(FROM_THE_END);
  const at = operation('sub', MEMORY_BYTES, constant(back));
  const size = constant(draw.pick([1, 8, Math.min(back, 0x40)]));
  return [
    draw.weighted<Statement>([
      [3, { kind: 'store', address: at, value: constant(draw.bits(64)), bytes: draw.pick([1, 2, 4, 8, 8] as const) }],
      [1, { kind: 'memory.fill', address: at, byte: constant(draw.int(1, 255)), size }],
      [1, { kind: 'memory.copy', to: at, from: constant(LAYOUT.constants), size }],
    ]),
  ];
}

function writes(s: Scope, { openWasm }: ScribbleOptions): (() => Statement[])[] {
  const { draw, program } = s;
  const list: (() => Statement[])[] = [];
  const offer = (name: string, write: () => Statement[]) => {
    if (s.available(name)) list.push(write);
  };
  if (program.hasRoom) {
    list.push(() => [store(LAYOUT.cells + 8 * draw.int(1, 8), constant(draw.chance(10) ? 0n : draw.bits(64)))]);
    list.push(() => [
      {
        kind: 'memory.fill',
        address: constant(LAYOUT.cells + 0x100),
        byte: constant(draw.int(1, 255)),
        size: constant(draw.int(1, 64)),
      },
    ]);
    list.push(() => [{ kind: 'memory.grow', pages: constant(draw.int(0, 2)), log: true }, ...farAway(draw)]);
    offer('certified_data_set', () => [
      systemCall('certified_data_set', s.scratch(), constant(draw.chance(15) ? 0 : draw.int(1, 32))),
    ]);
    offer('stable64_grow', () => [
      systemCall('stable64_grow', constant(1)),
      systemCall('stable64_write', constant(draw.pick([0, 8, 4090])), s.scratch(), constant(draw.int(1, 32))),
    ]);
    offer('cycles_burn128', () => [systemCall('cycles_burn128', constant(0), constant(some(draw)), s.scratch())]);
    offer('msg_cycles_accept128', () => [
      systemCall('msg_cycles_accept128', constant(0), constant(draw.pick([1_000_000n, PLENTY])), s.scratch()),
    ]);
  }
  program.globals.forEach(({ type }, index) => {
    if (type === 'funcref') list.push(() => [refers(s, index)]);
    else if (type !== 'externref') {
      list.push(() => [{ kind: 'set global', index, value: constant(draw.chance(10) ? 0n : bitsOrNaN(draw)) }]);
    }
  });
  offer('global_timer_set', () => [
    // What was set may be taken back, too.
    systemCall(
      'global_timer_set',
      constant(draw.chance(20) ? 0n : s.time + 3_600_000_000_000n + BigInt(draw.int(1, 1 << 30))),
    ),
  ]);
  offer('call_new', () => aCall(s));
  offer('debug_print', () => {
    const text = program.text('about to trap');
    return [systemCall('debug_print', text.address, text.size)];
  });
  offer('msg_reply_data_append', () => [
    systemCall('msg_reply_data_append', s.scratch(), constant(program.hasRoom ? 8 : 0)),
  ]);
  const passive = program.passiveCount;
  if (passive > 0) list.push(() => [{ kind: 'data.drop', segment: draw.below(passive) }]);
  if (program.elements.length > 0) {
    const segment = draw.below(program.elements.length);
    list.push(() => [{ kind: 'elem.drop', segment }]);
    if (openWasm) {
      list.push(() => [{ kind: 'table.grow', by: constant(draw.int(0, 3)), function: null, log: true }]);
      list.push(() => [{ kind: 'table.set', index: constant(0), function: null }]);
      list.push(() => [{ kind: 'table.copy', to: constant(0), from: constant(1), size: constant(1) }]);
      list.push(() => [{ kind: 'table.fill', to: constant(0), function: null, size: constant(1) }]);
    }
  }
  return list;
}

/** A few cycles, or so many that they are missed. */
function some(draw: Draw): bigint {
  return draw.chance(30) ? PLENTY : BigInt(draw.int(0, 1_000_000));
}

/** A call that is performed, or left under construction; its response comes later, unless the execution traps. */
function aCall(s: Scope): Statement[] {
  if (s.peers.length === 0) return [];
  const { reply, reject, cleanup } = s.standardCallbacks;
  const peer = s.draw.pick(s.peers);
  return [
    callNew(s, {
      callee: bytesOf(peer.canister),
      method: s.callsQueries ? peer.query : s.draw.pick([peer.replies, peer.rejects]),
      // Only who is asked to run a callback looks whether it is there.
      reply: s.draw.chance(15) ? constant(999) : indexOf(reply),
      reject: indexOf(reject),
      env: s.draw.pick(ENVS),
    }),
    ...(s.draw.chance(30) ? [systemCall('call_on_cleanup', indexOf(cleanup), constant(s.draw.pick(ENVS)))] : []),
    ...(s.available('call_cycles_add128')
      ? [systemCall('call_cycles_add128', constant(0), constant(some(s.draw)))]
      : []),
    ...(s.draw.chance(20) ? [] : [systemCall('call_perform')]),
  ];
}
