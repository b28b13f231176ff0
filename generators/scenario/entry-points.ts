// table: how a scenario brings code to run from each entry point — canister-interface.md#entry-points
import { bytesOf, hex, type Principal } from '../../spec/vocabulary/brands.js';
import type { EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { ANONYMOUS, canisterId, userId } from '../../spec/vocabulary/ids.js';
import type { Expression, Statement, TrapMeans } from '../../spec/vocabulary/program.js';
import type { InstallMode, SenderInfo } from '../../spec/vocabulary/scenario.js';
import {
  constant,
  ENV,
  indexOf,
  operation,
  resultOf,
  systemCall,
  traced,
  variable,
  when,
} from '../canister/expressions.js';
import { addSelect, dispatch, SELECTOR, STANDARD_METHODS } from './canister.js';
import { LAYOUT } from '../canister/builder.js';
import type { Scope } from './scope.js';
import { CONTROLLER, isPersistent, ofLength, type Stage, type StagedCanister } from './stage.js';
import { install, manage, message, pick, setting, transform } from './steps.js';
import { callNew } from './system-calls.js';
import { ENVS, METHOD_NAMES, PLENTY } from './values.js';

/** Code for one execution. */
export interface Body {
  readonly code: (s: Scope) => Statement[];
  /** For callbacks and cleanups: another table index than that of the code, which then does not run. */
  readonly index?: (s: Scope) => Expression;
}

/** What a scenario uses to reach an entry point with each of several bodies, one execution for each. */
type Staging = (stage: Stage, canister: StagedCanister, bodies: readonly Body[]) => void;

const STAGINGS: Readonly<Record<EntryPoint, Staging>> = {
  start: (stage, canister, bodies) => {
    for (const body of bodies) {
      const { width, memory } = canister.module.program;
      const { module, index } = stage.module({ width, memory });
      stage.withStandardMethods(module);
      module.start(body.code);
      installed(stage, canister, index, stage.draw.pick(['upgrade', 'reinstall']));
    }
  },

  canister_init: (stage, canister, bodies) => {
    byArgument(canister, 'canister_init', bodies);
    bodies.forEach((_, i) => installed(stage, canister, canister.moduleIndex, 'reinstall', i + 1));
  },

  canister_post_upgrade: (stage, canister, bodies) => {
    byArgument(canister, 'canister_post_upgrade', bodies);
    bodies.forEach((_, i) => installed(stage, canister, canister.moduleIndex, 'upgrade', i + 1));
  },

  canister_pre_upgrade: (stage, canister, bodies) => {
    bySelector(canister, 'canister_pre_upgrade', bodies, false);
    bodies.forEach((_, i) => {
      select(stage, canister.id, i + 1);
      installed(stage, canister, canister.moduleIndex, 'upgrade');
    });
  },

  canister_update: methods('canister_update', 'canister_update', callFromOutsideOrInside),
  'canister_query replicated': methods('canister_query', 'canister_query replicated', callFromOutsideOrInside),
  canister_query: methods('canister_query', 'canister_query', ask),
  'canister_query below': methods('canister_query', 'canister_query below', queryFromAbove),
  'canister_query transform': methods('canister_query', 'canister_query transform', (stage, canister, method) =>
    stage.step(transform(canister, method, ofLength(stage.draw.below(40)))),
  ),
  canister_composite_query: methods('canister_composite_query', 'canister_composite_query', ask),
  'canister_composite_query below': methods(
    'canister_composite_query',
    'canister_composite_query below',
    queryFromAbove,
  ),

  'reply callback': (stage, canister, bodies) => answered(stage, canister, bodies, 'update', 'reply', false),
  'reject callback': (stage, canister, bodies) => answered(stage, canister, bodies, 'update', 'reject', false),
  'composite reply callback': (stage, canister, bodies) =>
    answered(stage, canister, bodies, 'composite', 'reply', false),
  'composite reject callback': (stage, canister, bodies) =>
    answered(stage, canister, bodies, 'composite', 'reject', false),
  'cleanup callback after reply': (stage, canister, bodies) =>
    answered(stage, canister, bodies, 'update', 'reply', true),
  'cleanup callback after reject': (stage, canister, bodies) =>
    answered(stage, canister, bodies, 'update', 'reject', true),
  'composite cleanup callback after reply': (stage, canister, bodies) =>
    answered(stage, canister, bodies, 'composite', 'reply', true),
  'composite cleanup callback after reject': (stage, canister, bodies) =>
    answered(stage, canister, bodies, 'composite', 'reject', true),

  canister_inspect_message: (stage, canister, bodies) => {
    canister.module.exported('canister_inspect_message', 'canister_inspect_message', (s) => {
      const n = s.fresh();
      const none = operation('eq', variable(n), constant(0));
      const other = operation('or', none, operation('gt_u', variable(n), constant(bodies.length)));
      return [
        resultOf('msg_arg_data_size', n),
        ...dispatch(
          variable(n),
          bodies.map((body) => body.code(s)),
        ),
        when(other, [systemCall('accept_message')]),
      ];
    });
    bodies.forEach((_, i) => {
      const method = stage.draw.chance(70) ? STANDARD_METHODS.replies : stage.draw.pick(METHOD_NAMES);
      stage.step(
        message('ingress', canister, method, { arg: ofLength(i + 1), sender: sender(stage), ...senderInfo(stage) }),
      );
    });
  },

  canister_heartbeat: (stage, canister, bodies) => {
    bySelector(canister, 'canister_heartbeat', bodies, false);
    bodies.forEach((_, i) => {
      select(stage, canister.id, i + 1);
      stage.steps.push({ picks: [pick('heartbeat')] });
    });
  },

  canister_global_timer: (stage, canister, bodies) => {
    bySelector(canister, 'canister_global_timer', bodies, true);
    bodies.forEach((_, i) => select(stage, canister.id, i + 1));
  },

  canister_on_low_wasm_memory: (stage, canister, bodies) => {
    bySelector(canister, 'canister_on_low_wasm_memory', bodies, false);
    bodies.forEach((_, i) => {
      select(stage, canister.id, i + 1);
      // Off and on again: the condition has to become true anew.
      for (const wasmMemoryThreshold of [0n, 1n << 40n]) {
        stage.step(setting(canister, { wasmMemoryThreshold }));
      }
    });
  },
};

/** Adds code and steps so that each body runs once from the entry point (unless what comes before it fails). */
export function stageBodies(
  stage: Stage,
  canister: StagedCanister,
  entryPoint: EntryPoint,
  bodies: readonly Body[],
): void {
  STAGINGS[entryPoint](stage, canister, bodies);
}

/** Gives each body a method of its own, and reaches it. */
function methods(
  exportPrefix: string,
  entryPoint: EntryPoint,
  reach: (stage: Stage, canister: StagedCanister, method: string) => void,
): Staging {
  return (stage, canister, bodies) => {
    for (const body of bodies) {
      const method = methodName(stage);
      canister.module.exported(`${exportPrefix} ${method}`, entryPoint, body.code);
      reach(stage, canister, method);
    }
  };
}

/** Unique within the scenario, and sometimes odd: any text is a method name. */
function methodName(stage: Stage): string {
  const k = stage.next();
  return stage.draw.chance(15) ? `${stage.draw.pick(METHOD_NAMES)}${k}` : `m${k}`;
}

/** A step that installs a module, most often without stopping the canister for it. */
function installed(stage: Stage, canister: StagedCanister, module: number, mode: InstallMode, argLength = 0): void {
  // From code whose memory can outlive it an upgrade must say what becomes of the memory.
  const says = mode === 'upgrade' && isPersistent(canister.module);
  // A canister is usually stopped for it.
  const stopped = stage.draw.chance(25);
  if (stopped) stage.step(manage(canister, 'stop'));
  stage.step(
    install(canister, mode, {
      module,
      arg: ofLength(argLength),
      ...(says && {
        wasmMemoryPersistence: module === canister.moduleIndex ? stage.draw.pick(['keep', 'replace']) : 'replace',
      }),
    }),
  );
  if (stopped) stage.step(manage(canister, 'start'));
}

/** Who sends a message: mostly the controller, else another user or nobody in particular. */
function sender({ draw }: Stage): Principal {
  return draw.weighted([
    [3, CONTROLLER],
    [1, userId(1)],
    [1, ANONYMOUS],
  ]);
}

/** What a canister with the caller's canister signature says about the caller: sometimes there. */
function senderInfo(stage: Stage): { readonly senderInfo?: SenderInfo } {
  if (!stage.draw.chance(30)) return {};
  return { senderInfo: { data: ofLength(stage.draw.below(20)), signer: canisterId(stage.draw.below(3)) } };
}

/** A query call from outside. */
function ask(stage: Stage, canister: StagedCanister, method: string): void {
  stage.step(message('query', canister, method, { arg: ofLength(stage.draw.below(40)), ...senderInfo(stage) }));
}

function select(stage: Stage, canister: Principal, value: number): void {
  stage.ingress(canister, STANDARD_METHODS.select, ofLength(value));
}

/** An export that runs the body whose number is the length of the argument. */
function byArgument(
  { module }: StagedCanister,
  entryPoint: 'canister_init' | 'canister_post_upgrade',
  bodies: readonly Body[],
): void {
  module.exported(entryPoint, entryPoint, (s) => {
    const n = s.fresh();
    return [
      resultOf('msg_arg_data_size', n),
      ...dispatch(
        variable(n),
        bodies.map((body) => body.code(s)),
      ),
    ];
  });
}

type WithoutArgument =
  'canister_pre_upgrade' | 'canister_heartbeat' | 'canister_global_timer' | 'canister_on_low_wasm_memory';

/** An export that runs the body that `select` chose. */
function bySelector(
  { module }: StagedCanister,
  entryPoint: WithoutArgument,
  bodies: readonly Body[],
  timer: boolean,
): void {
  addSelect(module.program, timer);
  module.exported(entryPoint, entryPoint, (s) =>
    dispatch(
      SELECTOR,
      bodies.map((body) => body.code(s)),
    ),
  );
}

/** Ingress, or a call from a canister that attaches cycles. */
function callFromOutsideOrInside(stage: Stage, target: StagedCanister, method: string): void {
  if (stage.draw.chance(60)) {
    stage.step(
      message('ingress', target, method, {
        arg: ofLength(stage.draw.below(40)),
        sender: sender(stage),
        ...senderInfo(stage),
      }),
    );
  } else callFromCanister(stage, target, method);
}

/** A call from the canister itself, or from another one where there is one. */
function callFromCanister(stage: Stage, target: StagedCanister, method: string): void {
  const caller = stage.draw.chance(50) ? stage.root() : target;
  const relay = `relay ${method}`;
  caller.module.exported(`canister_update ${relay}`, 'canister_update', (s) => {
    const { reply, reject, cleanup } = s.standardCallbacks;
    return [
      callNew(s, { callee: bytesOf(target.id), method, reply: indexOf(reply), reject: indexOf(reject) }),
      systemCall('call_on_cleanup', indexOf(cleanup), constant(stage.draw.pick(ENVS))),
      systemCall('call_cycles_add128', constant(0), constant(stage.draw.pick([0n, 1n, 3_000_000n, PLENTY, PLENTY]))),
      ...(stage.draw.chance(30) ? [systemCall('call_with_best_effort_response', constant(60))] : []),
      systemCall('call_perform'),
      systemCall('msg_reply'),
    ];
  });
  stage.ingress(caller.id, relay);
}

/** A composite query of the scenario's last canister that calls a query or composite query method. */
function queryFromAbove(stage: Stage, { id }: StagedCanister, method: string): void {
  const root = stage.root();
  const k = stage.next();
  root.module.exported(`canister_composite_query root ${k}`, 'canister_composite_query', (s) => {
    const { reply, reject } = s.standardCallbacks;
    const answer = stage.draw.chance(70) ? s.program.callback(`answer ${k}`, handsOn(s)) : reply;
    return [
      callNew(s, { callee: bytesOf(id), method, reply: indexOf(answer), reject: indexOf(reject) }),
      systemCall('call_perform'),
    ];
  });
  ask(stage, root, `root ${k}`);
}

/** Replies with what the callee replied. */
function handsOn({ program }: Scope): Statement[] {
  if (!program.hasRoom) return [systemCall('msg_reply')];
  const n = 0;
  const size = operation('and', variable(n), constant(0x3ff));
  return [
    resultOf('msg_arg_data_size', n),
    systemCall('msg_arg_data_copy', constant(LAYOUT.scratch), constant(0), size),
    systemCall('msg_reply_data_append', constant(LAYOUT.scratch), size),
    systemCall('msg_reply'),
  ];
}

/** Ways to trap for a callback whose cleanup is what matters. */
const CALLBACK_TRAPS: readonly TrapMeans[] = [
  'unreachable',
  'i32.div_s by zero',
  'recursion',
  'call_indirect beyond the end',
];

/** A trap of the canister's own code, or in a system call: for its arguments, or since there are too few instructions for them. */
function trap({ draw }: Stage): Statement[] {
  return draw.weighted<() => Statement[]>([
    [4, () => [{ kind: 'trap', means: draw.pick(CALLBACK_TRAPS) }]],
    [1, () => [systemCall('trap', constant(0), constant(0))]],
    [1, () => [systemCall('performance_counter', constant(2))]],
    [1, () => [systemCall('debug_print', constant(0), constant(1 << 30))]],
  ])();
}

/**
 * Methods that make a call whose answer runs each body: as the callback, or as the cleanup of a callback that traps.
 */
function answered(
  stage: Stage,
  canister: StagedCanister,
  bodies: readonly Body[],
  method: 'update' | 'composite',
  answer: 'reply' | 'reject',
  cleanup: boolean,
): void {
  const { program } = canister.module;
  const composite = method === 'composite' ? 'composite ' : '';
  const entryPoint: EntryPoint = cleanup
    ? `${composite}cleanup callback after ${answer}`
    : `${composite}${answer} callback`;
  for (const body of bodies) {
    const caller = canister.module.scope(method === 'update' ? 'canister_update' : 'canister_composite_query');
    const standard = caller.standardCallbacks;
    const k = stage.next();
    const name = canister.module.callback(`${entryPoint} ${k}`, entryPoint, (s) => [
      { kind: 'log', value: ENV },
      traced(ENV),
      ...body.code(s),
    ]);
    const trapping = cleanup ? program.callback(`trapping ${k}`, trap(stage)) : undefined;
    const own = body.index?.(canister.module.scope(entryPoint)) ?? indexOf(name);
    const reached = trapping === undefined ? own : indexOf(trapping);
    const target = callee(caller, method, answer);
    const statements: Statement[] = [
      callNew(caller, {
        callee: target.callee,
        method: target.method,
        reply: answer === 'reply' ? reached : indexOf(standard.reply),
        reject: answer === 'reject' ? reached : indexOf(standard.reject),
        env: stage.draw.pick(ENVS),
      }),
      ...data(caller),
      ...(cleanup ? [systemCall('call_on_cleanup', own, constant(stage.draw.pick(ENVS)))] : []),
      ...(!cleanup && stage.draw.chance(30)
        ? [systemCall('call_on_cleanup', indexOf(standard.cleanup), constant(stage.draw.pick(ENVS)))]
        : []),
      ...(method === 'update' && stage.draw.chance(50)
        ? [systemCall('call_cycles_add128', constant(0), constant(stage.draw.pick([1n, 1_000_000n, PLENTY])))]
        : []),
      systemCall('call_perform'),
    ];
    program.exported(`canister_${method === 'update' ? 'update' : 'composite_query'} ask ${k}`, statements);
    if (method === 'composite') ask(stage, canister, `ask ${k}`);
    else if (stage.draw.chance(25)) callFromCanister(stage, canister, `ask ${k}`);
    else if (stage.draw.chance(75)) stage.ingress(canister.id, `ask ${k}`);
    else whileStopping(stage, canister, `ask ${k}`);
  }
}

/** The method and what it calls are executed; when the answer arrives the canister is stopping. */
function whileStopping(stage: Stage, canister: StagedCanister, method: string): void {
  stage.ingress(canister.id, method, hex(''), { picks: [pick('execute'), pick('execute')], hold: true });
  stage.step(manage(canister, 'stop'));
  stage.step(manage(canister, 'start'));
}

function data(s: Scope): Statement[] {
  const blob = s.program.text('the argument');
  return s.draw.chance(50) ? [systemCall('call_data_append', blob.address, blob.size as Expression)] : [];
}

/** Who answers in the wanted way. */
function callee(
  s: Scope,
  method: 'update' | 'composite',
  answer: 'reply' | 'reject',
): { readonly callee: Uint8Array; readonly method: string } {
  const peer = s.draw.pick(s.peers);
  if (answer === 'reply')
    return { callee: bytesOf(peer.canister), method: method === 'update' ? peer.replies : peer.query };
  return s.draw.weighted([
    [method === 'update' ? 4 : 0, { callee: bytesOf(peer.canister), method: peer.rejects }],
    [1, { callee: bytesOf(peer.canister), method: 'no such method' }],
    [1, { callee: bytesOf(canisterId(77)), method: 'nobody' }],
  ]);
}
