// plumbing: stories about the 4 KiB pages of the stable memory — charged once in each execution, and empty until they are written — spec/profiles/CHARGING.md
import type { Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, logMemory, store, systemCall } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { shapeOf } from '../mission-scenario.js';
import type { StagedCanister } from '../stage.js';
import { install } from '../steps.js';
import { call } from './call-statements.js';
import { profileOf } from './cycle-statements.js';
import { trapOrRespond } from './memory.js';
import { add, canisterOf, happens, respond, type Stories, TRAP, update } from './story.js';

const PAGE = 4_096;

/** Both counters, of which the second goes on from one execution of a call context to the next. */
const counters = [0, 1].map((type) => systemCall('performance_counter', constant(type)));

/** Reads and writes the same few pages, one of them more than once, and tells what it has cost so far. */
function touches(draw: Draw): Statement[] {
  const at = (): number => PAGE * draw.below(2) + draw.pick([0, 8, PAGE - 4]);
  const [cell, scratch] = [constant(LAYOUT.cells), constant(LAYOUT.scratch)];
  const reads = () => systemCall('stable64_read', scratch, constant(at()), constant(8));
  const writes = () => systemCall('stable64_write', constant(at()), cell, constant(8));
  return [
    ...(draw.chance(60) ? [reads()] : []),
    ...(draw.chance(50) ? [store(LAYOUT.cells, constant(draw.bits(64)))] : []),
    ...[writes(), writes(), ...counters],
  ];
}

export const stablePageStories: Stories = {
  'stable pages written in one execution after the other': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { id, module } = canister;
    const grows = systemCall('stable64_grow', constant(1));
    happens(stage, canister, () => [grows, ...touches(draw), respond()]);
    const reply = module.callback('touches on reply', 'reply callback', () => [
      ...touches(draw),
      draw.chance(60) ? TRAP : respond(),
    ]);
    const cleanup = module.callback('touches on cleanup', 'cleanup callback after reply', () => touches(draw));
    update(canister, 'ask', (s) => [
      ...touches(draw),
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply, cleanup }),
    ]);
    for (let i = 0; i < 2; i++) stage.ingress(id, 'ask');
    // Each step of an installation is an execution of its own.
    add(canister, 'canister_pre_upgrade', () => touches(draw));
    module.start(() => [grows, ...touches(draw)]);
    for (const name of ['canister_init', 'canister_post_upgrade'] as const) add(canister, name, () => touches(draw));
    for (const mode of draw.shuffle(['upgrade', 'reinstall'] as const))
      stage.step(install(canister, mode, { wasmMemoryPersistence: 'replace' }));
    stage.ingress(id, 'ask');
  },

  'stable pages with others in between': (teller) => {
    const { stage, draw } = teller;
    const canister: StagedCanister = canisterOf(teller);
    const from = 0x2000;
    const pages = 6;
    const filled = (): Statement => ({
      kind: 'memory.fill',
      address: constant(from),
      byte: constant(draw.int(1, 255)),
      size: constant(pages * PAGE),
    });
    // What was never written is zero, whatever stands where it is read to and whatever was read before it.
    const read = (): Statement[] => {
      const start = draw.pick([0, 1, PAGE - 1, PAGE]);
      const size = draw.pick([2, PAGE + 2, 3 * PAGE, (pages - 1) * PAGE - 1]);
      return [
        filled(),
        systemCall('stable64_read', constant(from), constant(start), constant(size)),
        ...[0, 1, 2, 3, 4, 5].map((page) => logMemory(constant(from + page * PAGE), constant(4))),
      ];
    };
    const write = (): Statement => {
      const at = PAGE * draw.below(pages) + draw.pick([0, PAGE - 1, PAGE - 9]);
      return systemCall('stable64_write', constant(at), constant(from), constant(1));
    };
    happens(stage, canister, () => [systemCall('stable64_grow', constant(1)), filled(), write(), ...read(), respond()]);
    for (let i = 0; i < 2; i++) happens(stage, canister, (s) => [filled(), write(), ...read(), ...trapOrRespond(s)]);
  },

  'a stable memory as large as it may be': ({ stage, draw, swarm, width }) => {
    // What it keeps idle costs more than canisters have else.
    const canister = stage.canister(shapeOf(draw, swarm, width), 10n ** 17n);
    const most = profileOf(stage).limits.stablePages;
    const grows = (pages: bigint) => systemCall('stable64_grow', constant(pages));
    const first = BigInt(draw.int(0, 2));
    // No pages more fit where one more does not.
    happens(stage, canister, () => [grows(first), grows(most - first), grows(0n), respond()]);
    happens(stage, canister, () => [
      ...draw.shuffle([grows(0n), grows(1n), systemCall('stable64_size')]),
      systemCall(
        'stable64_write',
        constant(most * 65_536n - BigInt(draw.int(1, 2))),
        constant(LAYOUT.cells),
        constant(1),
      ),
      respond(),
    ]);
  },
};
