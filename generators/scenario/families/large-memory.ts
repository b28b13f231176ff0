// plumbing: stories about memories of many pages, and about what lies beyond the first one — canister-interface.md#entry-points
import type { CodeInstruction, Expression, Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  indexOf,
  load,
  logMemory,
  MEMORY_BYTES,
  operation,
  store,
  systemCall,
} from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable } from '../mission-scenario.js';
import { farAway } from '../scribble.js';
import type { Scope } from '../scope.js';
import type { StagedCanister } from '../stage.js';
import { install } from '../steps.js';
import { callNew } from '../system-calls.js';
import { mostPages } from './cycle-statements.js';
import { add, composite, grows, happens, query, respond, type Stories, type Teller, update } from './story.js';

const append = (address: Expression, size: number) => systemCall('msg_reply_data_append', address, constant(size));
const trap = (draw: Draw): Statement => ({
  kind: 'trap',
  means: draw.pick(['unreachable', 'store beyond the end', 'i32.div_s by zero', 'memory.fill beyond the end']),
});

const PAGE = 65_536;
/** Engines keep small memories in another way than large ones: where one ends and the other begins, somebody chose a round number of pages. */
const ROUND = [64, 64, 128] as const;

/** Addresses in pages from the second on: at bounds of 4 KiB pages and across them, at the beginning and the end of Wasm pages. */
function places(draw: Draw, pages: number, count: number): number[] {
  const within = [0, 8, 4_095, 4_096 - 4, 32_768 - 15, 61_440, PAGE - 16, 8 * draw.below(8_000)];
  const all = Array.from({ length: pages - 1 }, (_, i) => i + 1);
  // The last page in any case.
  const chosen = new Set([pages - 1, ...draw.sample(all, count - 1)]);
  return [...chosen].map((page) => page * PAGE + draw.pick(within));
}

/** Sixteen bytes at once: what begins in one page ends in the next. */
function vectorStore(s: Scope, at: number): Statement {
  const code: CodeInstruction[] = [
    [`${s.width}.const`, BigInt(at)],
    ['v128.const', s.draw.bits(128)],
    ['v128.store', 0, 0n],
  ];
  return { kind: 'code', code, results: [] };
}

/** Sixteen bytes across the beginning of a 4 KiB page, then eight more in it: what comes first there was not its own store. */
function acrossPages({ width, draw }: Scope, near: number): Statement {
  const page = near - (near % 4_096);
  const code: CodeInstruction[] = [
    [`${width}.const`, BigInt(page - draw.int(1, 15))],
    ['v128.const', draw.bits(128)],
    ['v128.store', 0, 0n],
    [`${width}.const`, BigInt(page + 100)],
    ['i64.const', draw.bits(64)],
    ['i64.store', 0, 0n],
  ];
  return { kind: 'code', code, results: [] };
}

/** Eight bytes at a static offset, often in another 4 KiB page than the address itself. */
function offsetStore(s: Scope, near: number): Statement {
  const offset = s.draw.pick([1, 40, 64, 200, 4_000]);
  const at = near - (near % 4_096) + s.draw.int(0, offset);
  const code: CodeInstruction[] = [
    [`${s.width}.const`, BigInt(at - offset)],
    ['i64.const', s.draw.bits(64)],
    ['i64.store', 0, BigInt(offset)],
  ];
  return { kind: 'code', code, results: [] };
}

/** A lane of a vector. */
function laneStore({ width, draw }: Scope, at: number): Statement {
  const [mnemonic, lanes] = draw.pick([
    ['v128.store8_lane', 16],
    ['v128.store16_lane', 8],
    ['v128.store32_lane', 4],
    ['v128.store64_lane', 2],
  ] as const);
  const code: CodeInstruction[] = [
    [`${width}.const`, BigInt(at)],
    ['v128.const', draw.bits(128)],
    [mnemonic, 0, 0n, draw.below(lanes)],
  ];
  return { kind: 'code', code, results: [] };
}

/** A copy by a system call over three 4 KiB pages and more, with a byte that is not zero in each of them. */
function overSeveralPages(near: number): Statement[] {
  const size = 13_000;
  return [
    store(LAYOUT.scratch, constant(0x77)),
    systemCall('stable64_grow', constant(1)),
    ...[0, 1, 2, 3].map((page) =>
      systemCall('stable64_write', constant(page * 4_096), constant(LAYOUT.scratch), constant(1)),
    ),
    systemCall('stable64_read', constant(near - size), constant(0), constant(size)),
  ];
}

/**
 * A single byte, or hardly more, that a system call writes, and nobody else in its page: the last of a 4 KiB page, the first of one, or both.
 */
function fewBytes({ draw }: Scope, near: number): Statement[] {
  const next = near - (near % 4_096) + (near % 4_096 < 2_048 ? 0 : 4_096);
  // The page after the last one of 64 KiB may not be there.
  const ends = next > near && next % PAGE === 0;
  const first = (size: number) => [constant(next + 1 - size), constant(10 - size), constant(size)] as const;
  const last = [constant(next - 1), constant(9), constant(1)] as const;
  // The last byte of a canister id is not zero.
  const copy = (args: readonly Expression[]) => systemCall('canister_self_copy', ...args);
  if (ends) return [copy(last)];
  return draw.pick([
    [copy(last)],
    [copy(first(1))],
    [copy(last), copy(first(1))],
    [copy(first(draw.pick([2, 10])))],
    [systemCall('msg_caller_copy', constant(near), constant(0), constant(1))],
    overSeveralPages(near),
    [
      store(LAYOUT.scratch, constant(draw.int(1, 255))),
      systemCall('stable64_grow', constant(1)),
      systemCall('stable64_write', constant(0), constant(LAYOUT.scratch), constant(1)),
      systemCall('stable64_read', constant(near), constant(0), constant(1)),
    ],
  ]);
}

/** From a passive segment of at least 16 bytes. */
function initialized(draw: Draw, at: number): Statement {
  return { kind: 'memory.init', segment: 0, to: constant(at), from: constant(draw.below(4)), size: constant(12) };
}

/** One of the largest addresses or static offsets, which are beyond every memory: it traps. */
function farAccess(s: Scope): Statement {
  const offset = (s.width === 'i32' ? 1n << 32n : 1n << 64n) - s.draw.pick([1n, 8n, 65_536n, 1n << 19n, 1n << 20n]);
  if (s.draw.chance(40)) {
    const [far, near] = [constant(offset), constant(LAYOUT.scratch)];
    const size = constant(s.draw.pick([0, 1, 16]));
    return s.draw.pick<Statement>([
      { kind: 'memory.fill', address: far, byte: constant(7), size },
      { kind: 'memory.copy', to: far, from: near, size },
      { kind: 'memory.copy', to: near, from: far, size },
      ...(s.program.passiveCount > 0
        ? [{ kind: 'memory.init', segment: 0, to: far, from: constant(0), size } as const]
        : []),
    ]);
  }
  const address: CodeInstruction = [`${s.width}.const`, BigInt(s.draw.pick([0, 8, 65_536]))];
  const code: CodeInstruction[] = s.draw.chance(50)
    ? [address, ['i32.load8_u', 0, offset], ['drop']]
    : [address, ['i32.const', 7n], ['i32.store8', 0, offset]];
  return { kind: 'code', code, results: [] };
}

/** Up to the last byte that there is. */
function fillToEnd(draw: Draw): Statement {
  const size = constant(draw.pick([1, 16, 5_000]));
  return {
    kind: 'memory.fill',
    address: operation('sub', MEMORY_BYTES, size),
    byte: constant(draw.int(1, 255)),
    size,
  };
}

/** Writes to each of the places, each in a way of its own. */
function spread(s: Scope, at: readonly number[]): Statement[] {
  const { draw } = s;
  const ways: ((place: number) => Statement | Statement[])[] = [
    (place) => fewBytes(s, place),
    (place) => store(place, constant(draw.bits(64)), draw.pick([1, 2, 4, 8] as const)),
    (place) => store(place, constant(draw.bits(64))),
    (place) => vectorStore(s, place),
    (place) => offsetStore(s, place),
    (place) => acrossPages(s, place),
    (place) => laneStore(s, place),
    ...(s.program.passiveCount > 0 ? [(place: number) => initialized(draw, place)] : []),
    () => fillToEnd(draw),
    (place) => ({
      kind: 'memory.fill',
      address: constant(place),
      byte: constant(draw.int(1, 255)),
      size: constant(draw.pick([1, 16, place % PAGE < 50_000 ? 9_000 : 16])),
    }),
    (place) => ({ kind: 'memory.copy', to: constant(place), from: constant(draw.pick(at)), size: constant(16) }),
    (place) => ({ kind: 'memory.copy', to: constant(place), from: constant(LAYOUT.constants), size: constant(12) }),
    (place) => systemCall('canister_cycle_balance128', constant(place)),
  ];
  return at.flatMap((place) => draw.pick(ways)(place));
}

/** Replies with what is at the places, and with the size. */
function tells(at: readonly number[]): Statement[] {
  return [
    ...at.map((place) => append(constant(place), 16)),
    store(LAYOUT.scratch, MEMORY_BYTES),
    append(constant(LAYOUT.scratch), 8),
    respond(),
  ];
}

const upgrade = (
  { stage }: Teller,
  to: StagedCanister,
  module: number,
  wasmMemoryPersistence: 'keep' | 'replace',
): void => {
  stage.step(install(to, 'upgrade', { module, wasmMemoryPersistence }));
};

/** An entry point without a reply tells what is at the places by its log. */
const logs = (at: readonly number[]): Statement[] => at.map((place) => logMemory(constant(place), constant(16)));

/** A memory that was replaced may be too small for the places. */
function whenLargerThan(bytes: number, then: Statement[]): Statement {
  return { kind: 'if', condition: operation('gt_u', MEMORY_BYTES, constant(bytes)), then, else: [] };
}

/** A canister with a memory of many pages, and where it is written. */
interface Large {
  readonly canister: StagedCanister;
  readonly at: readonly number[];
}

/** A memory that reaches its size only when it has grown, often after that was undone. */
function growsLater({ stage, draw }: Teller, { canister, at }: Large, by: number): void {
  if (draw.chance(60)) happens(stage, canister, (s) => [grows(by), ...spread(s, at), trap(draw)]);
  // What was rolled back is not there to be written.
  if (draw.chance(40)) happens(stage, canister, (s) => [...spread(s, at), respond()]);
  happens(stage, canister, (s) => [grows(by), ...(draw.chance(50) ? spread(s, at) : []), respond()]);
  if (draw.chance(50)) stage.query(canister.id, 'tell');
}

/** A callback that traps undoes its own writes, not those of the message before it. */
function writesInCallback({ stage, draw }: Teller, { canister, at }: Large): void {
  const reply = canister.module.callback('spread on reply', 'reply callback', (s) => [
    ...spread(s, at),
    ...(draw.chance(60) ? [trap(draw)] : [respond()]),
  ]);
  happens(stage, canister, (s) => [
    ...spread(s, at.slice(0, 3)),
    callNew(s, {
      callee: new Uint8Array(),
      method: 'raw_rand',
      reply: { kind: 'index of', function: reply },
      reject: { kind: 'index of', function: reply },
      env: 0n,
    }),
    systemCall('call_perform'),
  ]);
  stage.query(canister.id, 'tell');
}

/** Upgrades that keep the memory or replace it, with hooks that see it and write to it. */
function upgradesLarge(teller: Teller, { canister, at }: Large, pages: number): void {
  const { stage, draw } = teller;
  add(canister, 'canister_post_upgrade', (s) => [
    whenLargerThan((pages - 1) * PAGE, [
      ...logs(at.slice(0, 3)),
      ...(draw.chance(50) ? spread(s, at.slice(0, 3)) : []),
    ]),
    ...(draw.chance(20) ? [trap(draw)] : []),
  ]);
  if (draw.chance(40)) add(canister, 'canister_pre_upgrade', (s) => spread(s, at.slice(2)));
  for (const kept of draw.sample(['keep', 'keep', 'replace'] as const, 2)) {
    upgrade(teller, canister, canister.moduleIndex, kept);
    stage.query(canister.id, 'tell');
    if (draw.chance(50)) happens(stage, canister, (s) => [...spread(s, at), draw.chance(50) ? trap(draw) : respond()]);
  }
}

export const largeMemoryStories: Stories = {
  'a memory of many pages': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const pages = draw.chance(25) ? draw.pick(ROUND) + draw.below(2) : draw.int(66, 96);
    const declared = draw.pick([pages, pages, pages - 1, 64, 2, 1].filter((n) => n <= pages));
    const max = draw.chance(50) ? { max: BigInt(pages + draw.below(3)) } : {};
    const shape = { width, memory: { min: BigInt(declared), ...max }, persistent: true };
    const canister = stage.canister(shape, comfortable(draw, swarm));
    const at = places(draw, pages, 8);
    // A byte that is there from the beginning, in a page of its own.
    if (declared === pages && draw.chance(40)) canister.module.program.activeData(BigInt(draw.pick(at)), draw.bytes(1));
    query(canister, 'tell', () => [
      store(LAYOUT.scratch, { kind: 'global', index: 0 }),
      append(constant(LAYOUT.scratch), 8),
      ...tells(at),
    ]);
    canister.module.program.passiveData(draw.bytes(16));
    const held = canister.module.program.globals.push({ type: 'funcref', init: 0n }) - 1;
    // What a composite query has written there is what its callbacks find.
    const found = canister.module.program.callback('found', tells(at));
    composite(canister, 'try later', (s) => [
      ...(draw.chance(50) ? [grows(1)] : []),
      ...spread(s, at),
      callNew(s, { callee: new Uint8Array(), method: 'none', reply: indexOf(found), reject: indexOf(found) }),
      systemCall('call_perform'),
    ]);
    query(canister, 'try', (s) => [...spread(s, at), ...tells(at)]);
    happens(stage, canister, () => [
      { kind: 'set global', index: 0, value: constant(draw.bits(32)) },
      {
        kind: 'code',
        code: [
          ['ref.func', found],
          ['global.set', held],
        ],
        results: [],
      },
      ...(stage.openWasm
        ? [{ kind: 'table.set', index: indexOf(found), function: draw.pick([found, null]) } as const]
        : []),
      respond(),
    ]);
    if (declared < pages) growsLater(teller, { canister, at }, pages - declared);
    if (draw.chance(30)) happens(stage, canister, () => [{ kind: 'memory.grow', pages: constant(1) }, respond()]);
    happens(stage, canister, (s) => [...spread(s, at), respond()]);
    stage.query(canister.id, 'tell');
    for (let i = 0; i < 2; i++)
      happens(stage, canister, (s) => [{ kind: 'set global', index: 0, value: constant(draw.bits(64)) }, farAccess(s)]);
    happens(stage, canister, (s) => [
      ...spread(s, draw.shuffle(at)),
      ...(draw.chance(50) ? [grows(1), ...farAway(draw)] : []),
      trap(draw),
    ]);
    stage.query(canister.id, 'try');
    stage.query(canister.id, 'try later');
    stage.query(canister.id, 'tell');
    if (draw.chance(40)) writesInCallback(teller, { canister, at });
    upgradesLarge(teller, { canister, at }, pages);
    stage.query(canister.id, 'tell');
  },

  'across a round number of pages': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const round = draw.pick(ROUND);
    // So many are there first; up to so many there may be: those, one more or two, or all that the profile allows.
    const from = draw.pick([round - 1, round, round, round + 1, 1]);
    const most = Number(mostPages(teller));
    const declared = draw.pick([round, round + 1, round + 2, Math.min(most, 300), Math.min(most, 300) + 1]);
    const max = draw.chance(60) && declared >= from ? { max: BigInt(declared) } : {};
    const canister = stage.canister(
      { width, memory: { min: BigInt(from), ...max }, persistent: true },
      comfortable(draw, swarm),
    );
    const last8 = operation('sub', MEMORY_BYTES, constant(8));
    const inPages = operation('shr_u', MEMORY_BYTES, constant(16));
    const changes = (by: number): Statement[] => [
      { kind: 'set global', index: 0, value: constant(draw.bits(32)) },
      grows(by),
      { kind: 'store', address: last8, value: constant(draw.bits(64)), bytes: 8 },
    ];
    // The size, the global, the end, and the end of each page around the round number.
    const seen = (): Statement[] => [
      store(LAYOUT.scratch, MEMORY_BYTES),
      store(LAYOUT.scratch + 8, { kind: 'global', index: 0 }),
      append(constant(LAYOUT.scratch), 16),
      append(last8, 8),
      ...[-1, 0, 1]
        .map((more) => (round + more) * PAGE)
        .map((end) => whenLargerThan(end - 1, [append(constant(end - 8), 8)])),
      respond(),
    ];
    const byFew = () => draw.pick([0, 1, 1, 2]);
    const found = canister.module.program.callback('found', seen());
    composite(canister, 'try', (s) => [
      ...changes(byFew()),
      callNew(s, { callee: new Uint8Array(), method: 'none', reply: indexOf(found), reject: indexOf(found) }),
      systemCall('call_perform'),
    ]);
    query(canister, 'tell', seen);
    stage.query(canister.id, 'try');
    if (draw.chance(50)) {
      happens(stage, canister, () => [...changes(0), respond()]);
      upgrade(teller, canister, canister.moduleIndex, 'keep');
      stage.query(canister.id, 'tell');
    }
    const far = from < round - 1;
    if (far) happens(stage, canister, () => [...changes(round - from - draw.below(2)), respond()]);
    // Just one page more than the round number, and something in it.
    if (draw.chance(60))
      happens(stage, canister, () => [
        { kind: 'memory.grow', pages: operation('sub', constant(round + 1), inPages) },
        ...changes(0),
        respond(),
      ]);
    for (let i = 0; i < 3; i++) {
      happens(stage, canister, () => [...changes(byFew()), draw.chance(35) ? trap(draw) : respond()]);
      stage.query(canister.id, draw.pick(['tell', 'tell', 'try']));
    }
    // A size that is all that changes.
    if (draw.chance(50)) happens(stage, canister, () => [{ kind: 'memory.grow', pages: constant(1) }, respond()]);
    // As many as there can be, and not one more.
    if (draw.chance(30)) {
      happens(stage, canister, () => [
        { kind: 'memory.grow', pages: operation('sub', constant(declared), inPages), log: true },
        grows(1),
        ...changes(0),
        respond(),
      ]);
    }
    for (const kept of draw.sample(['keep', 'keep', 'replace'] as const, 2)) {
      upgrade(teller, canister, canister.moduleIndex, kept);
      stage.query(canister.id, 'tell');
    }
    happens(stage, canister, () => [...changes(byFew()), draw.chance(50) ? trap(draw) : respond()]);
    stage.query(canister.id, 'tell');
  },

  'a memory written as a whole': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const whole = (byte: number): Statement[] => [
      { kind: 'memory.fill', address: constant(0), byte: constant(byte), size: MEMORY_BYTES },
    ];
    const canister = stage.canister({ width, memory: { min: draw.pick([64n, 65n]) } }, comfortable(draw, swarm));
    add(canister, 'canister_init', () => whole(draw.int(0, 255)));
    add(canister, 'canister_pre_upgrade', () => [grows(draw.int(0, 1)), ...whole(draw.int(0, 255))]);
    query(canister, 'ends', () => [
      append(operation('sub', MEMORY_BYTES, constant(8)), 8),
      append(constant(0), 8),
      respond(),
    ]);
    const failing = stage.module({ width, memory: { min: 1n } });
    failing.module.start(() => [trap(draw)]);
    stage.query(canister.id, 'ends');
    upgrade(teller, canister, draw.pick([failing.index, canister.moduleIndex]), 'replace');
    stage.query(canister.id, 'ends');
    upgrade(teller, canister, failing.index, 'replace');
    stage.query(canister.id, 'ends');
  },

  'kept beyond the first page': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const declared = draw.int(1, 3);
    // Few of them, or up to a round number and one more.
    const grown = draw.chance(80) ? draw.int(1, 3) : draw.pick(ROUND) + draw.below(2) - declared;
    const pages = declared + grown;
    const canister = stage.canister(
      { width, memory: { min: BigInt(declared) }, persistent: true },
      comfortable(draw, swarm),
    );
    const at = places(draw, pages, 4);
    happens(stage, canister, (s) => [grows(grown), ...spread(s, at), respond()]);
    happens(stage, canister, (s) => [...spread(s, at), draw.chance(70) ? trap(draw) : respond()]);
    if (draw.chance(50)) add(canister, 'canister_pre_upgrade', (s) => spread(s, at));
    // The newer code declares fewer pages than there are, or more; its data may lie where something is kept.
    const min = BigInt(draw.pick([1, pages, pages + 1, 70]));
    const newer = stage.module({
      width,
      memory: { min, ...(draw.chance(25) ? { max: min + BigInt(draw.below(4)) } : {}) },
      persistent: true,
    });
    const { program } = newer.module;
    if (draw.chance(35)) program.activeData(BigInt(draw.pick(at)), draw.bytes(4));
    const fails = draw.chance(25);
    add(newer, 'canister_post_upgrade', (s) => [
      whenLargerThan((pages - 1) * PAGE, [...logs(at), ...(draw.chance(60) ? spread(s, at.slice(0, 2)) : [])]),
      ...(fails ? [trap(draw)] : []),
    ]);
    for (const either of [canister, newer]) {
      query(either, 'tell', () => tells(at));
      update(either, 'more', (s) => [
        grows(1),
        ...farAway(draw),
        ...spread(s, at.slice(1)),
        store(LAYOUT.cells, operation('add', load(LAYOUT.cells, 8), constant(1))),
        respond(),
      ]);
    }
    stage.query(canister.id, 'tell');
    upgrade(teller, canister, newer.index, 'keep');
    stage.query(canister.id, 'tell');
    stage.ingress(canister.id, 'more');
    upgrade(teller, canister, draw.pick([newer.index, canister.moduleIndex]), draw.pick(['keep', 'keep', 'replace']));
    stage.query(canister.id, 'tell');
    stage.ingress(canister.id, 'more');
    stage.query(canister.id, 'tell');
    stage.query(canister.id, STANDARD_METHODS.log);
  },
};
