// plumbing: stories about what a call context carries over when its canister changes while it is open — abstract-behavior.md#rule-message-execution, canister-interface.md#system-api-call
import { bytesOf, hex } from '../../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { constant, logMemory, systemCall } from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, isPersistent, ofLength, type StagedCanister } from '../stage.js';
import { deposit, install, manage, message, pick, setting, wait } from '../steps.js';
import { wellCalled } from '../system-calls.js';
import { SECOND } from '../values.js';
import { call } from './call-statements.js';
import { accept, halves, look, slot } from './cycle-statements.js';
import { add, composite, respond, type Stories, type Teller, TRAP, update } from './story.js';

/** What belongs to the call context, whatever becomes of the canister: who called and what is said of them, until when, what is left of the cycles, what was executed. */
function ofTheContext(s: Scope): Statement[] {
  const who = s.program.blob(bytesOf(userId(2)));
  return [
    ...['msg_caller_copy', 'msg_caller_info_data_copy', 'msg_caller_info_signer_copy']
      .filter((name) => s.available(name))
      .flatMap((name) => wellCalled(name, s)),
    ...[
      'msg_caller_info_data_size',
      'msg_caller_info_signer_size',
      'msg_deadline',
      'canister_status',
      'canister_version',
    ]
      .filter((name) => s.available(name))
      .map((name) => systemCall(name)),
    ...look(s),
    systemCall('performance_counter', constant(1)),
    // And what belongs to the canister, as it is by then.
    systemCall('is_controller', who.address, who.size),
    ...wellCalled('env_var_count', s),
  ];
}

/** A method `begin` whose calls follow one another, each made by the callback of the one before; the last one ends it in some way. */
function begins({ draw }: Teller, canister: StagedCanister, other: StagedCanister, rounds: number): void {
  const { replies, rejects } = STANDARD_METHODS;
  const { module } = canister;
  const cleans = module.callback('cleans up', 'cleanup callback after reply', ofTheContext);
  const ends = draw.pick<readonly Statement[]>([[respond()], [TRAP], []]);
  // Who is called sees a canister that calls, and nothing of those who called that one.
  for (const callee of [canister, other]) update(callee, 'see who', (s) => [...ofTheContext(s), respond()]);
  const asks = (s: Scope, reply: string, callee = draw.pick([canister, other])): Statement[] =>
    call(s, {
      callee,
      method: draw.pick(['see who', 'see who', replies, rejects]),
      reply,
      cleanup: cleans,
      ...(draw.chance(30) && { timeout: 300 }),
      cycles: draw.pick([0n, 0n, 5_000n]),
    });
  let next = module.callback('the last', 'reply callback', (s) => [...ofTheContext(s), ...accept(s, 3n), ...ends]);
  for (let i = rounds - 1; i > 0; i--) {
    const reply = next;
    next = module.callback(`round ${i}`, 'reply callback', (s) => [
      ...ofTheContext(s),
      ...accept(s, 2n),
      ...asks(s, reply),
    ]);
  }
  const first = next;
  const fails = draw.chance(85)
    ? module.callback('fails first', 'reply callback', (s) => [...ofTheContext(s), ...accept(s, 4n), TRAP])
    : undefined;
  update(canister, 'begin', (s) => [
    ...ofTheContext(s),
    ...accept(s, 1n),
    // The answer of another call comes first, and its callback fails.
    ...(fails === undefined ? [] : asks(s, fails, canister)),
    ...asks(s, first),
  ]);
}

export const carriedOverStories: Stories = {
  'an open call context while its canister changes': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const rounds = draw.int(1, 2);
    begins(teller, canister, other, rounds);
    const heard = other.module.callback('hears of it', 'reply callback', (s) => [...look(s), respond()]);
    update(other, 'have it begun', (s) =>
      call(s, {
        callee: canister,
        method: 'begin',
        reply: heard,
        cycles: draw.pick([7n, 1_000_000n, 1n << 50n]),
        ...(draw.chance(85) && { timeout: draw.pick([10, 10, 300]) }),
      }),
    );
    // However it comes to run, new code is told what it was given.
    for (const entryPoint of ['canister_init', 'canister_post_upgrade'] as const)
      add(canister, entryPoint, (s) => [...wellCalled('msg_arg_data_copy', s), ...ofTheContext(s)]);
    const installed = (mode: 'upgrade' | 'reinstall'): Stimulus =>
      install(canister, mode, {
        arg: ofLength(draw.int(0, 9)),
        ...(mode === 'upgrade' && draw.chance(50) && { skipPreUpgrade: true }),
        ...(mode === 'upgrade' &&
          isPersistent(canister.module) && { wasmMemoryPersistence: draw.pick(['keep', 'replace'] as const) }),
      });
    const [stop, start] = [manage(canister, 'stop'), manage(canister, 'start')];
    const changes: readonly (readonly Stimulus[])[] = [
      [stop, start],
      [stop, installed('upgrade'), start],
      [setting(canister, { controllers: [CONTROLLER, userId(2)], environmentVariables: [] })],
      [setting(canister, { freezingThreshold: 10n ** 19n })],
      [deposit(canister, 5n)],
    ];
    for (const method of draw.shuffle(['begin', 'have it begun'] as const)) {
      const picks = method === 'begin' ? [pick('execute')] : [pick('execute'), pick('execute')];
      const asked = method === 'begin' ? canister : other;
      // Two of them are open, the one beside the other.
      for (const n of [draw.int(1, 20), 0]) {
        const senderInfo = { data: ofLength(n), signer: canisterId(1) };
        stage.step(message('ingress', asked, method, n > 0 ? { senderInfo } : {}), { picks, hold: true });
      }
      // New code comes first of all; until somebody is called back it may be later than the caller waits for.
      const [code, ...others] = [[installed(draw.pick(['upgrade', 'upgrade', 'reinstall']))], ...draw.shuffle(changes)];
      for (const change of [code, draw.pick([[], ...others.slice(0, 1)]), ...others.slice(1, rounds)].entries()) {
        const [i, stimuli] = change;
        for (const stimulus of stimuli ?? []) stage.step(stimulus, { hold: true });
        if (i === 0) stage.step(wait(draw.pick([1n, 301n, 301n]) * SECOND), { hold: true });
        stage.steps.push({ picks: [pick('execute'), pick('deliver')], hold: true });
      }
      stage.steps.push({});
      stage.step(setting(canister, { freezingThreshold: 0n }));
    }
  },

  'callbacks of a canister that is frozen by then': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const { replies, rejects } = STANDARD_METHODS;
    const method = draw.pick([replies, rejects]);
    // There is nothing to spend, and nothing can be sent; what comes back is there to be looked at.
    const tries = (s: Scope): Statement[] => [
      ...look(s),
      systemCall('cycles_burn128', ...halves(draw.pick([1n, 1n << 40n])), slot(4)),
      logMemory(slot(4), constant(16)),
      ...(s.available('call_new')
        ? call(s, { callee: canister, method: replies, reply: s.standardCallbacks.reply })
        : []),
      ...look(s),
    ];
    const cleanup = canister.module.callback('cleans up', 'cleanup callback after reply', tries);
    const [answer, again] = [draw.pick<Statement[]>([[], [TRAP]]), draw.pick([0n, 1n])];
    const reply = canister.module.callback('answered', 'reply callback', (s) => [
      ...tries(s),
      ...call(s, { callee: canister, method: replies, reply: s.standardCallbacks.reply }).slice(0, -1),
      systemCall('call_cycles_add128', ...halves(again)),
      ...answer,
      respond(),
    ]);
    update(canister, 'ask', (s) =>
      call(s, { callee: canister, method, reply, cleanup, cycles: draw.pick([0n, 1_000n]) }),
    );
    for (const freezingThreshold of draw.shuffle([(1n << 64n) - 1n, 10n ** 17n])) {
      stage.ingress(canister.id, 'ask', hex(''), { picks: [pick('execute'), pick('execute')], hold: true });
      for (const settings of [{ freezingThreshold }, { freezingThreshold: 0n }])
        stage.step(setting(canister, settings));
    }
  },

  'a composite query whose callbacks fail': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const { query: looks } = STANDARD_METHODS;
    const cleanup = canister.module.callback('cleans up', 'composite cleanup callback after reply', ofTheContext);
    const fails = canister.module.callback('fails', 'composite reply callback', (s) => [...ofTheContext(s), TRAP]);
    // What failed and what cleaned up after it has been executed all the same.
    const tells = canister.module.callback('tells', 'composite reply callback', (s) => [
      ...ofTheContext(s),
      tellLog(),
      respond(),
    ]);
    const asks = (s: Scope, reply: string): Statement[] =>
      call(s, { callee: draw.pick([canister, other]), method: draw.pick([looks, 'missing']), reply, cleanup });
    const more = canister.module.callback('asks more', 'composite reply callback', (s) => [
      ...ofTheContext(s),
      ...asks(s, fails),
      ...asks(s, tells),
    ]);
    composite(canister, 'ask', (s) => [...ofTheContext(s), ...asks(s, fails), ...asks(s, draw.pick([tells, more]))]);
    const below = other.module.callback('tells below', 'composite reply callback', () => [tellLog(), respond()]);
    composite(other, 'have it asked', (s) => call(s, { callee: canister, method: 'ask', reply: below }));
    const senderInfo = { data: ofLength(draw.int(1, 20)), signer: canisterId(1) };
    for (const [asked, method] of [
      [canister, 'ask'],
      [other, 'have it asked'],
    ] as const)
      stage.step(message('query', asked, method, { senderInfo }));
  },

  'a call of a system task while its canister changes': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const { replies, rejects } = STANDARD_METHODS;
    // Nobody waits for a system task, and yet it is not over before its calls are.
    const cleans = canister.module.callback('cleans up', 'cleanup callback after reply', ofTheContext);
    const later = canister.module.callback('later', 'reply callback', (s) => [
      ...ofTheContext(s),
      ...(draw.chance(40) ? [TRAP] : []),
    ]);
    const tasks = ['canister_heartbeat', 'canister_global_timer', 'canister_on_low_wasm_memory'] as const;
    const picks = {
      canister_heartbeat: 'heartbeat',
      canister_global_timer: 'global-timer',
      canister_on_low_wasm_memory: 'low-wasm-memory',
    } as const;
    for (const task of tasks)
      add(canister, task, (s) => [
        ...ofTheContext(s),
        ...call(s, {
          callee: canister,
          method: draw.pick([replies, rejects]),
          reply: later,
          ...(draw.chance(70) && { cleanup: cleans }),
          ...(draw.chance(30) && { timeout: 10 }),
        }),
      ]);
    update(canister, 'at once', () => [systemCall('global_timer_set', constant(1)), respond()]);
    const [stop, uninstall] = [manage(canister, 'stop'), manage(canister, 'uninstall')];
    const changes: readonly (readonly Stimulus[])[] = [
      [stop],
      [stop, install(canister, 'upgrade')],
      [uninstall, install(canister, 'install')],
      [uninstall, stop],
      [install(canister, draw.pick(['upgrade', 'reinstall']))],
    ];
    for (const [i, change] of [
      ...draw.shuffle(changes.slice(0, 2)).slice(0, 1),
      ...draw.sample(changes.slice(2), 2),
    ].entries()) {
      const task = tasks[i] ?? 'canister_heartbeat';
      if (task === 'canister_global_timer')
        stage.ingress(canister.id, 'at once', hex(''), { picks: [pick('execute')], hold: true });
      if (task === 'canister_on_low_wasm_memory')
        stage.step(setting(canister, { wasmMemoryThreshold: 1n << 40n }), { hold: true });
      stage.steps.push({ picks: [pick(picks[task])], hold: true });
      for (const stimulus of change) stage.step(stimulus, { hold: true });
      stage.steps.push({ picks: [pick('execute')], hold: true });
      if (draw.chance(30)) stage.step(manage(canister, 'delete'), { hold: true });
      stage.steps.push({});
      stage.step(manage(canister, 'start'));
      stage.step(install(canister, 'reinstall'));
    }
  },
};
