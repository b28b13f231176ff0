// plumbing: stories about code that another controller installs, and about messages whose method is another one by their turn — canister-interface.md#system-api-method-arguments
import { hex } from '../../../spec/vocabulary/brands.js';
import { userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, resultOf, store, systemCall, variable } from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, ofLength } from '../stage.js';
import { deposit, install, message, pick, setting } from '../steps.js';
import { call } from './call-statements.js';
import { look } from './cycle-statements.js';
import { add, canisterOf, composite, query, respond, type Stories, TRAP, update } from './story.js';

/** Appends who called to the stable memory, behind its first bytes. */
function rememberCaller(s: Scope, at: number): Statement[] {
  const size = s.fresh();
  return [
    resultOf('msg_caller_size', size),
    systemCall('msg_caller_copy', constant(LAYOUT.scratch), constant(0), variable(size)),
    systemCall('stable64_grow', constant(1)),
    systemCall('stable64_write', constant(at), constant(LAYOUT.scratch), variable(size)),
  ];
}

/** Entry points of an installation, each with a place to remember its caller at. */
const INSTALLS = ['canister_init', 'canister_pre_upgrade', 'canister_post_upgrade'] as const;
const BYTES = 32;

export const newOwnerStories: Stories = {
  'installed by several controllers': (teller) => {
    const { stage, draw } = teller;
    const senders = [CONTROLLER, userId(1), userId(2)];
    const canister = canisterOf(teller, { controllers: draw.shuffle(senders) });
    INSTALLS.forEach((name, i) => {
      add(canister, name, (s) => rememberCaller(s, BYTES * i));
    });
    query(canister, 'installers', () => [
      systemCall('stable64_read', constant(LAYOUT.scratch), constant(0), constant(BYTES * INSTALLS.length)),
      systemCall('msg_reply_data_append', constant(LAYOUT.scratch), constant(BYTES * INSTALLS.length)),
      respond(),
    ]);
    for (let i = 0; i < 4; i++) {
      const skipPreUpgrade = draw.chance(20);
      stage.step(
        install(canister, draw.pick(['upgrade', 'upgrade', 'reinstall']), {
          sender: draw.pick(senders),
          skipPreUpgrade,
        }),
      );
      stage.query(canister.id, 'installers');
    }
  },

  'memory kept by code that says so first': ({ stage, draw, swarm, width }) => {
    const shape = { width, memory: { min: draw.pick([1n, 2n]) } };
    // Of the two only the new code has to say that its memory may be kept.
    const canister = stage.canister({ ...shape, persistent: false }, comfortable(draw, swarm));
    const { index, module } = stage.module({ ...shape, persistent: true });
    stage.withStandardMethods(module);
    const tells = (): Statement[] => [
      { kind: 'log', value: { kind: 'load', address: constant(LAYOUT.cells + 16), bytes: 8 } },
      store(LAYOUT.cells + 16, constant(draw.bits(60))),
      tellLog(),
      respond(),
    ];
    update(canister, 'tell', tells);
    update({ module }, 'tell', tells);
    const persistences = ['keep', 'keep', 'replace'] as const;
    for (const to of [index, index, canister.moduleIndex, index]) {
      stage.ingress(canister.id, 'tell');
      stage.step(
        install(canister, 'upgrade', {
          module: to,
          ...(draw.chance(90) && { wasmMemoryPersistence: draw.pick(persistences) }),
        }),
      );
    }
    stage.ingress(canister.id, 'tell');
  },

  'another method by its turn': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const caller = canisterOf(teller);
    const callee = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const body = (n: number) => (s: Scope) => [
      ...look(s),
      store(LAYOUT.cells + 24, constant(n)),
      { kind: 'log' as const, value: constant(n) },
      tellLog(),
      respond(),
    ];
    // What the first module has as an update method is a query method of the second one, and none of the third.
    const [second, third] = [0, 1].map(() => stage.module(shapeOf(draw, swarm, width))) as [
      ReturnType<typeof stage.module>,
      ReturnType<typeof stage.module>,
    ];
    for (const { module } of [second, third]) stage.withStandardMethods(module);
    update(callee, 'turn', body(1));
    query(second, 'turn', body(2));
    query(callee, 'turn back', body(3));
    update(second, 'turn back', body(4));
    update(third, 'new', body(5));
    const told = caller.module.callback('told by its turn', 'reply callback', (s) => [...look(s), respond()]);
    const refused = caller.module.callback('refused by its turn', 'reject callback', (s) => [
      systemCall('msg_reject_code'),
      ...look(s),
      respond(),
    ]);
    const methods = ['turn', 'turn back', 'new'] as const;
    for (const method of methods)
      update(caller, `ask for ${method}`, (s) =>
        call(s, { callee, method, reply: told, reject: refused, cycles: draw.pick([0n, 5_000n]) }),
      );
    const modules = [second.index, third.index, callee.moduleIndex];
    let current = callee.moduleIndex;
    for (let i = 0; i < 4; i++) {
      for (const method of draw.shuffle(methods)) {
        if (draw.chance(70))
          stage.ingress(caller.id, `ask for ${method}`, hex(''), { picks: [pick('execute')], hold: true });
        else stage.step(message('ingress', callee, method, { arg: ofLength(i) }), { hold: true });
      }
      const now = current;
      current = draw.pick(modules.filter((index) => index !== now));
      stage.step(install(callee, 'upgrade', { module: current, wasmMemoryPersistence: 'replace' }), { hold: true });
      if (draw.chance(30)) {
        // Frozen when it was sent, and not by its turn; or the other way round.
        for (const freezingThreshold of draw.shuffle([10n ** 19n, 0n]))
          stage.step(setting(callee, { freezingThreshold }), { hold: true });
        stage.step(deposit(callee, 1_000n), { hold: true });
      }
      stage.steps.push({});
      stage.step(setting(callee, { freezingThreshold: 0n }));
      stage.query(callee.id, STANDARD_METHODS.log);
    }
  },

  'rejected two canisters below': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const root = canisterOf(teller);
    const middle = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const last = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const ends = { trap: [TRAP], silence: [], explicit: [systemCall('trap', constant(0), constant(0))] };
    for (const [name, statements] of Object.entries(ends)) query(last, name, () => statements);
    // Each tells the one above it what it was told.
    const tells = (s: Scope): Statement[] => {
      const size = s.fresh();
      return [
        systemCall('msg_reject_code'),
        resultOf('msg_reject_msg_size', size),
        systemCall('msg_reject_msg_copy', constant(LAYOUT.scratch), constant(0), variable(size)),
        ...look(s),
        tellLog(),
        respond(),
      ];
    };
    const handsOn = (s: Scope): Statement[] => {
      const size = s.fresh();
      return [
        resultOf('msg_arg_data_size', size),
        systemCall('msg_arg_data_copy', constant(LAYOUT.scratch), constant(0), variable(size)),
        systemCall('msg_reply_data_append', constant(LAYOUT.scratch), variable(size)),
        respond(),
      ];
    };
    const reject = middle.module.callback('told below', 'composite reject callback', tells);
    const reply = middle.module.callback('answered below', 'composite reply callback', (s) => [...look(s), respond()]);
    const above = root.module.callback('answered above', 'composite reply callback', handsOn);
    const fails = root.module.callback('told above', 'composite reject callback', tells);
    const methods = [...Object.keys(ends), 'missing', STANDARD_METHODS.query];
    for (const method of methods) {
      composite(middle, `ask for ${method}`, (s) => call(s, { callee: last, method, reply, reject }));
      composite(root, `ask for ${method}`, (s) =>
        call(s, { callee: middle, method: `ask for ${method}`, reply: above, reject: fails }),
      );
    }
    for (const settings of [{}, { freezingThreshold: 10n ** 19n }]) {
      stage.step(setting(last, settings));
      for (const method of draw.sample(methods, 4)) stage.query(root.id, `ask for ${method}`);
    }
  },
};
