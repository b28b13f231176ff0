// plumbing: stories about what comes between a call and its answer — abstract-behavior.md#call-context-creation
import { bytesOf, cycles } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { InstallMode, Pick, Settings, Stimulus } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  load,
  logMemory,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
  when,
} from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, ofLength, type Stage, type StagedCanister } from '../stage.js';
import { deposit, install, manage, type Management, message, pick, setting, wait } from '../steps.js';
import { wellCalled } from '../system-calls.js';
import { SECOND } from '../values.js';
import { call } from './call-statements.js';
import { respond, type Stories, type Story, type Teller, timeAndVersion, TRAP, update } from './story.js';

const { replies, rejects, query: looks } = STANDARD_METHODS;
/** Counts what has been committed: a place of its own for calls, answers and other messages. */
const COUNT = LAYOUT.cells + 0x10;
const CALLS = 1;
const ANSWERS = 1 << 8;
const OTHERS = 1 << 16;

/** Adds to the count and tells it. */
function counts(by: number): Statement[] {
  return [store(COUNT, operation('add', load(COUNT, 8), constant(by))), { kind: 'log', value: load(COUNT, 8) }];
}

/** Who comes and goes as a controller, and names of environment variables that come and go, by their order. */
const LATE = userId(3);
const LATE_NAMES = ['a', 'late'] as const;

/** What can change while a call is open, and what cannot: of the canister, of the call context, of the call. */
function sees(s: Scope): Statement[] {
  const count = s.fresh();
  const names = LATE_NAMES.map((name) => s.program.text(name));
  const who = [LATE, CONTROLLER].map((id) => s.program.blob(bytesOf(id)));
  const at = constant(LAYOUT.scratch);
  return [
    ...['canister_status', 'msg_deadline', 'msg_caller_info_signer_size']
      .filter((name) => s.available(name))
      .map((name) => systemCall(name)),
    ...wellCalled('msg_caller_copy', s),
    ...wellCalled('msg_caller_info_data_copy', s),
    ...timeAndVersion(s),
    systemCall('performance_counter', constant(1)),
    ...who.map(({ address, size }) => systemCall('is_controller', address, size)),
    resultOf('env_var_count', count),
    when(variable(count), [
      systemCall('env_var_name_copy', constant(0), at, constant(0), constant(1)),
      logMemory(at, constant(1)),
    ]),
    ...names.map(({ address, size }) => systemCall('env_var_name_exists', address, size)),
  ];
}

interface Asking {
  readonly caller: StagedCanister;
  readonly callee: StagedCanister;
}

/** A method `ask` that calls the other canister, which may take its time, and answers when it has the answer. */
function asking({ stage, draw, swarm, width }: Teller): Asking {
  const caller = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
  const callee = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
  const last = callee.module.callback('answers last', 'reply callback', (s) => [
    ...counts(ANSWERS),
    ...sees(s),
    respond(),
  ]);
  const once = draw.chance(60);
  const later = callee.module.callback('answers later', 'reply callback', (s) => [
    ...counts(ANSWERS),
    ...sees(s),
    ...(once ? [respond()] : call(s, { callee: draw.pick([callee, caller]), method: replies, reply: last })),
  ]);
  update(callee, 'slow', (s) => [
    ...counts(CALLS),
    ...sees(s),
    ...call(s, { callee: draw.pick([callee, caller]), method: replies, reply: later }),
  ]);
  // Who has answered before is told of the answer all the same.
  const early = draw.chance(45);
  // An answer does not end what a callback may do: it calls again. How long it waits is counted from now, not from the first call.
  const after = draw.chance(45);
  const again = caller.module.callback('after the answer', 'reply callback', () => counts(OTHERS));
  const timeout = draw.chance(70) && { timeout: draw.pick([1, 300]) };
  const goesOn = (s: Scope): Statement[] =>
    after ? call(s, { callee, method: draw.pick([replies, 'slow', 'slow']), reply: again, ...timeout }) : [];
  const answered = (answer: 'reply' | 'reject') =>
    caller.module.callback(`tells the ${answer}`, `${answer} callback`, (s) => [
      ...counts(ANSWERS),
      ...(answer === 'reject' ? [systemCall('msg_reject_code')] : []),
      ...sees(s),
      ...(draw.chance(15) ? [TRAP] : [...(early ? [] : [respond()]), ...goesOn(s)]),
    ]);
  const [reply, reject] = [answered('reply'), answered('reject')];
  const cleanup = draw.chance(50)
    ? caller.module.callback('cleans up', 'cleanup callback after reply', (s) => [...counts(ANSWERS), ...sees(s)])
    : undefined;
  update(caller, 'ask', (s) => [
    ...counts(CALLS),
    ...sees(s),
    ...call(s, {
      ...(draw.chance(65) && { timeout: draw.pick([1, 11, 300]) }),
      callee,
      method: draw.pick(['slow', 'slow', 'slow', replies, rejects]),
      reply,
      reject,
      cleanup,
      cycles: draw.pick([0n, 1n, 1_000n, 1n << 40n]),
    }),
    // What it writes after the call is committed with the rest.
    ...counts(CALLS),
    ...(early ? [respond()] : []),
  ]);
  for (const canister of [caller, callee]) update(canister, 'count', (s) => [...counts(OTHERS), ...sees(s), respond()]);
  return { caller, callee };
}

/** So many messages, by the usual order: what is executed, and then what came of it. */
function some(draw: Draw, kinds: readonly Pick['kind'][]): Pick[] {
  return kinds.slice(0, draw.int(0, kinds.length)).map((kind) => pick(kind));
}

/** Who waits with bound may be told that nobody knows before anything else happens. */
function tired(draw: Draw): Pick[] {
  return draw.chance(25) ? [pick('expire-context')] : [];
}

/** The call is made, and goes on for a while; then comes what comes in between; then everything that is left. */
function inBetween({ stage, draw }: Teller, { caller }: Asking, between: () => void): void {
  for (let i = draw.pick([1, 1, 2]); i > 0; i--) {
    const picks = [pick('execute'), ...some(draw, ['execute', 'execute', 'deliver']), ...tired(draw)];
    const senderInfo = { data: ofLength(draw.int(1, 20)), signer: canisterId(0) };
    stage.step(message('ingress', caller, 'ask', draw.chance(50) ? { senderInfo } : {}), { picks, hold: true });
  }
  if (draw.chance(40)) meanwhile(stage, wait(BigInt(draw.int(1, 9)) * SECOND));
  between();
  stage.steps.push({});
}

/** A step that holds back what is under way. */
function meanwhile(stage: Stage, stimulus: Stimulus): void {
  stage.step(stimulus, { hold: true, picks: some(stage.draw, ['execute', 'deliver']) });
}

/** What somebody does meanwhile to a canister, or beside it. */
type Act = (stage: Stage, canister: StagedCanister) => void;

const managed =
  (kind: Management): Act =>
  (stage, canister) =>
    meanwhile(stage, manage(canister, kind));

const installed =
  (mode: InstallMode): Act =>
  (stage, canister) =>
    meanwhile(stage, install(canister, mode));

const set =
  (settings: Settings): Act =>
  (stage, canister) =>
    meanwhile(stage, setting(canister, settings));

const called =
  (kind: 'ingress' | 'query', method: string): Act =>
  (stage, canister) =>
    meanwhile(stage, message(kind, canister, method));

const deposited: Act = (stage, canister) => meanwhile(stage, deposit(canister, 10n ** 12n));

const passed =
  (seconds: readonly bigint[]): Act =>
  (stage) =>
    meanwhile(stage, wait(stage.draw.pick(seconds) * SECOND));

/** Things that a controller may do, one after another, to a canister of which calls are open. */
const MANAGES: readonly (readonly Act[])[] = [
  [managed('stop'), managed('start')],
  [managed('stop'), managed('stop')],
  [managed('stop'), managed('delete')],
  [managed('stop'), called('ingress', 'count')],
  [managed('stop'), called('query', looks)],
  [managed('stop'), installed('upgrade')],
  [managed('stop'), managed('uninstall')],
  [managed('uninstall')],
  [managed('uninstall'), managed('stop'), managed('delete')],
  [managed('uninstall'), installed('install')],
  [installed('upgrade')],
  [installed('reinstall')],
  [set({ freezingThreshold: 10n ** 20n / 6n })],
  [set({ controllers: [] }), managed('stop')],
];

/** What a callback may see the difference of. */
const CHANGES: typeof MANAGES = [
  [installed('upgrade')],
  [set({ controllers: [LATE, CONTROLLER] })],
  [set({ environmentVariables: LATE_NAMES.map((name) => ({ name, value: '' })) })],
  [set({ environmentVariables: [] }), installed('upgrade')],
  [set({ minimumIncomingCanisterCallCycles: cycles(1_000n) })],
  [passed([2n, 12n, 301n])],
];

/** Whatever became of it, it runs again and has code. */
function restored(stage: Stage, canister: StagedCanister): void {
  stage.step(manage(canister, 'start'));
  stage.step(install(canister, 'reinstall'));
}

/** A controller does something to one of the two while a call is open. */
const managing =
  (which: keyof Asking): Story =>
  (teller) => {
    const { stage, draw } = teller;
    const both = asking(teller);
    for (const acts of [...draw.sample(MANAGES, 2), ...draw.sample(CHANGES, 2)]) {
      inBetween(teller, both, () => {
        for (const act of acts) act(stage, both[which]);
      });
      stage.ingress(both[which].id, 'count');
      restored(stage, both[which]);
    }
    stage.ingress(both.caller.id, 'ask');
  };

export const inBetweenStories: Stories = {
  'messages while a call is open': (teller) => {
    const { stage, draw } = teller;
    const both = asking(teller);
    const { caller, callee } = both;
    const comes: readonly (readonly [StagedCanister, Act])[] = [
      [caller, called('ingress', 'count')],
      [caller, called('ingress', 'ask')],
      [callee, called('ingress', 'count')],
      [caller, called('query', looks)],
      [caller, deposited],
      [caller, passed([1n, 12n, 301n])],
    ];
    for (let i = 0; i < 2; i++) {
      inBetween(teller, both, () => {
        for (const [canister, act] of draw.sample(comes, draw.int(1, 3))) act(stage, canister);
      });
    }
  },

  'the caller managed while its call is open': managing('caller'),

  'the callee managed while it is called': managing('callee'),
};
