// plumbing: stories about code that comes to nothing, and about code that comes over what another left — canister-interface.md#system-api-init, #system-api-upgrades
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { InstallMode } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, logMemory, resultOf, store, systemCall, variable, when } from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength } from '../stage.js';
import { install, manage, wait } from '../steps.js';
import { PAGE } from '../values.js';
import { halves, slot } from './cycle-statements.js';
import { add, grows, happens, respond, type Stories, TRAP, update } from './story.js';

/** Leaves a trace in everything that a failed installation brings back, or keeps. */
function traces(s: Scope): Statement[] {
  const { draw } = s;
  const made: readonly Statement[][] = [
    [systemCall('global_timer_set', constant(draw.pick([1n, (1n << 62n) + draw.bits(8)])))],
    [systemCall('certified_data_set', s.scratch(), constant(draw.int(1, 32)))],
    [systemCall('stable64_grow', constant(1)), systemCall('stable64_write', constant(0), constant(0), constant(64))],
    [systemCall('cycles_burn128', ...halves(1_000n), slot(0))],
    [systemCall('debug_print', s.scratch(), constant(5)), store(LAYOUT.cells, constant(7))],
  ];
  return draw.shuffle(made).flat();
}

export const newCodeStories: Stories = {
  'a first installation that fails': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    // It leaves traces everywhere, and fails where its argument says so.
    add(canister, 'canister_init', (s) => [resultOf('msg_arg_data_size', 0), ...traces(s), when(variable(0), [TRAP])]);
    add(canister, 'canister_global_timer', () => [systemCall('canister_version')]);
    const installed = (mode: InstallMode, n: number): void => stage.step(install(canister, mode, { arg: ofLength(n) }));
    const modes = draw.shuffle(['install', 'reinstall'] as const);
    for (const mode of modes) {
      stage.step(manage(canister, 'uninstall'));
      installed(mode, 1);
      if (draw.chance(50)) installed(mode, 2);
      stage.step(wait(draw.pick([1n, 1n << 40n])));
      installed(mode, 0);
    }
    // What is there is there still when the next one fails.
    installed('reinstall', 3);
  },

  'other code over kept memory': ({ stage, draw, swarm, width }) => {
    const shape = { ...shapeOf(draw, swarm, width), persistent: true };
    const canister = stage.canister(shape, comfortable(draw, swarm));
    const other = stage.module(shape);
    // Each has its own text at the same place, which comes whenever it is installed, whatever is there.
    const tells = (text: string) => (s: Scope) => {
      const { address, size } = s.program.text(text);
      return [
        logMemory(address, size),
        store(LAYOUT.cells + 8, constant(draw.bits(32))),
        systemCall('msg_reply_data_append', address, size),
        tellLog(),
        respond(),
      ];
    };
    update(canister, 'tell', tells('the one text'));
    update(other, 'tell', tells('another text'));
    stage.withStandardMethods(other.module);
    stage.ingress(canister.id, 'tell');
    for (const module of [other.index, canister.moduleIndex]) {
      stage.step(
        install(canister, 'upgrade', {
          module,
          wasmMemoryPersistence: 'keep',
          ...(draw.chance(40) && { skipPreUpgrade: true }),
        }),
      );
      stage.ingress(canister.id, 'tell');
    }
  },

  'new code that finds no place': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister({ width, memory: { min: 3n }, persistent: true }, comfortable(draw, swarm));
    // It ends well, and what comes then is a failure like any other.
    add(canister, 'canister_pre_upgrade', (s) => [...traces(s), grows(draw.int(0, 2)), ...traces(s)]);
    // The one has no room for the memory that is kept, the other none for its own data.
    const small = stage.module({ width, memory: { min: 1n, max: draw.pick([1n, 2n]) }, persistent: true });
    const beyond = stage.module({ width, memory: { min: 1n } });
    beyond.module.program.activeData(PAGE - 1n, Uint8Array.of(1, 2));
    happens(stage, canister, (s) => [...traces(s), respond()]);
    const failures = [
      () => install(canister, 'upgrade', { module: small.index, wasmMemoryPersistence: 'keep' }),
      () => install(canister, 'upgrade', { module: beyond.index, wasmMemoryPersistence: 'replace' }),
      () => install(canister, 'reinstall', { module: beyond.index }),
    ];
    for (const fails of draw.shuffle(failures)) {
      stage.step(fails());
      stage.ingress(canister.id, STANDARD_METHODS.replies);
    }
    stage.query(canister.id, STANDARD_METHODS.log);
  },
};
