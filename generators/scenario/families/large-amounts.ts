// plumbing: stories about amounts that 64 bits do not hold, on every way back — canister-interface.md#system-api-cycles
import { cycles, hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Settings } from '../../../spec/vocabulary/scenario.js';
import { constant, logMemory, resultOf, systemCall, variable, when } from '../../canister/expressions.js';
import { STANDARD_METHODS } from '../canister.js';
import { shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength, type StagedCanister } from '../stage.js';
import { install, manage, pick, setting } from '../steps.js';
import { U64 } from '../values.js';
import { call } from './call-statements.js';
import { halves, look, slot } from './cycle-statements.js';
import { add, type Stories, TRAP, update } from './story.js';

export const largeAmountStories: Stories = {
  'more than 64 bits hold, and back': ({ stage, draw, swarm, width }) => {
    const rich = (): StagedCanister =>
      stage.canister(shapeOf(draw, swarm, draw.chance(50) ? width : 'i32'), (U64 << 12n) + draw.bits(64));
    const [payer, taker] = [rich(), rich()];
    const amount = (): bigint => BigInt(draw.int(1, 5)) * U64 + draw.pick([0n, 1n, draw.bits(63)]);
    const burns = (): Statement[] => [
      systemCall('cycles_burn128', ...halves(amount()), slot(4)),
      logMemory(slot(4), constant(16)),
    ];
    const accepts = (): Statement[] => [
      systemCall('msg_cycles_accept128', ...halves(amount()), slot(5)),
      logMemory(slot(5), constant(16)),
    ];
    const { replies, rejects } = STANDARD_METHODS;
    const told = payer.module.callback('told', 'reply callback', look);
    const pays = (s: Scope, method: string, attached = amount()): Statement[] =>
      call(s, { callee: taker, method, reply: told, cycles: attached });
    // Burned, accepted, sent and about to be sent: all of it as if it had never been.
    const spends = (s: Scope): Statement[] => [
      ...burns(),
      ...accepts(),
      ...burns(),
      ...accepts(),
      ...call(s, { callee: payer, method: replies, reply: s.standardCallbacks.reply, cycles: amount() }),
      ...call(s, { callee: payer, method: replies, reply: s.standardCallbacks.reply, cycles: amount() }).slice(0, -1),
      ...look(s),
    ];
    const cleans = taker.module.callback('cleans up', 'cleanup callback after reply', (s) => [...burns(), ...look(s)]);
    const later = taker.module.callback('later', 'reply callback', (s) => [...spends(s), TRAP]);
    update(taker, 'trap', (s) => [...spends(s), TRAP]);
    update(taker, 'none', (s) => [...accepts(), ...look(s)]);
    update(taker, 'later', (s) => [
      ...accepts(),
      ...call(s, { callee: taker, method: replies, reply: later, cleanup: cleans }),
    ]);
    add(taker, 'canister_pre_upgrade', (s) => [...burns(), ...look(s)]);
    add(taker, 'canister_post_upgrade', (s) => [
      resultOf('msg_arg_data_size', 0),
      ...burns(),
      ...look(s),
      when(variable(0), [TRAP]),
    ]);
    const ways = draw.shuffle([replies, rejects, 'trap', 'none', 'missing', 'later', 'later']);
    update(payer, 'pay', (s) => ways.flatMap((method) => pays(s, method, 9n * U64 + draw.bits(60))));
    update(payer, 'pay one', (s) => pays(s, replies));
    update(payer, 'pay for later', (s) => pays(s, 'later', 20n * U64 + draw.bits(60)));
    stage.ingress(payer.id, 'pay');
    // Nobody takes them: they come back whole.
    stage.ingress(payer.id, 'pay one', hex(''), { picks: [pick('execute'), pick('reject')] });
    stage.step(manage(taker, 'stop'));
    stage.ingress(payer.id, 'pay one');
    stage.step(manage(taker, 'start'));
    // Enough or not: it does not depend on what 64 bits hold of it.
    const set = (settings: Settings): void => stage.step(setting(taker, settings));
    set({ minimumIncomingCanisterCallCycles: cycles(draw.pick([3n, 6n, 6n]) * U64 + 5n) });
    stage.ingress(payer.id, 'pay one');
    set({ minimumIncomingCanisterCallCycles: cycles(0n) });
    // What it pays for in a day is more than that, too.
    set({ memoryAllocation: U64 - 1n, freezingThreshold: draw.pick([1_000n, 100_000n]) });
    stage.ingress(taker.id, 'none');
    set({ memoryAllocation: 0n, freezingThreshold: 0n });
    stage.step(install(taker, 'upgrade', { arg: ofLength(1), wasmMemoryPersistence: 'replace' }));
    // Who was to take them has no code any more, or who sent them has none.
    for (const gone of draw.shuffle([payer, taker])) {
      const picks = [pick('execute'), pick('execute')];
      stage.ingress(payer.id, 'pay for later', hex(''), { picks, hold: true });
      stage.step(manage(gone, 'uninstall'), { hold: draw.chance(50) });
      stage.step(install(gone, 'install'));
    }
  },
};
