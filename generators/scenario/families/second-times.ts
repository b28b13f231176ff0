// plumbing: stories about what comes a second time, when little or nothing has changed — abstract-behavior.md#query-call, canister-interface.md#system-api-call
import { bytesOf, hex } from '../../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Expression, Statement } from '../../../spec/vocabulary/program.js';
import type { Pick } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  indexOf,
  load,
  logMemory,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
  when,
} from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength, type StagedCanister } from '../stage.js';
import { deposit, install, manage, message, pick, wait } from '../steps.js';
import { callNew, wellCalled } from '../system-calls.js';
import { MASK_64, SECOND } from '../values.js';
import { call } from './call-statements.js';
import { accept, halves, look, lowHalf, profileOf, slot } from './cycle-statements.js';
import { add, canisterOf, composite, query, respond, type Stories, type Teller, TRAP, update } from './story.js';

/** What an update changes, and a query tells. */
const COUNT = LAYOUT.cells + 0x18;

/** Everything that may be another the next time, although the canister and its version are the same. */
function tells(s: Scope): Statement[] {
  const size = s.fresh();
  return [
    { kind: 'log', value: load(COUNT, 8) },
    systemCall('time'),
    systemCall('canister_version'),
    ...look(s),
    resultOf('msg_arg_data_size', size),
    ...['msg_caller_copy', 'msg_caller_info_data_copy'].flatMap((name) => wellCalled(name, s)),
    ...(s.available('data_certificate_size') && s.entryPoint !== 'canister_query transform'
      ? [systemCall('data_certificate_present')]
      : []),
  ];
}

/** Statements that count, and end as they are told. */
const counts = (...end: Statement[]): Statement[] => [
  store(COUNT, operation('add', load(COUNT, 8), constant(1))),
  ...end,
];

/** What happens between two queries. Most of it leaves the version of who is asked as it was. */
function between({ stage, draw }: Teller, asked: StagedCanister, other: StagedCanister): void {
  draw.pick<() => void>([
    () => stage.step(wait(draw.pick([1n, SECOND, 3_600n * SECOND]))),
    () => stage.step(wait(SECOND)),
    () => stage.step(deposit(asked, draw.pick([1n, 10n ** 12n]))),
    // It is charged for what it did, and nothing else of it stays.
    () => stage.ingress(asked.id, 'trap'),
    // Only the callee of the query's call has changed.
    () => stage.ingress(other.id, 'count'),
    () => stage.ingress(asked.id, 'count'),
  ])();
}

/** What may only be called while a call is being built. */
const BUILDING: readonly (readonly [name: string, ...args: Expression[]])[] = [
  ['call_on_cleanup', constant(0), constant(0)],
  ['call_with_best_effort_response', constant(1)],
  ['call_data_append', constant(LAYOUT.constants), constant(0)],
  ['call_cycles_add128', constant(0), constant(0)],
  ['call_perform'],
];

export const secondTimeStories: Stories = {
  'the same query again': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const asked = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm), { computeAllocation: 1n });
    const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    for (const canister of [asked, other]) {
      update(canister, 'count', () => counts(respond()));
      update(canister, 'trap', () => counts(TRAP));
      query(canister, 'tell', (s) => [...tells(s), tellLog(), respond()]);
    }
    const after = asked.module.callback('tells what came', 'composite reply callback', (s) => [
      systemCall('time'),
      ...wellCalled('msg_arg_data_copy', s),
      tellLog(),
      respond(),
    ]);
    composite(asked, 'tell below', (s) => [...tells(s), ...call(s, { callee: other, method: 'tell', reply: after })]);
    // Asked as before, or otherwise in one thing only.
    const method = draw.pick(['tell', 'tell below']);
    const variations = [
      {},
      {},
      { sender: userId(1) },
      { arg: ofLength(4) },
      { certificate: ofLength(9) },
      { senderInfo: { data: ofLength(5), signer: canisterId(0) } },
    ];
    stage.step(message('query', asked, method, { arg: ofLength(3) }));
    for (const variation of draw.sample(variations, 3)) {
      between(teller, asked, other);
      stage.step(message('query', asked, method, { arg: ofLength(3), ...variation }));
    }
  },

  'a composite query asked twice by another': ({ stage, draw, swarm, width }) => {
    const above = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const below = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    // Every evaluation begins with what was committed, whatever another one of the same query call has left.
    const grows = systemCall('stable64_grow', constant(1));
    const answers = below.module.callback('answers', 'composite reply callback', () => [
      { kind: 'log', value: load(COUNT, 8) },
      grows,
      tellLog(),
      respond(),
    ]);
    composite(below, 'count', (s) => [
      ...counts({ kind: 'log', value: load(COUNT, 8) }, grows),
      ...call(s, { callee: draw.pick([below, above]), method: STANDARD_METHODS.query, reply: answers }),
    ]);
    const heard = (...end: Statement[]): string =>
      above.module.callback('hears', 'composite reply callback', (s) => [
        ...wellCalled('msg_arg_data_copy', s),
        ...end,
      ]);
    const replies = [heard(), heard(tellLog(), respond())];
    composite(above, 'ask twice', (s) =>
      replies.flatMap((reply) => call(s, { callee: below, method: 'count', reply })),
    );
    for (let i = 0; i < 2; i++) stage.query(above.id, 'ask twice');
  },

  'more calls than a queue holds, one after the other': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    // A call that is answered has left the queue, however it was answered.
    const methods = [STANDARD_METHODS.query, 'missing', 'trap'];
    query(canister, 'trap', () => [TRAP]);
    for (const method of draw.sample(methods, 2)) {
      const again = `and again ${method}`;
      const answered = canister.module.callback(again, 'composite reply callback', (s) => [
        ...counts(),
        {
          kind: 'if',
          condition: operation('gt_u', constant(draw.int(16, 20)), load(COUNT, 8)),
          then: call(s, { callee: canister, method, reply: again }),
          else: [respond()],
        },
      ]);
      composite(canister, `ask ${method}`, (s) => [
        store(COUNT, constant(0)),
        ...call(s, { callee: canister, method, reply: answered }),
      ]);
      stage.query(canister.id, `ask ${method}`);
    }
  },

  'a composite query that asks itself while its queue fills': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const { module } = canister;
    // Every evaluation has a queue of its own: neither the calls above it nor those that it leaves behind are in another's.
    const half = draw.int(9, 12);
    const many = (s: Scope, method: string, reply: string): Statement[] => [
      { kind: 'repeat', times: constant(half), body: call(s, { callee: canister, method, reply }) },
    ];
    const answers = module.callback('answers at once', 'composite reply callback', () => [respond()]);
    composite(canister, 'inner', (s) => many(s, STANDARD_METHODS.query, answers));
    const counts = module.callback('hears of all', 'composite reply callback', () => [
      store(COUNT, operation('add', load(COUNT, 8), constant(1))),
      when(operation('eq', load(COUNT, 8), constant(3)), [respond()]),
    ]);
    composite(canister, 'outer', (s) => many(s, 'inner', counts));
    stage.query(canister.id, 'outer');
  },

  'a queue of calls for which nobody waits any more': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    const { queueCapacity } = profileOf(stage).limits;
    const late = other.module.callback('answers late', 'reply callback', () => counts(respond()));
    update(other, 'slow', (s) => [
      ...counts(),
      ...call(s, { callee: other, method: STANDARD_METHODS.replies, reply: late }),
    ]);
    const calls = (s: Scope): Statement[] =>
      call(s, { callee: other, method: 'slow', reply: s.standardCallbacks.reply, timeout: 60 });
    update(canister, 'many', (s) => [{ kind: 'repeat', times: constant(queueCapacity), body: calls(s) }, respond()]);
    update(canister, 'two more', (s) => [...calls(s), ...calls(s), respond()]);
    const times = (count: number, kind: Pick['kind']) => Array.from({ length: count }, () => pick(kind));
    // They are over, but not yet answered at the caller: only what is delivered makes room.
    const [expiring, delivered] = [draw.int(1, 3), draw.pick([0, 0, 1])];
    const ends = draw.pick([
      [...times(queueCapacity, 'execute'), ...times(expiring, 'expire-context')],
      times(expiring, 'expire-message'),
    ]);
    const picks = [pick('execute'), ...ends, ...times(delivered, 'deliver')];
    stage.step(message('ingress', canister, 'many'), { picks, hold: true });
    // The head of the queue is older.
    stage.step(message('ingress', canister, 'two more'), { picks: [pick('execute', 1)], hold: true });
    // Other code begins with empty queues, however late the answers are.
    const gone = draw.chance(60);
    if (gone)
      for (const each of [manage(canister, 'uninstall'), install(canister, 'install')])
        stage.step(each, { hold: true });
    stage.steps.push({});
    if (gone) stage.ingress(canister.id, 'many');
  },

  'a call after one that failed': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { replies, rejects } = STANDARD_METHODS;
    const { module } = canister;
    const fails = module.callback('traps', 'reject callback', () => counts(TRAP));
    const cleanup = module.callback('of the first call', 'cleanup callback after reject', () => counts());
    // It has everything that a call can have, and more cycles than leave enough for itself.
    const first = (s: Scope): Statement[] => [
      callNew(s, { callee: bytesOf(canister.id), method: replies, reply: indexOf(cleanup), reject: indexOf(cleanup) }),
      systemCall('call_on_cleanup', indexOf(cleanup), constant(1)),
      systemCall('call_with_best_effort_response', constant(draw.pick([0, 60]))),
      systemCall('call_data_append', constant(LAYOUT.constants), constant(5)),
      systemCall('canister_liquid_cycle_balance128', slot(0)),
      systemCall('call_cycles_add128', load(LAYOUT.scratch + 8, 8), lowHalf(0)),
      resultOf('call_perform', 0),
      { kind: 'log', value: variable(0) },
    ];
    update(canister, 'twice', (s) => [
      ...first(s),
      ...call(s, { callee: canister, method: draw.pick([replies, rejects, 'missing']), reply: fails }),
      ...look(s),
    ]);
    stage.ingress(canister.id, 'twice');
    // What could not be performed is concluded all the same: nothing can be added to it, and it cannot be performed once more.
    update(canister, 'goes on', (s) => [
      ...first(s),
      systemCall(...draw.pick(BUILDING)),
      systemCall('call_perform'),
      respond(),
    ]);
    stage.ingress(canister.id, 'goes on');
    stage.query(canister.id, STANDARD_METHODS.query, hex('00'));
  },

  'in portions': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), (1n << 70n) + draw.bits(60));
    const amounts = [0n, 1n, 5n, draw.bits(20), 1n << 63n, (1n << 64n) - 1n, 1n << 64n];
    // What is accepted or burned a second time, by whichever function, is told without what was before.
    const takes = (s: Scope): Statement[] => {
      const n = constant(draw.pick(amounts) & MASK_64);
      const narrow = s.available('msg_cycles_accept') && draw.chance(60);
      return narrow ? [systemCall('msg_cycles_accept', n)] : accept(s, draw.pick(amounts));
    };
    const burns = (): Statement[] => [
      systemCall('cycles_burn128', ...halves(draw.pick(amounts)), slot(5)),
      logMemory(slot(5), constant(16)),
    ];
    const again = (s: Scope): Statement[] =>
      draw
        .shuffle([takes, takes, takes, burns, burns])
        .flatMap((make) => [...make(s), ...(draw.chance(30) ? look(s) : [])]);
    add(canister, 'canister_query replicated', (s) => [...again(s), ...look(s), respond()]);
    const later = canister.module.callback('takes more', 'reply callback', (s) => [...again(s), respond()]);
    update(canister, 'at once', (s) => [...again(s), respond()]);
    update(canister, 'later', (s) => [
      ...takes(s),
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: later }),
    ]);
    const told = other.module.callback('told what was left', 'reply callback', look);
    for (const method of draw.shuffle(['at once', 'later', 'replicated'])) {
      const name = `pay ${method}`;
      update(other, name, (s) =>
        call(s, { callee: canister, method, reply: told, cycles: draw.pick([9n, 1n << 30n, 1n << 64n, 3n << 64n]) }),
      );
      stage.ingress(other.id, name);
    }
  },
};
