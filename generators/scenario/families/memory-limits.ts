// plumbing: stories about limits of the Wasm memory that are next to nothing, or met to the byte — abstract-behavior.md#rule-message-execution, #rule-on-low-wasm-memory
import { hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { InstallMode, Settings } from '../../../spec/vocabulary/scenario.js';
import { constant, systemCall } from '../../canister/expressions.js';
import { comfortable } from '../mission-scenario.js';
import { CONTROLLER } from '../stage.js';
import { setting } from './rare-states.js';
import { add, happens, respond, type Stories } from './story.js';

const PAGE = 65_536n;

/** What a canister without a page in the beginning can do: it shows in sizes alone. */
const grows = (pages: number): Statement => ({ kind: 'memory.grow', pages: constant(pages), log: true });

export const memoryLimitStories: Stories = {
  'hardly any Wasm memory allowed': ({ stage, draw, swarm, width }) => {
    // No limit, the smallest that there is, a page with one byte too few or too many.
    const limits = [0n, 1n, 1n, PAGE - 1n, PAGE, PAGE, PAGE + 1n];
    const thresholds = (limit: bigint) => [0n, 1n, 1n, 2n, limit, limit + 1n, PAGE];
    const any = (): Settings => {
      const wasmMemoryLimit = draw.pick(limits);
      return { wasmMemoryLimit, wasmMemoryThreshold: draw.pick(thresholds(wasmMemoryLimit)) };
    };
    const canister = stage.canister({ width, memory: { min: 0n } }, comfortable(draw, swarm), any());
    // Each run of the hook shows in the stable memory; beyond the limit it may grow, as only updates may not.
    add(canister, 'canister_on_low_wasm_memory', 'canister_on_low_wasm_memory', () => [
      systemCall('stable64_grow', constant(1)),
      ...(draw.chance(30) ? [grows(1)] : []),
      ...(draw.chance(15) ? [{ kind: 'trap', means: 'unreachable' } as const] : []),
    ]);
    add(canister, 'canister_heartbeat', 'canister_heartbeat', () => [grows(1)]);
    const fuller = stage.module({ width, memory: { min: draw.pick([1n, 1n, 2n]) } });
    fuller.module.exported('canister_on_low_wasm_memory', 'canister_on_low_wasm_memory', () => [
      systemCall('stable64_grow', constant(1)),
    ]);
    stage.withStandardMethods(fuller.module);
    const installs = (module: number) => {
      const mode: InstallMode = draw.pick(['upgrade', 'reinstall']);
      stage.step({ kind: 'install', canister: canister.id, sender: CONTROLLER, mode, module, arg: hex('') });
    };
    const update = () => {
      happens(stage, canister, () => [grows(draw.pick([0, 0, 1])), systemCall('stable64_size'), respond()]);
    };
    const ways: readonly (() => void)[] = [
      update,
      update,
      () => stage.steps.push({ picks: [{ kind: 'heartbeat', rank: 0 }] }),
      // One at a time, and both: what is refused changes neither.
      () => setting(stage, canister, { wasmMemoryLimit: draw.pick(limits) }),
      () => setting(stage, canister, { wasmMemoryThreshold: draw.pick([0n, 1n, 1n, 2n, PAGE]) }),
      () => setting(stage, canister, any()),
      () => installs(draw.pick([canister.moduleIndex, fuller.index])),
    ];
    update();
    for (let i = 0; i < 8; i++) draw.pick(ways)();
    // Whatever there is by now, nothing is left of one byte.
    setting(stage, canister, { wasmMemoryLimit: 0n, wasmMemoryThreshold: draw.pick([0n, 1n]) });
    installs(draw.pick([canister.moduleIndex, fuller.index]));
    setting(stage, canister, { wasmMemoryLimit: 1n });
    update();
  },
};
