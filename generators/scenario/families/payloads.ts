// plumbing: stories about the data of calls and responses — those that were not sent, and as much as may be — canister-interface.md#system-api-call, #responding
import { bytesOf } from '../../../spec/vocabulary/brands.js';
import type { Expression, Statement } from '../../../spec/vocabulary/program.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, ENV, indexOf, systemCall } from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import type { Scope } from '../scope.js';
import type { Stage, StagedCanister } from '../stage.js';
import { pick, transform } from '../steps.js';
import { callNew } from '../system-calls.js';
import { call } from './call-statements.js';
import { cyclesNow } from './cycle-statements.js';
import { add, canisterOf, composite, happens, respond, type Stories, TRAP, update } from './story.js';

/** Bytes that an answer to a canister, an argument or a reject message may have. */
const MOST = 65_536;
const START = constant(LAYOUT.cells);

function append(s: Scope, text: string): Statement {
  const blob = s.program.text(text);
  return systemCall('msg_reply_data_append', blob.address, blob.size);
}

/** A call that one execution has begun and not performed is no call of the next one, which traps where it goes on with it. */
function begunBefore(stage: Stage, canister: StagedCanister): void {
  const { draw } = stage;
  const begins = (s: Scope): Statement[] => [
    callNew(s, {
      callee: bytesOf(canister.id),
      method: STANDARD_METHODS.replies,
      reply: indexOf(s.standardCallbacks.reply),
      reject: indexOf(s.standardCallbacks.reject),
    }),
    ...(draw.chance(50) ? [systemCall('call_cycles_add128', constant(0), constant(1_000))] : []),
  ];
  const nothing = [constant(LAYOUT.cells), constant(0)] as const;
  const goesOn = (): Statement =>
    draw.pick([
      systemCall('call_perform'),
      systemCall('call_perform'),
      systemCall('call_data_append', ...nothing),
      systemCall('call_cycles_add128', constant(0), constant(0)),
      systemCall('call_on_cleanup', constant(0), constant(0)),
    ]);
  update(canister, 'begins a call', (s) => [...begins(s), respond()]);
  composite(canister, 'begins a call and forgets it', (s) => [...begins(s), respond()]);
  add(canister, 'canister_heartbeat', begins);
  const begin = draw.pick<() => void>([
    () => stage.ingress(canister.id, 'begins a call'),
    () => stage.query(canister.id, 'begins a call and forgets it'),
    () => stage.steps.push({ picks: [pick('heartbeat')] }),
  ]);
  begin();
  happens(stage, canister, () => [goesOn(), respond()]);
  composite(canister, 'goes on with a call', () => [goesOn(), respond()]);
  begin();
  stage.query(canister.id, 'goes on with a call');
}

/** There is nothing to say in a callback, of either kind, once the call has its answer. */
function lateWords(stage: Stage, canister: StagedCanister): void {
  const { draw } = stage;
  const nothing = [constant(LAYOUT.cells), constant(0)] as const;
  const says = ['msg_reply', 'msg_reject', 'msg_reply_data_append'] as const;
  for (const answer of ['reply', 'reject'] as const) {
    for (const name of draw.sample(says, 2)) {
      const late = canister.module.callback(`${name} after ${answer}`, `${answer} callback`, () => [
        systemCall(name, ...(name === 'msg_reply' ? [] : nothing)),
      ]);
      const method = answer === 'reply' ? STANDARD_METHODS.replies : STANDARD_METHODS.rejects;
      happens(stage, canister, (s) => [...call(s, { callee: canister, method, reply: late }), respond()]);
    }
  }
}

/** Some of what can be said of a call under construction. */
function anyOfCall(draw: Draw, cleanup: string): Statement[] {
  return draw
    .sample<() => Statement>(
      [
        () => systemCall('call_on_cleanup', indexOf(cleanup), constant(9)),
        () => systemCall('call_with_best_effort_response', constant(7)),
        () => systemCall('call_data_append', constant(LAYOUT.cells), constant(16)),
        () => systemCall('call_cycles_add128', constant(0), constant(1_234)),
      ],
      3,
    )
    .map((make) => make());
}

/** A call that is begun anew, after one that was performed or not, has nothing of the one before it. */
function callsBegunAnew(stage: Stage, canister: StagedCanister): void {
  const { module } = canister;
  const cleanup = module.callback('notes', 'cleanup callback after reply', () => [{ kind: 'log', value: ENV }]);
  const traps = module.callback('traps', 'reply callback', () => [TRAP]);
  const anew = (s: Scope): Statement =>
    callNew(s, {
      callee: bytesOf(canister.id),
      method: STANDARD_METHODS.query,
      reply: indexOf(traps),
      reject: indexOf(traps),
    });
  for (const performed of [false, true]) {
    happens(stage, canister, (s) => [
      anew(s),
      ...anyOfCall(stage.draw, cleanup),
      ...(performed ? [systemCall('call_perform')] : []),
      anew(s),
      systemCall('call_data_append', constant(LAYOUT.cells), constant(1)),
      systemCall('call_perform'),
      ...cyclesNow(s),
      respond(),
    ]);
  }
}

/** What was handed over is what stood there then, whatever is written there afterwards: of calls, replies, rejects and certified data. */
function overwrittenLater(stage: Stage, canister: StagedCanister): void {
  const { draw } = stage;
  const written = (byte: number, size: number): Statement => ({
    kind: 'memory.fill',
    address: START,
    byte: constant(byte),
    size: constant(size),
  });
  const handed = (name: string, size: number): Statement[] => [
    written(0x33, size),
    systemCall(name, START, constant(size)),
    written(0x44, size),
  ];
  for (const size of draw.sample([1, 32, 63, 64, 65, 300, 4_096, 5_000], 3)) {
    const pieces = draw.pick([1, 2]);
    const said = (name: string): Statement[] => Array.from({ length: pieces }, () => handed(name, size)).flat();
    update(canister, `says ${size}`, () => [...said('msg_reply_data_append'), respond()]);
    update(canister, `refuses ${size}`, () => handed('msg_reject', size));
    happens(stage, canister, (s) => [
      callNew(s, {
        callee: bytesOf(canister.id),
        method: draw.pick([`says ${size}`, `refuses ${size}`]),
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      }),
      ...said('call_data_append'),
      systemCall('call_perform'),
      ...handed('certified_data_set', Math.min(size, 32)),
      ...handed('debug_print', Math.min(size, 300)),
      respond(),
    ]);
  }
}

/** Replies of that length in one piece or two, of queries, composite queries, their callbacks and updates. */
function repliesOf(stage: Stage, canister: StagedCanister, size: number): void {
  const { program } = canister.module;
  const parts = stage.draw.pick([[size], [size - 1, 1], [size >> 1, size - (size >> 1)]]);
  const replies = (): Statement[] => [
    ...parts.map((part) => systemCall('msg_reply_data_append', START, constant(part))),
    respond(),
  ];
  program.exported('canister_query large', replies());
  // A callback of a composite query replies as much as the query.
  const later = program.callback('large later', replies());
  for (const method of [STANDARD_METHODS.query, 'missing']) {
    composite(canister, `large after ${method}`, (s) => call(s, { callee: canister, method, reply: later }));
    stage.query(canister.id, `large after ${method}`);
  }
  update(canister, 'large update', replies);
  stage.query(canister.id, 'large');
  stage.ingress(canister.id, 'large');
  stage.ingress(canister.id, 'large update');
}

/** An update call of a query method replies as little as an update: in pieces of which each would do. */
function repliesInPieces(stage: Stage, canister: StagedCanister): void {
  for (const piece of [0, stage.draw.pick([1, 32_768])]) {
    canister.module.program.exported(`canister_query and ${piece}`, [
      systemCall('msg_reply_data_append', START, constant(MOST)),
      systemCall('msg_reply_data_append', START, constant(piece)),
      respond(),
    ]);
    stage.ingress(canister.id, `and ${piece}`);
    stage.query(canister.id, `and ${piece}`);
  }
}

/** Methods that reject with a message of the limit and one byte around it. */
function rejectsAroundLimit(stage: Stage, canister: StagedCanister): void {
  for (const more of [-1, 0, 1]) {
    update(canister, `reject ${more}`, () => [
      { kind: 'memory.fill', address: constant(0x10000), byte: constant(0x61), size: constant(MOST + 1) },
      systemCall('msg_reject', constant(0x10000), constant(MOST + more)),
    ]);
    stage.ingress(canister.id, `reject ${more}`);
  }
}

/** Calls with an argument of the limit and one byte around it, in two pieces. */
function argumentsAroundLimit(stage: Stage, canister: StagedCanister): void {
  const { draw } = stage;
  for (const more of draw.shuffle([-1, 0, 1])) {
    // Neither of the pieces alone is too large.
    const cut = draw.pick(more > 0 ? [1, 100] : [0, 1, 100]);
    happens(stage, canister, (s) => [
      callNew(s, {
        callee: bytesOf(canister.id),
        method: STANDARD_METHODS.query,
        reply: indexOf(s.standardCallbacks.reply),
        reject: indexOf(s.standardCallbacks.reject),
      }),
      systemCall('call_data_append', START, constant(MOST + more - cut)),
      systemCall('call_data_append', START, constant(cut)),
      systemCall('call_perform'),
      respond(),
    ]);
  }
}

/** Calls of principals of 29 bytes and of one more than there can be. */
function longPrincipals(stage: Stage, canister: StagedCanister): void {
  for (const length of [29, 30]) {
    happens(stage, canister, (s) => {
      const blob = s.program.blob(stage.draw.bytes(length));
      const { reply, reject } = s.standardCallbacks;
      const none: Expression = constant(0);
      return [
        systemCall('call_new', blob.address, blob.size, none, none, indexOf(reply), none, indexOf(reject), none),
        systemCall('call_perform'),
        respond(),
      ];
    });
  }
}

export const payloadStories: Stories = {
  'data that were not sent': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const { module } = canister;
    const answers = module.callback('appends and replies', 'reply callback', (s) => [append(s, 'new'), respond()]);
    const silent = module.callback('appends only', 'reply callback', (s) => [
      append(s, 'lost'),
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: answers }),
    ]);
    happens(stage, canister, (s) => [
      append(s, 'forgotten'),
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: draw.pick([answers, silent]) }),
    ]);
    happens(stage, canister, (s) => [respond(), append(s, 'too late')]);
    happens(stage, canister, (s) => [respond(), append(s, '')]);
    lateWords(stage, canister);
    overwrittenLater(stage, canister);
    callsBegunAnew(stage, canister);
    begunBefore(stage, canister);
  },

  'sizes at the limits': ({ stage, draw, width }) => {
    const canister = stage.canister({ width, memory: { min: 3n } }, 10n ** 15n);
    const limit = draw.pick([65_536, 98_304]);
    repliesOf(stage, canister, limit + draw.pick([-1, 0, 0, 1]));
    repliesInPieces(stage, canister);
    stage.step(transform(canister, 'large'));
    rejectsAroundLimit(stage, canister);
    // All of it reaches a canister that asked.
    happens(stage, canister, (s) =>
      ['large update', 'reject -1', 'reject 0'].flatMap((method) =>
        call(s, { callee: canister, method, ...s.standardCallbacks, cleanup: undefined }),
      ),
    );
    argumentsAroundLimit(stage, canister);
    longPrincipals(stage, canister);
  },
};
