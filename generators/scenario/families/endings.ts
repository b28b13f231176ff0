// plumbing: stories about calls that end otherwise than by the first reply — canister-interface.md#system-api-call, abstract-behavior.md#call-expiry
import { hex } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Pick } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, ENV, store, systemCall } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import type { StagedCanister } from '../stage.js';
import { install, manage, pick, wait } from '../steps.js';
import { ENVS, MASK_64, SECOND } from '../values.js';
import { call, whose } from './call-statements.js';
import { accept, cyclesNow } from './cycle-statements.js';
import { canisterOf, respond, type Stories, TRAP, update } from './story.js';

const AMOUNT = constant(LAYOUT.scratch);

/** The method `slow`, which is processed for a while: its answer waits for that of another call. */
function addSlow(canister: StagedCanister, draw: Draw, came: string): void {
  const later = canister.module.callback('answers later', 'reply callback', (s) => [
    ...whose(s),
    ...cyclesNow(s),
    ...(draw.chance(50) ? [systemCall('msg_cycles_accept128', constant(0), constant(200), AMOUNT)] : []),
    // Another call, which waits as long as it says, whatever has become of the one that is answered.
    ...(draw.chance(40) ? call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: came }) : []),
    ...(draw.chance(80) ? [respond()] : []),
  ]);
  update(canister, 'slow', (s) => [
    systemCall('msg_deadline'),
    ...cyclesNow(s),
    systemCall('msg_cycles_accept128', constant(0), constant(100), AMOUNT),
    // Its own calls wait as long as it says, not as long as its caller does.
    ...call(s, {
      callee: canister,
      method: STANDARD_METHODS.replies,
      reply: later,
      ...(draw.chance(50) ? { timeout: draw.pick([0, 30, 300]) } : {}),
    }),
  ]);
}

/** The method `bounded`, whose two calls mostly wait with bound. */
function addBounded(canister: StagedCanister, draw: Draw, came: string, seen: string): void {
  update(canister, 'bounded', (s) =>
    [0, 1].flatMap((i) =>
      call(s, {
        callee: canister,
        method: draw.pick(['slow', 'slow', STANDARD_METHODS.replies]),
        reply: came,
        reject: seen,
        env: BigInt(i),
        cycles: draw.pick([0n, 1_000n, 10_000_000n]),
        ...(draw.chance(85) ? { timeout: draw.pick([0, 1, 60, 300]) } : {}),
      }),
    ),
  );
}

/** Where calls of `bounded` expire: their messages, the contexts of `slow`, or both, after so many executions. */
function pointsOfExpiry(draw: Draw): readonly (readonly Pick[])[] {
  const execute = pick('execute');
  const expire = pick('expire-message', draw.below(2));
  const end = pick('expire-context', draw.below(2));
  return [
    [execute, expire],
    [execute, expire, expire],
    [execute, execute, end],
    [execute, execute, execute, end, end],
    [execute, execute, end, execute, expire],
    [execute, execute, execute, execute, expire, expire],
    [execute, execute, execute, pick('deliver'), expire],
  ];
}

/** Accepts an amount that may be larger than what came back, and leaves marks everywhere before it traps. */
function acceptsAndTraps(s: Scope, draw: Draw, mark: number): Statement[] {
  return [
    store(mark, constant(5)),
    s.available('msg_cycles_accept') && draw.chance(50)
      ? systemCall('msg_cycles_accept', constant(draw.pick([1n, 1n << 63n, MASK_64])))
      : systemCall('msg_cycles_accept128', constant(0), constant(70), AMOUNT),
    systemCall('certified_data_set', constant(mark), constant(8)),
    systemCall('cycles_burn128', constant(0), constant(33), AMOUNT),
    TRAP,
  ];
}

/** Accepts any amount, and may answer the caller. */
function accepts(s: Scope, draw: Draw): Statement[] {
  return [
    ...cyclesNow(s),
    s.available('msg_cycles_accept') && draw.chance(60)
      ? systemCall('msg_cycles_accept', constant(draw.pick([0n, 1n, 500n, 1n << 63n, MASK_64])))
      : systemCall('msg_cycles_accept128', constant(draw.pick([0n, 1n])), constant(draw.pick([0n, 500n])), AMOUNT),
    ...cyclesNow(s),
    ...(draw.chance(30) ? [respond()] : []),
  ];
}

/** Ways in which a wait with bound ends early for a call that brings cycles: of its message, of the context, of the answer under way. */
const EARLY_ENDS: readonly { readonly method: string; readonly picks: readonly Pick['kind'][] }[] = [
  { method: 'keeps some', picks: ['execute', 'execute', 'expire-message'] },
  { method: STANDARD_METHODS.rejects, picks: ['execute', 'execute', 'expire-message'] },
  { method: 'keeps more later', picks: ['execute', 'execute', 'expire-context', 'execute', 'deliver'] },
  { method: 'keeps more later', picks: ['execute', 'execute', 'expire-context', 'execute'] },
  { method: 'keeps some', picks: ['execute', 'expire-message'] },
  { method: 'fails before', picks: ['execute', 'execute', 'execute', 'deliver', 'expire-context'] },
];

export const endingStories: Stories = {
  'cycles of a call for which nobody waits': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const caller = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const callee = draw.chance(30) ? caller : stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const told = caller.module.callback('told what became of it', 'reject callback', (s) => [
      systemCall('msg_reject_code'),
      ...cyclesNow(s),
      ...(draw.chance(50) ? [respond()] : []),
    ]);
    const sent = draw.pick([1_000n, 1n << 40n, 1n << 64n]);
    const takes = (s: Scope): Statement[] => [
      ...cyclesNow(s),
      ...accept(s, draw.pick([1n, 300n, sent])),
      ...cyclesNow(s),
    ];
    update(callee, 'keeps some', (s) => [...takes(s), respond()]);
    const more = callee.module.callback('keeps more', 'reply callback', (s) => [
      ...takes(s),
      ...(draw.chance(70) ? [respond()] : draw.pick([[], [TRAP]])),
    ]);
    update(callee, 'keeps more later', (s) => [
      ...accept(s, 1n),
      ...call(s, { callee, method: STANDARD_METHODS.replies, reply: more }),
    ]);
    const fails = callee.module.callback('fails', 'reply callback', () => [TRAP]);
    update(callee, 'fails before', (s) =>
      [fails, more].flatMap((reply) => call(s, { callee, method: STANDARD_METHODS.replies, reply })),
    );
    for (const [i, { method, picks }] of draw.shuffle(EARLY_ENDS).slice(1).entries()) {
      const name = `send ${i}`;
      update(caller, name, (s) => call(s, { callee, method, reply: told, cycles: sent, timeout: draw.pick([0, 300]) }));
      stage.ingress(caller.id, name, hex(''), { picks: picks.map((kind) => pick(kind)), hold: true });
      if (method === 'keeps more later' && draw.chance(40)) stage.step(manage(callee, 'uninstall'), { hold: true });
      stage.steps.push({});
      stage.step(install(callee, 'reinstall'));
    }
  },

  'asked before it is gone': ({ stage, draw, swarm, width }) => {
    const caller = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const gone = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const told = caller.module.callback('told of who is gone', 'reject callback', (s) => [
      systemCall('msg_reject_code'),
      ...cyclesNow(s),
    ]);
    const asked = { callee: gone, method: STANDARD_METHODS.replies, reply: told, cycles: 1_000n };
    update(caller, 'ask', (s) => [...call(s, asked), ...call(s, { ...asked, timeout: 60 })]);
    stage.ingress(caller.id, 'ask', hex(''), { picks: [pick('execute')], hold: true });
    stage.ingress(gone.id, STANDARD_METHODS.replies, hex(''), { hold: true });
    // It has executed nothing, so that it stops at once; its messages wait still.
    for (const kind of ['stop', 'delete'] as const) stage.step(manage(gone, kind), { hold: true });
    const ways = ['reject', 'reject', 'execute', 'expire-message'] as const;
    stage.steps.push({ picks: [0, 1, 2].map(() => pick(draw.pick(ways), draw.below(3))) });
    stage.steps.push({});
  },

  'answered after the caller is gone': ({ stage, draw, swarm, width }) => {
    const caller = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const callee = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const told = caller.module.callback('told that nobody knows', 'reject callback', cyclesNow);
    update(caller, 'ask', (s) =>
      call(s, { callee, method: 'slow', reply: told, cycles: 1_000n, timeout: draw.pick([0, 60, 300]) }),
    );
    // Whose call it is stays as it was, and so does what came with it, whatever has become of the caller.
    const about = (s: Scope): Statement[] => [...whose(s), ...cyclesNow(s)];
    const cleanup = callee.module.callback('cleans up alone', 'cleanup callback after reply', about);
    const last = callee.module.callback('answers nobody at last', 'reply callback', about);
    const later = callee.module.callback('answers nobody', 'reply callback', (s) => [
      ...about(s),
      ...accept(s, draw.pick([1n, 600n])),
      ...(draw.chance(40) ? call(s, { callee: caller, method: STANDARD_METHODS.replies, reply: last }) : []),
      ...draw.pick([[respond()], [respond()], [], [TRAP]]),
    ]);
    update(callee, 'slow', (s) => [
      ...accept(s, 1n),
      ...call(s, { callee: draw.pick([callee, caller]), method: STANDARD_METHODS.replies, reply: later, cleanup }),
    ]);
    const picks = ['execute', 'execute', 'expire-context', 'deliver'] as const;
    stage.ingress(caller.id, 'ask', hex(''), { picks: picks.map((kind) => pick(kind)), hold: true });
    // Nothing of the caller is open, so that it stops at once.
    stage.step(manage(caller, 'stop'), { hold: true });
    draw.pick<() => void>([
      () => undefined,
      () => stage.step(manage(caller, 'delete'), { hold: true }),
      () => stage.step(manage(caller, 'uninstall'), { hold: true }),
      () => stage.step(manage(caller, 'start'), { hold: true }),
    ])();
    stage.steps.push({});
  },

  'expired at every point': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const seen = module.callback('expired or not', 'reject callback', (s) => [
      systemCall('msg_reject_code'),
      ...whose(s),
      ...cyclesNow(s),
      ...(draw.chance(35) ? [respond()] : []),
    ]);
    const came = module.callback('came in time', 'reply callback', (s) => [
      systemCall('msg_arg_data_size'),
      ...whose(s),
      ...cyclesNow(s),
    ]);
    addSlow(canister, draw, came);
    addBounded(canister, draw, came, seen);
    for (const picks of draw.sample(pointsOfExpiry(draw), 3)) {
      const ends = draw.pick([undefined, 'stop', 'uninstall'] as const);
      // What is to end while something is under way waits for it.
      const hold = (percent: number): boolean => draw.chance(percent) || ends !== undefined;
      stage.ingress(canister.id, 'bounded', hex(''), { picks, hold: hold(60) });
      stage.step(wait(draw.pick([1n, SECOND, 301n * SECOND])), { hold: hold(40) });
      // It has not stopped as long as one of its calls is under way, whether anybody waits for its answer or not. Nor is anybody told a
      // second time when its code is taken away.
      if (ends !== undefined) stage.step(manage(canister, ends), { hold: true });
      stage.steps.push({ picks: [pick(draw.pick(['expire-message', 'expire-context', 'deliver'])), pick('deliver')] });
      stage.steps.push({});
      if (ends === 'stop') stage.step(manage(canister, 'start'));
      if (ends === 'uninstall') stage.step(install(canister, 'install'));
    }
  },

  'one of several callbacks traps': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const mark = LAYOUT.cells + 0xb0;
    const cleanup = module.callback('after the trap', 'cleanup callback after reply', (s) => [
      store(mark, ENV),
      ...cyclesNow(s),
      systemCall('msg_caller_size'),
      systemCall('msg_reject_code'),
      systemCall('performance_counter', constant(1)),
    ]);
    const trapping = module.callback('accepts and traps', 'reply callback', (s) => acceptsAndTraps(s, draw, mark));
    const accepting = module.callback('accepts', 'reply callback', (s) => accepts(s, draw));
    update(canister, 'several', (s) =>
      draw.shuffle([trapping, accepting, draw.pick([trapping, accepting])]).flatMap((reply, i) =>
        call(s, {
          callee: canister,
          method: draw.pick([STANDARD_METHODS.replies, STANDARD_METHODS.rejects]),
          reply,
          env: draw.pick(ENVS.slice(0, 6)) + BigInt(i),
          ...(draw.chance(60) ? { cleanup } : {}),
        }),
      ),
    );
    update(canister, 'pay for several', (s) =>
      call(s, {
        callee: canister,
        method: 'several',
        reply: s.standardCallbacks.reply,
        reject: s.standardCallbacks.reject,
        cycles: draw.pick([1_000n, 1n << 64n]),
      }),
    );
    stage.ingress(canister.id, draw.pick(['several', 'pay for several']), hex(''), {
      picks: [pick('execute'), pick('execute'), pick('execute', draw.below(3)), pick('deliver', draw.below(2))],
    });
    stage.ingress(canister.id, 'pay for several');
  },
};
