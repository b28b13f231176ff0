// plumbing: stories about limits of the Wasm memory that are next to nothing, or met to the byte — abstract-behavior.md#rule-message-execution, #rule-on-low-wasm-memory
import { hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Settings } from '../../../spec/vocabulary/scenario.js';
import { constant, systemCall } from '../../canister/expressions.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable } from '../mission-scenario.js';
import { deposit, install, manage, pick, setting } from '../steps.js';
import { PAGE } from '../values.js';
import { call } from './call-statements.js';
import { mostPages } from './cycle-statements.js';
import { add, grows, happens, query, respond, type Stories, TRAP, update } from './story.js';

/** What a canister without a page in the beginning can do: it shows in sizes alone. */
export const memoryLimitStories: Stories = {
  'hardly any Wasm memory allowed': ({ stage, draw, swarm, width }) => {
    // No limit, the smallest that there is, a page with one byte too few or too many.
    const limits = [0n, 1n, 1n, PAGE - 1n, PAGE, PAGE, PAGE + 1n];
    const thresholds = (limit: bigint) => [0n, 1n, 1n, 2n, limit, limit + 1n, PAGE];
    // A limit beyond what there can be is one all the same.
    const most = mostPages({ stage, width }) * PAGE;
    const any = (): Settings => {
      if (draw.chance(20))
        return { wasmMemoryLimit: 2n * most, wasmMemoryThreshold: most + draw.pick([-PAGE, 0n, 1n, most]) };
      const wasmMemoryLimit = draw.pick(limits);
      return { wasmMemoryLimit, wasmMemoryThreshold: draw.pick(thresholds(wasmMemoryLimit)) };
    };
    // What the module says itself is no limit that the hook knows.
    const max = draw.chance(50) ? { max: draw.pick([1n, 1n, 2n]) } : {};
    const canister = stage.canister({ width, memory: { min: 0n, ...max } }, comfortable(draw, swarm), any());
    // Each run of the hook shows in the stable memory; beyond the limit it may grow, as only updates may not.
    add(canister, 'canister_on_low_wasm_memory', () => [
      systemCall('stable64_grow', constant(1)),
      ...(draw.chance(30) ? [grows(1)] : []),
      ...(draw.chance(15) ? [TRAP] : []),
    ]);
    add(canister, 'canister_heartbeat', () => [grows(1)]);
    const fuller = stage.module({ width, memory: { min: draw.pick([1n, 1n, 2n]) } });
    add(fuller, 'canister_on_low_wasm_memory', () => [systemCall('stable64_grow', constant(1))]);
    stage.withStandardMethods(fuller.module);
    const installs = (module: number) => {
      stage.step(install(canister, draw.pick(['upgrade', 'reinstall']), { module }));
    };
    const update = () => {
      happens(stage, canister, () => [grows(draw.pick([0, 0, 1])), systemCall('stable64_size'), respond()]);
    };
    const ways: readonly (() => void)[] = [
      update,
      update,
      () => stage.steps.push({ picks: [pick('heartbeat')] }),
      // One at a time, and both: what is refused changes neither.
      () => stage.step(setting(canister, { wasmMemoryLimit: draw.pick(limits) })),
      () => stage.step(setting(canister, { wasmMemoryThreshold: draw.pick([0n, 1n, 1n, 2n, PAGE]) })),
      () => stage.step(setting(canister, any())),
      () => installs(draw.pick([canister.moduleIndex, fuller.index])),
    ];
    update();
    for (let i = 0; i < 8; i++) draw.pick(ways)();
    // Whatever there is by now, nothing is left of one byte.
    stage.step(setting(canister, { wasmMemoryLimit: 0n, wasmMemoryThreshold: draw.pick([0n, 1n, 1n]) }));
    installs(draw.pick([canister.moduleIndex, canister.moduleIndex, fuller.index]));
    happens(stage, canister, () => [grows(1), grows(1), respond()]);
    stage.step(setting(canister, { wasmMemoryLimit: 1n }));
    update();
    // One byte is a limit, and no page leaves anything of it.
    stage.step(setting(canister, { wasmMemoryLimit: 0n, wasmMemoryThreshold: 0n }));
    stage.step(install(canister, 'reinstall'));
    stage.step(setting(canister, { wasmMemoryLimit: 1n, wasmMemoryThreshold: 1n }));
    stage.steps.push({ picks: [pick('heartbeat')] });
    stage.step(setting(canister, { wasmMemoryLimit: 0n, wasmMemoryThreshold: 0n }));
    update();
  },

  'growth to the most that a memory may have': ({ stage, draw, swarm }) => {
    // The widths have limits of their own: one taken for the other shows.
    for (const width of ['i32', 'i64'] as const) {
      const most = mostPages({ stage, width });
      const max = draw.pick([{}, { max: most + 1n }, { max: most }]);
      const canister = stage.canister({ width, memory: { min: most - 2n, ...max } }, comfortable(draw, swarm), {
        wasmMemoryThreshold: draw.pick([PAGE, 2n * PAGE]) + draw.pick([-1n, 0n, 1n]),
      });
      add(canister, 'canister_on_low_wasm_memory', () => [systemCall('stable64_grow', constant(1))]);
      for (let i = 0; i < 3; i++) happens(stage, canister, () => [grows(1), systemCall('stable64_size'), respond()]);
      happens(stage, canister, () => [grows(0), respond()]);
    }
  },

  'little memory left by whoever grew it': ({ stage, draw, swarm, width }) => {
    const more = draw.int(1, 3);
    // Exactly the last page of so many makes it too little.
    const limit = 8n * PAGE + draw.pick([-1n, 0n, 1n]);
    const settings = { wasmMemoryLimit: limit, wasmMemoryThreshold: limit - BigInt(more) * PAGE };
    const canister = stage.canister({ width, memory: { min: 1n } }, comfortable(draw, swarm), settings);
    const { id } = canister;
    const { replies, rejects } = STANDARD_METHODS;
    const grown = (): Statement => grows(more - draw.pick([0, 0, 0, 1]));
    add(canister, 'canister_on_low_wasm_memory', () => [systemCall('stable64_grow', constant(1))]);
    for (const task of ['canister_heartbeat', 'canister_global_timer'] as const) add(canister, task, () => [grown()]);
    query(canister, 'grow and forget', () => [grows(more + 1), respond()]);
    const cleanup = canister.module.program.callback('cleans up and grows', [grown()]);
    const asks = (name: string, method: string, body: Statement[]): string => {
      const answer = method === rejects ? 'reject callback' : 'reply callback';
      const reply = canister.module.callback(`${name}, answered`, answer, () => body);
      update(canister, name, (s) => call(s, { callee: canister, method, reply, cleanup }));
      return name;
    };
    const asked = [
      asks('grows when answered', replies, [grown(), respond()]),
      asks('grows when refused', rejects, [grown()]),
      asks('grows when it cleans up', draw.pick([replies, rejects]), [grows(more + 1), TRAP]),
    ];
    update(canister, 'at once', () => [systemCall('global_timer_set', constant(1)), respond()]);
    const ways: readonly (() => void)[] = [
      ...asked.map((name) => () => {
        stage.ingress(id, name, hex(''), { picks: [pick('execute'), pick('execute'), pick('deliver')], hold: true });
      }),
      // It cannot run meanwhile: the hook is due as soon as it can.
      ...asked.map((name) => () => {
        stage.ingress(id, name, hex(''), { picks: [pick('execute'), pick('execute')], hold: true });
        const [cannot, can] = draw.pick([
          [manage(canister, 'stop'), manage(canister, 'start')],
          [setting(canister, { freezingThreshold: 10n ** 19n }), deposit(canister, 1n << 120n)],
        ] as const);
        stage.step(cannot, { picks: [pick('deliver')], hold: true });
        stage.step(can, { picks: [pick('low-wasm-memory')] });
      }),
      () => stage.steps.push({ picks: [pick('heartbeat')], hold: true }),
      () => stage.ingress(id, 'at once', hex(''), { picks: [pick('execute'), pick('global-timer')], hold: true }),
      () => stage.ingress(id, 'grow and forget', hex(''), { picks: [pick('execute')], hold: true }),
    ];
    for (const way of draw.sample(ways, 5)) {
      way();
      stage.steps.push({});
      // There is enough again.
      stage.step(install(canister, 'reinstall'));
    }
  },

  'little memory left, and new code': ({ stage, draw, swarm, width }) => {
    const shape = { width, memory: { min: 1n }, persistent: true };
    const canister = stage.canister(shape, comfortable(draw, swarm), {
      wasmMemoryLimit: 12n * PAGE,
      wasmMemoryThreshold: 9n * PAGE,
    });
    const { id } = canister;
    add(canister, 'canister_on_low_wasm_memory', () => [systemCall('stable64_grow', constant(1))]);
    update(canister, 'grow', () => [grows(3), respond()]);
    update(canister, 'grow a little', () => [grows(1), respond()]);
    const traps = stage.module(shape);
    add(traps, 'canister_post_upgrade', () => [grows(1), TRAP]);
    const upgrade = (wasmMemoryPersistence: 'keep' | 'replace', hold: boolean, module = canister.moduleIndex): void =>
      stage.step(install(canister, 'upgrade', { module, wasmMemoryPersistence }), { hold });
    // Once it has run, or while it has yet to run: kept memory is as little as it was, replaced memory is enough again.
    for (const hold of draw.shuffle([false, true])) {
      stage.ingress(id, 'grow', hex(''), hold ? { picks: [pick('execute')], hold } : {});
      const changes: readonly (() => void)[] = [
        () => upgrade(draw.pick(['keep', 'replace']), hold, traps.index),
        () => (['stop', 'start'] as const).forEach((kind) => stage.step(manage(canister, kind), { hold })),
      ];
      upgrade('keep', hold);
      for (const change of draw.shuffle(changes)) change();
      if (draw.chance(50)) stage.ingress(id, 'grow a little');
      stage.steps.push({});
      upgrade('replace', hold);
      stage.ingress(id, 'grow a little');
    }
  },
};
