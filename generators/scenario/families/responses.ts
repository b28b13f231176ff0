// plumbing: stories about responses — what can be called back, and who has been answered — canister-interface.md#system-api-call
import { hex, type PointerWidth } from '../../../spec/vocabulary/brands.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Pick } from '../../../spec/vocabulary/scenario.js';
import type { FuncType } from '../../../spec/wasm/types.js';
import { LAYOUT } from '../../canister/builder.js';
import {
  constant,
  ENV,
  load,
  logMemory,
  operation,
  resultOf,
  store,
  systemCall,
  variable,
} from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf, stageCanisters } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { ofLength, type Stage, type StagedCanister } from '../stage.js';
import { install, manage, pick, setting, wait } from '../steps.js';
import { SECOND } from '../values.js';
import { call, fanOut } from './call-statements.js';
import { cyclesNow } from './cycle-statements.js';
import { composite, happens, query, respond, type Stories, update } from './story.js';

const AMOUNT = constant(LAYOUT.scratch);

/** Types that no callback of a module of the width has. */
function wrongTypes(width: PointerWidth): FuncType[] {
  return [
    { params: [], results: [] },
    { params: [width, width], results: [] },
    { params: [width === 'i32' ? 'i64' : 'i32'], results: [] },
    { params: [width], results: [width] },
    { params: ['externref'], results: [] },
  ];
}

/** A method that calls others and is done with its caller before they have answered; `inCallback`: not before the first has. */
function early(callee: StagedCanister, to: StagedCanister, name: string, inCallback: boolean): void {
  const { module } = callee;
  const left = (s: Scope): Statement[] => [
    ...cyclesNow(s),
    systemCall('msg_cycles_accept128', constant(0), constant(7), AMOUNT),
    systemCall('msg_deadline'),
  ];
  const later = module.callback(`${name}, later`, 'reply callback', (s) => left(s));
  const answers = module.callback(`${name}, answers`, 'reply callback', (s) => [...left(s), respond(), ...left(s)]);
  update(callee, name, (s) => [
    ...left(s),
    ...call(s, { callee: to, method: STANDARD_METHODS.replies, reply: inCallback ? answers : later }),
    ...call(s, { callee: to, method: STANDARD_METHODS.replies, reply: later, env: 2n }),
    ...(inCallback ? [] : [respond(), ...left(s)]),
  ]);
}

/** A step after which the canister has no code any more. */
function ended(stage: Stage, canister: StagedCanister, by: 'uninstall' | 'out of cycles'): void {
  if (by === 'uninstall') stage.step(manage(canister, 'uninstall'), { hold: true });
  else stage.step(wait(1_000_000n * SECOND), { hold: true });
}

/** System API functions of the type of a callback: what the call gives them is an address. */
const LIKE_CALLBACKS = [
  'canister_cycle_balance128',
  'canister_liquid_cycle_balance128',
  'msg_cycles_available128',
  'msg_cycles_refunded128',
  'cost_create_canister',
] as const;

export const responseStories: Stories = {
  'imported functions as callbacks': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = stageCanisters(stage, draw, swarm, width);
    const { program } = canister.module;
    const [first, second] = draw.sample(LIKE_CALLBACKS, 2).map((name) => `ic0.${name}`) as [string, string];
    for (const name of [first, second]) program.tableEntry(name);
    const at = BigInt(LAYOUT.cells + 0x20);
    for (const method of [STANDARD_METHODS.replies, STANDARD_METHODS.rejects]) {
      happens(stage, canister, (s) => [
        ...call(s, {
          callee: canister,
          method,
          reply: first,
          reject: second,
          env: draw.pick([at, at, 1n << 31n]),
          cycles: draw.pick([0n, 1_000n]),
          ...(draw.chance(50) ? { cleanup: draw.pick([first, second]) } : {}),
        }),
        ...(draw.chance(50) ? [respond()] : []),
      ]);
    }
    // No other type will do.
    const wrong = draw.pick(['ic0.msg_reply_data_append', 'ic0.time']);
    program.tableEntry(wrong);
    happens(stage, canister, (s) => call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: wrong }));
  },

  'callbacks judged when the response arrives': (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = stageCanisters(stage, draw, swarm, width);
    const name = fanOut(stage, canister, 2);
    // Another module is installed while the call is open: the table is its table.
    const { module, index } = stage.module({ width, memory: { min: 1n } });
    const { program } = module;
    const types = draw.shuffle(wrongTypes(width));
    for (let i = 0; i < 3; i++) {
      const type = types[i];
      const right = type === undefined || draw.chance(15);
      if (right) program.callback('another callback', [{ kind: 'log', value: ENV }, respond()]);
      else program.tableEntry(draw.chance(15) ? null : program.typed(`not a callback ${i}`, type));
    }
    // The calls are answered before, or after by what there is then.
    const executed = Array.from({ length: draw.int(1, 3) }, () => pick('execute'));
    stage.ingress(canister.id, name, hex(''), { picks: executed, hold: true });
    const installation = draw.chance(50)
      ? install(canister, 'reinstall', { module: index })
      : install(canister, 'upgrade', { module: index, wasmMemoryPersistence: 'replace' });
    stage.step(installation, { hold: true });
    stage.steps.push({});
  },

  'callbacks of a wrong type': ({ stage, draw, swarm, width }) => {
    const canister = stageCanisters(stage, draw, swarm, width);
    const { module } = canister;
    const { program } = module;
    const names = wrongTypes(width).map((type, i) => program.typed(`of a wrong type ${i}`, type));
    for (const name of names) program.tableEntry(name);
    const at = LAYOUT.cells + 0xb8;
    const cleanup = module.callback('cleans up', 'cleanup callback after reply', () => [
      store(at, operation('add', operation('mul', load(at, 8), constant(31)), ENV)),
    ]);
    const answers = program.callback('tells and answers', [{ kind: 'log', value: load(at, 8) }, tellLog(), respond()]);
    const calls = (s: Scope, methods: readonly string[], count: number): Statement[] => [
      ...draw.sample(names, count).flatMap((wrong, i) =>
        call(s, {
          callee: canister,
          method: draw.pick(methods),
          reply: wrong,
          reject: draw.pick(names),
          env: BigInt(i + 1),
          ...draw.pick([{ cleanup }, { cleanup }, { cleanup }, { cleanup: draw.pick(names) }, {}]),
        }),
      ),
      ...(draw.chance(80) ? call(s, { callee: canister, method: methods[0] ?? '', reply: answers }) : []),
    ];
    for (let i = 0; i < 2; i++) {
      happens(stage, canister, (s) => calls(s, [STANDARD_METHODS.replies, STANDARD_METHODS.rejects], 3));
    }
    for (const name of ['wrong', 'wrong again']) {
      composite(canister, name, (s) => calls(s, [STANDARD_METHODS.query, 'missing'], draw.int(1, 2)));
      stage.query(canister.id, name);
    }
  },

  'answered before its calls are': ({ stage, draw, swarm, width }) => {
    // One percent for a second: 10^7 cycles.
    const callee = stage.canister(shapeOf(draw, swarm, width), 10n ** 12n, {
      computeAllocation: 100n,
      freezingThreshold: 0n,
    });
    const other = stage.canister(shapeOf(draw, swarm, draw.pick(['i32', 'i64'])), comfortable(draw, swarm));
    early(callee, draw.pick([callee, other, other]), 'early', false);
    early(callee, other, 'in a callback', true);
    const method = draw.pick(['early', 'early', 'in a callback']);
    for (const asked of ['early', 'in a callback']) {
      update(other, `ask ${asked}`, (s) =>
        call(s, {
          callee,
          method: asked,
          reply: s.standardCallbacks.reply,
          reject: s.standardCallbacks.reject,
          cycles: draw.pick([1_000n, 10_000_000n]),
          ...(draw.chance(50) ? { timeout: draw.pick([1, 60, 300]) } : {}),
        }),
      );
    }
    // All callbacks come, and find the call answered.
    stage.ingress(other.id, 'ask early');
    stage.ingress(other.id, 'ask in a callback');
    // It is answered, and its calls are not when the canister ends.
    const answered: readonly Pick[] =
      method === 'early' ? [pick('execute')] : [pick('execute'), pick('execute'), pick('deliver')];
    const more = draw.chance(30) ? [pick('execute', draw.below(2))] : [];
    if (draw.chance(50)) stage.ingress(callee.id, method, hex(''), { picks: [...answered, ...more], hold: true });
    else {
      stage.ingress(other.id, `ask ${method}`, hex(''), { picks: [pick('execute'), ...answered, ...more], hold: true });
    }
    ended(stage, callee, draw.pick(['uninstall', 'out of cycles']));
    stage.steps.push({});
    stage.ingress(other.id, STANDARD_METHODS.replies);
  },

  'the younger of two callers first': ({ stage, draw, swarm, width }) => {
    const [callee, older, younger] = ([width, 'i32', width] as const).map((each) =>
      stage.canister(shapeOf(draw, swarm, each), comfortable(draw, swarm)),
    ) as [StagedCanister, StagedCanister, StagedCanister];
    const at = LAYOUT.cells + 0xc0;
    update(callee, 'in turn', (s) => [
      resultOf('msg_arg_data_size', 0),
      store(at, operation('add', operation('mul', load(at, 8), constant(31)), variable(0))),
      systemCall('msg_caller_copy', AMOUNT, constant(0), constant(10)),
      logMemory(AMOUNT, constant(10)),
      ...cyclesNow(s),
      systemCall('msg_reply_data_append', constant(at), constant(8)),
      respond(),
    ]);
    [older, younger].forEach((caller, n) => {
      const count = draw.int(1, 2);
      update(caller, 'ask', (s) => [
        ...Array.from({ length: count }, (_, i) => {
          const made = call(s, {
            callee,
            method: 'in turn',
            reply: s.standardCallbacks.reply,
            reject: s.standardCallbacks.reject,
            env: BigInt(i),
            cycles: BigInt(1_000 * (n + 1)),
          });
          const arg = systemCall('call_data_append', constant(LAYOUT.constants), constant(1 + 2 * n + i));
          return [...made.slice(0, -1), arg, ...made.slice(-1)];
        }).flat(),
        ...(draw.chance(50) ? [respond()] : []),
      ]);
    });
    for (let round = 0; round < 2; round++) {
      stage.ingress(older.id, 'ask', hex(''), { picks: [pick('execute')], hold: true });
      if (draw.chance(40)) stage.ingress(callee.id, 'in turn', ofLength(5), { hold: true });
      // The messages of one caller come in order: of each, the oldest can be taken. The youngest of them all is the last one.
      const last = (more: number): Pick => pick('execute', more);
      stage.ingress(younger.id, 'ask', hex(''), {
        picks: [
          last(1),
          last(1),
          ...Array.from({ length: 3 }, () => pick(draw.pick(['execute', 'deliver']), draw.below(3))),
        ],
        hold: draw.chance(30),
      });
      stage.steps.push({});
    }
  },

  'texts that begin with a mark': ({ stage, draw, swarm, width }) => {
    // A byte order mark is text like any other: neither dropped nor added.
    const canister = stageCanisters(stage, draw, swarm, width);
    const { id, module } = canister;
    const marked = draw.pick(['\ufeffm', '\ufeff', '\ufeff\ufeffm']);
    const plain = marked.slice(1);
    const text = (s: Scope, name: string, value: string): Statement => {
      const blob = s.program.text(value);
      return systemCall(name, blob.address, blob.size);
    };
    const says = (word: string) => (s: Scope) => [text(s, 'msg_reply_data_append', word), respond()];
    update(canister, marked, says('marked'));
    if (draw.chance(50)) update(canister, plain, says('plain'));
    update(canister, 'rejects', (s) => [text(s, 'msg_reject', `${marked} no`)]);
    update(canister, 'traps', (s) => [text(s, 'debug_print', marked), text(s, 'trap', `${marked} trapped`)]);
    const told = module.callback('tells the message', 'reject callback', () => [
      resultOf('msg_reject_msg_size', 0),
      systemCall('msg_reject_msg_copy', AMOUNT, constant(0), variable(0)),
      logMemory(AMOUNT, variable(0)),
      systemCall('msg_reply_data_append', AMOUNT, variable(0)),
      respond(),
    ]);
    const came = module.callback('tells that it came', 'reply callback', says('came'));
    for (const method of [marked, plain, 'rejects', 'traps']) {
      happens(stage, canister, (s) => call(s, { callee: canister, method, reply: came, reject: told }));
    }
    for (const method of draw.sample([marked, plain, 'rejects'], 2)) stage.ingress(id, method);
    stage.step(
      setting(canister, {
        environmentVariables: [
          { name: marked, value: `${marked} value` },
          ...(draw.chance(50) ? [{ name: `${plain}x`, value: marked }] : []),
        ],
      }),
    );
    query(canister, 'variables', (s) => {
      const blob = s.program.text(marked);
      return [
        systemCall('env_var_count'),
        systemCall('env_var_name_size', constant(0)),
        text(s, 'env_var_name_exists', marked),
        text(s, 'env_var_name_exists', plain),
        resultOf('env_var_value_size', 0, blob.address, blob.size),
        systemCall('env_var_value_copy', blob.address, blob.size, AMOUNT, constant(0), variable(0)),
        logMemory(AMOUNT, variable(0)),
        tellLog(),
        respond(),
      ];
    });
    stage.query(id, 'variables');
  },
};
