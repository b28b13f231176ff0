// plumbing: stories about memory that grows by more than there are cycles to keep — abstract-behavior.md#rule-message-execution
import { bytesOf, hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { constant, indexOf, store, systemCall } from '../../canister/expressions.js';
import { LAYOUT } from '../../canister/builder.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { deposit, install, manage, message, pick, setting } from '../steps.js';
import { callNew } from '../system-calls.js';
import { PAGE } from '../values.js';
import { call } from './call-statements.js';
import { accept, look, profileOf } from './cycle-statements.js';
import { add, composite, grows, query, respond, type Stories, TRAP, update } from './story.js';

/** What the canister has, and pages that it would have to keep half as much again for. */
const BALANCE = 10n ** 12n;
const GROWTH = 16n;
/** Bytes of a module that would cost as much. */
const LARGE = 1 << 16;

export const growthStories: Stories = {
  'more memory than there are cycles for': ({ stage, draw, swarm, width }) => {
    const { fees } = profileOf(stage);
    const perSecond = (GROWTH * PAGE * fees.gibibyteSecond) / (1n << 30n);
    // A page to begin with, so that what it has is enough by far until it grows. There is always little left for the hook.
    const freezes = { freezingThreshold: (3n * BALANCE) / (2n * perSecond) };
    const hooked = { wasmMemoryLimit: 64n * PAGE, wasmMemoryThreshold: 64n * PAGE };
    const canister = stage.canister({ width, memory: { min: 1n } }, BALANCE, freezes);
    const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const { id, module } = canister;
    const grown = (s: Scope): Statement[] => [
      draw.chance(50) ? grows(GROWTH) : systemCall('stable64_grow', constant(GROWTH)),
      ...look(s),
    ];
    // Who is judged in the end: an update, a task, an installation. What comes with the call may pay for it.
    update(canister, 'grow', (s) => [...grown(s), respond()]);
    update(canister, 'grow and accept', (s) => [...accept(s, 2n * BALANCE), ...grown(s), respond()]);
    // Cycles of a call that is not performed are there again when it is judged, and suffice for half of the growth.
    update(canister, 'attach and grow', (s) => [
      callNew(s, {
        callee: bytesOf(other.id),
        method: STANDARD_METHODS.replies,
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      }),
      systemCall('call_cycles_add128', constant(0), constant((6n * BALANCE) / 10n)),
      draw.chance(50) ? grows(GROWTH / 2n) : systemCall('stable64_grow', constant(GROWTH / 2n)),
      ...look(s),
      ...draw.pick([[], [], [systemCall('call_perform')]]),
      respond(),
    ]);
    const tasks = ['canister_heartbeat', 'canister_global_timer', 'canister_on_low_wasm_memory'] as const;
    for (const task of tasks)
      add(canister, task, (s) => [store(LAYOUT.cells + 0x30, constant(draw.bits(16))), ...grown(s)]);
    update(canister, 'at once', () => [systemCall('global_timer_set', constant(1)), respond()]);
    const grew = stage.module({ width, memory: { min: 1n } });
    stage.withStandardMethods(grew.module);
    for (const entryPoint of ['canister_init', 'canister_post_upgrade'] as const) add(grew, entryPoint, grown);
    // Who is not: a query, whose memory is gone with it, and a response, whatever it leaves.
    module.exported('canister_query grow and forget', 'canister_query replicated', (s) => [
      ...accept(s, 1_000n),
      ...grown(s),
      respond(),
    ]);
    query(canister, 'grow for nothing', (s) => [...grown(s), respond()]);
    const keeps = module.callback('grows', 'reply callback', (s) => [...grown(s), respond()]);
    const fails = module.callback('fails', 'reply callback', () => [TRAP]);
    const cleanup = module.callback('cleans up and grows', 'cleanup callback after reply', grown);
    update(canister, 'grow when answered', (s) =>
      call(s, { callee: other, method: STANDARD_METHODS.replies, reply: draw.pick([keeps, fails]), cleanup }),
    );
    const below = module.callback('grows below', 'composite reply callback', (s) => [...grown(s), respond()]);
    composite(canister, 'grow and ask', (s) => [
      ...(draw.chance(50) ? grown(s) : []),
      ...call(s, { callee: other, method: STANDARD_METHODS.query, reply: below }),
    ]);
    const told = other.module.callback('hears', 'reply callback', look);
    const asks = (method: string, cycles: bigint): void => {
      const name = `ask ${stage.next()}`;
      update(other, name, (s) => call(s, { callee: canister, method, reply: told, cycles }));
      stage.ingress(other.id, name, hex(''), {
        picks: [pick('execute'), pick('execute'), pick('execute')],
        hold: true,
      });
    };
    const runs = (method: string): void => {
      stage.ingress(id, method, hex(''), { picks: [pick('execute')], hold: true });
    };
    const ways: readonly (() => void)[] = [
      () => {
        runs('grow');
      },
      () => {
        runs('grow and forget');
      },
      () => {
        runs('attach and grow');
      },
      () => {
        asks('grow and forget', draw.pick([0n, 1_000n, 2n * BALANCE]));
      },
      () => {
        asks('grow and accept', draw.pick([0n, 2n * BALANCE]));
      },
      () => {
        runs('grow when answered');
      },
      () => {
        stage.steps.push({ picks: [pick('heartbeat')], hold: true });
      },
      () => {
        stage.ingress(id, 'at once', hex(''), { picks: [pick('execute'), pick('global-timer')], hold: true });
      },
      () => {
        stage.step(setting(canister, hooked), { picks: [pick('low-wasm-memory')], hold: true });
      },
      () => {
        stage.step(install(canister, draw.pick(['upgrade', 'reinstall']), { module: grew.index }));
      },
      () => {
        for (const method of ['grow for nothing', 'grow and ask']) stage.step(message('query', canister, method));
      },
    ];
    for (const way of draw.sample(ways, 5)) {
      way();
      stage.steps.push({});
      // It can pay for what it has, gives it back, and is where it was.
      stage.step(setting(canister, { freezingThreshold: 0n, wasmMemoryLimit: 0n, wasmMemoryThreshold: 0n }));
      stage.step(install(canister, 'reinstall'));
      stage.step(setting(canister, freezes));
    }
  },

  'a module larger than there are cycles for': ({ stage, draw, width }) => {
    const { fees } = profileOf(stage);
    // Bytes that nothing reads. Compressed they are next to none, and what was uploaded is what has to be kept.
    const padding = { name: 'padding', content: hex('00'.repeat(LARGE)) };
    const perSecond = (BigInt(LARGE) * fees.gibibyteSecond * 1_000_000n) / (1n << 30n);
    // The bytes alone cost half as much again as there is; without a page of memory the module of the setup costs little.
    const freezingThreshold = (3n * BALANCE * 1_000_000n) / (2n * perSecond);
    const shape = { width, memory: { min: 0n } };
    const canister = stage.canister(shape, BALANCE, { freezingThreshold });
    const larger = [false, false, true].map((gzip) => {
      const padded = stage.module({ ...shape, gzip });
      padded.module.program.customSections.push(padding);
      if (draw.chance(50)) add(padded, 'canister_init', () => [systemCall('stable64_size')]);
      if (draw.chance(50)) add(padded, 'canister_post_upgrade', () => [systemCall('stable64_size')]);
      stage.withStandardMethods(padded.module);
      return padded.index;
    });
    const installs = (module: number): void => {
      // What is there goes first, or stays until the new module has turned out not to be paid for.
      if (draw.chance(30)) stage.step(manage(canister, 'uninstall'));
      stage.step(install(canister, draw.pick(['upgrade', 'reinstall', 'reinstall']), { module }));
      stage.ingress(canister.id, STANDARD_METHODS.replies);
    };
    for (const module of draw.shuffle(larger)) installs(module);
    stage.step(deposit(canister, BALANCE));
    for (const module of [...larger, canister.moduleIndex]) installs(module);
  },
};
