// plumbing: cases without a plot — canisters that do whatever they can, while whatever can happen to them does
//
// Stories show what somebody thought of. This is for what nobody did: every entry point at once, code of random acts, calls of each other down
// to a certain depth, and steps of every kind, with messages held back and taken in any order.
import { bytesOf } from '../../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../../spec/vocabulary/entry-point.js';
import { ANONYMOUS, canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Expression, Statement } from '../../../spec/vocabulary/program.js';
import type { Settings, Stimulus } from '../../../spec/vocabulary/scenario.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  ENV,
  indexOf,
  load,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
  when,
} from '../../canister/expressions.js';
import type { Draw } from '../../draw.js';
import { cellsOf, STANDARD_METHODS } from '../canister.js';
import { trapping } from '../missions.js';
import { addSegments, comfortable, shapeOf } from '../mission-scenario.js';
import { rawCode } from '../raw-code.js';
import type { Scope } from '../scope.js';
import { scribble } from '../scribble.js';
import { CONTROLLER, ofLength, type Stage, type StagedCanister } from '../stage.js';
import { anyPicks, install, message, transform, wait } from '../steps.js';
import { barelyCalled, calledAtBoundary, callNew, wellCalled } from '../system-calls.js';
import { PAGE, PLENTY, SECOND } from '../values.js';
import { halves } from './cycle-statements.js';
import { anyManagement } from './lifecycle.js';
import { add, composite, partsOfRootKey, query, type Stories, type Teller, timeAndVersion, update } from './story.js';

/** Update methods: each calls later ones only, so that all calls end. */
const UPDATES = ['do 0', 'do 1', 'do 2'] as const;
const COMPOSITES = ['ask 0', 'ask 1'] as const;
/** How deep in calls system tasks count as: the methods that they call are deeper. */
const TASK_LEVEL = 1;
const SEE = 'see';
const MISSING = 'no such method';

/** What a canister counts, acts upon and tells. */
const COUNT = LAYOUT.cells + 0x38;

/** Where code is made. */
interface Here {
  readonly stage: Stage;
  readonly canister: StagedCanister;
  /** How deep in calls: 0 at the root. At `UPDATES.length` nothing is called any more. */
  readonly level: number;
}

/** Functions that respond, or that start again what has just ended. */
const APART: ReadonlySet<string> = new Set(['msg_reply', 'msg_reject', 'accept_message', 'trap', 'global_timer_set']);

/** One thing that code can do. */
type Act = (s: Scope, here: Here) => Statement[];

const counts: Act = ({ draw }) => [
  store(COUNT, operation('add', load(COUNT, 8), constant(draw.int(1, 3)))),
  { kind: 'log', value: load(COUNT, 8) },
];

/** Functions that code can call as often as it likes. */
const callable = ({ entryPoint, width }: Scope): readonly string[] =>
  cellsOf(entryPoint, width).available.filter((name) => !APART.has(name));

const callsWell: Act = (s) => s.draw.sample(callable(s), s.draw.int(2, 5)).flatMap((name) => wellCalled(name, s));

/** The timer goes off at once, later, or not any more; not set by what system tasks call, or it would go off for ever. */
const setsTimer: Act = (s, { level }) => {
  if (level > TASK_LEVEL || s.entryPoint !== 'canister_update') return [];
  if (s.draw.chance(30)) return wellCalled('global_timer_set', s);
  const now = s.fresh();
  const after = constant(s.draw.pick([0, 0, 1, 1_000_000_000, 11_000_000_000]));
  return [resultOf('time', now), systemCall('global_timer_set', operation('add', variable(now), after))];
};

/** A few pages, which may be more than is left. */
const grows: Act = ({ draw, program }) =>
  program.memory === undefined ? [] : [{ kind: 'memory.grow', pages: constant(draw.int(1, 2)), log: true }];

const sometimes: Act = (s, here) => [
  when(operation('and', load(COUNT, 8), constant(s.draw.pick([1, 2, 3]))), acts(s, here, 1)),
];

/** Whom to call, and how: any canister or none, by a method of the right kind, of a wrong kind, or by none. */
function callee(s: Scope, { level }: Here): readonly [Uint8Array, string] {
  const { draw, peers } = s;
  const { callsQueries } = s;
  const deeper = callsQueries ? COMPOSITES.slice(level + 1) : UPDATES.slice(level + 1);
  const method = draw.weighted<string>([
    [6, draw.pick([...deeper, SEE])],
    [2, draw.pick(callsQueries ? [STANDARD_METHODS.query] : [STANDARD_METHODS.replies, STANDARD_METHODS.rejects])],
    // Of the wrong kind: what is of the right one could call itself for ever.
    [1, draw.pick([MISSING, callsQueries ? 'do 2' : 'ask 1'])],
  ]);
  const canister = draw.chance(95) ? draw.pick(peers).canister : canisterId(77);
  return [bytesOf(canister), method];
}

/** Code for the response, or what every canister does with responses. */
function onResponse(
  s: Scope,
  kind: 'reply' | 'reject' | 'cleanup',
  { stage, canister, level }: Here,
  fails = false,
): Expression {
  const { draw } = s;
  if (!fails && draw.chance(40)) return indexOf(s.standardCallbacks[kind]);
  if (draw.chance(4)) return constant(draw.pick([999, 0xffff_ffff]));
  const of = s.callsQueries ? 'composite ' : '';
  const entryPoint: EntryPoint = kind === 'cleanup' ? `${of}cleanup callback after reply` : `${of}${kind} callback`;
  const name = canister.module.callback(`${kind} ${stage.next()}`, entryPoint, (inner) => [
    { kind: 'log', value: ENV },
    ...acts(inner, { stage, canister, level: level + 1 }, 3),
    ...(fails
      ? trapping(draw.pick(['unreachable', 'explicit', 'system-call', 'integer-divide-by-zero'] as const), inner)
      : ends(inner, inner.callsQueries ? 2 : 6)),
  ]);
  return indexOf(name);
}

const makesCall: Act = (s, here) => {
  const { draw } = s;
  if (!s.available('call_new') || here.level >= UPDATES.length) return [];
  const [canister, method] = callee(s, here);
  const attached = draw.pick([0n, 1n, 1_000_000n, PLENTY]);
  const text = s.program.text('something to say');
  // The callbacks of a composite query trap seldom: those with a cleanup after them have to, now and then.
  const cleans = draw.chance(s.callsQueries ? 60 : 35);
  const fails = cleans && s.callsQueries && draw.chance(50);
  return [
    callNew(s, {
      callee: canister,
      method,
      reply: onResponse(s, 'reply', here, fails),
      reject: onResponse(s, 'reject', here, fails),
      env: BigInt(draw.below(1000)),
    }),
    ...(cleans ? [systemCall('call_on_cleanup', onResponse(s, 'cleanup', here), constant(5))] : []),
    ...(draw.chance(35) ? [systemCall('call_data_append', text.address, text.size)] : []),
    ...(s.available('call_cycles_add128') && attached > 0n ? attaching(attached, draw.chance(30)) : []),
    ...(s.available('call_with_best_effort_response') && draw.chance(35)
      ? [systemCall('call_with_best_effort_response', constant(draw.pick([0, 10, 300, 301])))]
      : []),
    ...(draw.chance(94) ? [systemCall('call_perform')] : []),
  ];
};

/** Attaches cycles. Whatever the balance is, it falls by as much at once: by less is what is told, where it is looked at. */
function attaching(amount: bigint, looks: boolean): Statement[] {
  const attach = systemCall('call_cycles_add128', ...halves(amount));
  const [before, after] = [LAYOUT.scratch, LAYOUT.scratch + 16];
  if (!looks) return [attach];
  return [
    systemCall('canister_cycle_balance128', constant(before)),
    attach,
    systemCall('canister_cycle_balance128', constant(after)),
    { kind: 'log', value: operation('gt_u', constant(amount), operation('sub', load(before, 8), load(after, 8))) },
  ];
}

/** What code does, by how often. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [4, counts],
  [5, callsWell],
  [6, (s, { stage }) => scribble(s, { openWasm: stage.openWasm, count: 4 })],
  [9, makesCall],
  [3, setsTimer],
  [1, grows],
  [2, sometimes],
  [1, timeAndVersion],
  [1, partsOfRootKey],
  [1, (s) => calledAtBoundary(s.draw.pick(callable(s)), s)],
  [1, (s) => [rawCode(s, s.draw.int(3, 15))]],
];

/** A few acts, one after the other. */
function acts(s: Scope, here: Here, most: number): Statement[] {
  return Array.from({ length: s.draw.int(1, most) }, () => s.draw.weighted(ACTS)(s, here)).flat();
}

/**
 * How an execution ends: with a response where one can be given, without, twice with one, or in a trap. A callback may find that its call
 * context has responded: that is a trap, too.
 */
function ends(s: Scope, silence = 2): Statement[] {
  const { draw } = s;
  const responses = ['msg_reply', 'msg_reject', 'accept_message'].filter((name) => s.available(name));
  const answer = (): Statement[] => {
    const [usual] = responses;
    if (usual === undefined) return [];
    return wellCalled(
      draw.weighted([
        [5, usual],
        [1, draw.pick(responses)],
      ]),
      s,
    );
  };
  return draw.weighted<() => Statement[]>([
    [14, answer],
    [silence, () => []],
    [1, () => [...answer(), ...answer()]],
    [1, () => trapping(draw.pick(['unreachable', 'explicit', 'system-call', 'instruction-limit', 'stack-budget']), s)],
    [1, () => unavailable(s)],
  ])();
}

function unavailable(s: Scope): Statement[] {
  const names = cellsOf(s.entryPoint, s.width).unavailable;
  return names.length === 0 ? [] : [barelyCalled(s.draw.pick(names), s)];
}

/** Entry points that a canister has or has not, by how often in a hundred. */
const OPTIONAL: readonly (readonly [percent: number, EntryPoint & `canister_${string}`])[] = [
  [30, 'canister_heartbeat'],
  [60, 'canister_global_timer'],
  [40, 'canister_on_low_wasm_memory'],
  [15, 'canister_inspect_message'],
];

/** Gives a canister all methods, and entry points as it comes. @param low whether its memory is close to its limit */
function equipped(canister: StagedCanister, { stage, draw }: Teller, low: boolean): void {
  // Who has little memory mostly has the hook for it.
  const has = OPTIONAL.filter(([percent, name]) =>
    draw.chance(low && name === 'canister_on_low_wasm_memory' ? 90 : percent),
  ).map(([, name]) => name);
  const timed = has.includes('canister_global_timer');
  const body =
    (level: number, most = 5) =>
    (s: Scope): Statement[] => {
      const here = { stage, canister, level };
      return [
        // What has a timer sets it, and what has little memory takes some: of all the acts they would be few.
        ...(timed && draw.chance(60) ? setsTimer(s, here) : []),
        ...(low && s.available('call_new') && draw.chance(50) ? grows(s, here) : []),
        ...acts(s, here, most),
        ...ends(s, s.callsQueries ? 16 : s.available('call_new') ? 6 : 2),
      ];
    };
  UPDATES.forEach((name, level) => {
    update(canister, name, body(level));
  });
  query(canister, SEE, body(UPDATES.length));
  COMPOSITES.forEach((name, level) => {
    composite(canister, name, body(level));
  });
  for (const name of has) add(canister, name, body(TASK_LEVEL, 3));
  // What traps here most of the time would leave nothing to look at.
  for (const name of ['canister_init', 'canister_pre_upgrade', 'canister_post_upgrade'] as const) {
    if (draw.chance(40))
      add(canister, name, (s) => [
        ...acts(s, { stage, canister, level: UPDATES.length }, 2),
        ...(draw.chance(10) ? unavailable(s) : []),
      ]);
  }
}

/** One thing that happens from outside. */
function anyStimulus(draw: Draw, canisters: readonly StagedCanister[]): Stimulus | undefined {
  const chosen = draw.pick(canisters);
  const sender = draw.weighted([
    [6, CONTROLLER],
    [1, userId(1)],
    [1, ANONYMOUS],
  ]);
  const arg = ofLength(draw.below(20));
  const methods = [...UPDATES, ...UPDATES, ...UPDATES, SEE, 'ask 0', STANDARD_METHODS.replies, MISSING];
  return draw.weighted<() => Stimulus | undefined>([
    [8, () => message('ingress', chosen, draw.pick(methods), { arg, sender })],
    [3, () => message('query', chosen, draw.pick([SEE, ...COMPOSITES, ...COMPOSITES]), { arg, sender })],
    [1, () => transform(chosen, SEE, arg)],
    [3, () => anyManagement(draw, chosen, canisters.length)],
    [1, () => upgrade(draw, chosen)],
    [2, () => wait(BigInt(draw.pick([1, 11, 301])) * SECOND)],
    [3, () => undefined],
  ])();
}

function upgrade(draw: Draw, canister: StagedCanister): Stimulus {
  return install(canister, 'upgrade', {
    ...(draw.chance(40) && { wasmMemoryPersistence: draw.pick(['keep', 'replace'] as const) }),
    ...(draw.chance(40) && { skipPreUpgrade: draw.chance(50) }),
  });
}

/** Choices, if they are there: mostly to go on; expiry as often as spontaneous rejects, which few other cases have. */
const KINDS = [
  [4, 'execute'],
  [4, 'deliver'],
  [1, 'heartbeat'],
  [1, 'expire-message'],
  [1, 'expire-context'],
  [1, 'reject'],
  [1, 'global-timer'],
  [1, 'any'],
] as const;

/** Settings with which a memory of a few pages is close to its limit. */
function littleMemory(draw: Draw): Settings {
  const limit = BigInt(draw.int(6, 20));
  return { wasmMemoryLimit: PAGE * limit, wasmMemoryThreshold: PAGE * (limit - BigInt(draw.int(2, 4))) };
}

export const interplayStories: Stories = {
  'anything, in any order': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const made = Array.from({ length: draw.pick([1, 2, 2, 3]) }, (_, i) => {
      const low = draw.chance(35);
      const canister = stage.canister(
        shapeOf(draw, swarm, i === 0 ? width : draw.pick(['i32', 'i64'])),
        draw.chance(85) ? comfortable(draw, swarm) : 5_000_000_000_000n + draw.bits(42),
        low ? littleMemory(draw) : {},
      );
      return { canister, low };
    });
    for (const { canister, low } of made) {
      addSegments(canister, draw, swarm);
      equipped(canister, teller, low);
    }
    const canisters = made.map(({ canister }) => canister);
    for (let i = draw.int(8, 17); i > 0; i--) {
      const stimulus = anyStimulus(draw, canisters);
      stage.steps.push({
        ...(stimulus && { stimulus }),
        picks: anyPicks(draw, draw.below(4), KINDS, 3),
        ...(draw.chance(45) && { hold: true }),
      });
    }
    stage.steps.push({});
  },
};
