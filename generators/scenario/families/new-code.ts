// plumbing: stories about code that comes to nothing, and about code that comes over what another left — canister-interface.md#system-api-init, #system-api-upgrades
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { InstallMode } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, logMemory, resultOf, store, systemCall, variable, when } from '../../canister/expressions.js';
import { tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength } from '../stage.js';
import { install, manage, wait } from '../steps.js';
import { halves, slot } from './cycle-statements.js';
import { add, respond, type Stories, TRAP, update } from './story.js';

export const newCodeStories: Stories = {
  'a first installation that fails': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const traces: readonly ((s: Scope) => Statement[])[] = [
      () => [systemCall('global_timer_set', constant(draw.pick([1n, 1n << 62n])))],
      (s) => [systemCall('certified_data_set', s.scratch(), constant(draw.int(1, 32)))],
      () => [
        systemCall('stable64_grow', constant(1)),
        systemCall('stable64_write', constant(0), constant(0), constant(64)),
      ],
      () => [systemCall('cycles_burn128', ...halves(1_000n), slot(0))],
      (s) => [systemCall('debug_print', s.scratch(), constant(5)), store(LAYOUT.cells, constant(7))],
    ];
    // It leaves traces everywhere, and fails where its argument says so.
    add(canister, 'canister_init', (s) => [
      resultOf('msg_arg_data_size', 0),
      ...draw.shuffle(traces).flatMap((trace) => trace(s)),
      when(variable(0), [TRAP]),
    ]);
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
};
