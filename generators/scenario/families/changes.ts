// plumbing: stories about what each entry point sees of its canister once it was changed — canister-interface.md#entry-points
import { bytesOf } from '../../../spec/vocabulary/brands.js';
import { userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
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
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, type StagedCanister } from '../stage.js';
import { deposit, install, manage, message, pick, setting, transform, wait } from '../steps.js';
import { SECOND } from '../values.js';
import { call } from './call-statements.js';
import { look } from './cycle-statements.js';
import { add, composite, query, respond, type Stories, update } from './story.js';

/** What updates count. */
const COUNT = LAYOUT.cells + 0x28;

/** Who comes and goes as a controller, and a variable that comes and goes. */
const LATE = userId(3);
const NAME = 'late';

/** What can be another the next time, by every function that tells of it. */
function sees(s: Scope): Statement[] {
  const [count, there] = [s.fresh(), s.fresh()];
  const { address, size } = s.program.text(NAME);
  const at = constant(LAYOUT.scratch);
  const who = [LATE, CONTROLLER].map((id) => s.program.blob(bytesOf(id)));
  const nameAndValue = [
    systemCall('env_var_name_size', constant(0)),
    systemCall('env_var_name_copy', constant(0), at, constant(0), constant(1)),
    logMemory(at, constant(1)),
  ];
  return [
    ...['canister_status', 'canister_version', 'stable64_size', 'time'].map((name) => systemCall(name)),
    ...who.map((blob) => systemCall('is_controller', blob.address, blob.size)),
    resultOf('env_var_count', count),
    when(variable(count), nameAndValue),
    { kind: 'system call', name: 'env_var_name_exists', args: [address, size], into: there },
    when(variable(there), [
      systemCall('env_var_value_size', address, size),
      systemCall('env_var_value_copy', address, size, at, constant(0), constant(1)),
      logMemory(at, constant(1)),
    ]),
    { kind: 'log', value: load(COUNT, 8) },
    ...look(s),
  ];
}

/** Entry points of every kind that see; `ask` changes something as well. */
function watch(canister: StagedCanister): void {
  const { module } = canister;
  const tasks = [
    'canister_heartbeat',
    'canister_global_timer',
    'canister_pre_upgrade',
    'canister_post_upgrade',
  ] as const;
  for (const task of tasks) add(canister, task, sees);
  add(canister, 'canister_inspect_message', (s) => [...sees(s), systemCall('accept_message')]);
  const asked = module.callback('sees the answer', 'reply callback', (s) => [...sees(s), respond()]);
  update(canister, 'ask', (s) => [
    ...sees(s),
    store(COUNT, operation('add', load(COUNT, 8), constant(1))),
    systemCall('stable64_grow', constant(1)),
    systemCall('global_timer_set', constant(1)),
    ...call(s, { callee: canister, method: 'look', reply: asked }),
  ]);
  query(canister, 'look', (s) => [...sees(s), respond()]);
  const heard = module.callback('sees what it hears', 'composite reply callback', (s) => [...sees(s), respond()]);
  composite(canister, 'ask below', (s) => [...sees(s), ...call(s, { callee: canister, method: 'look', reply: heard })]);
}

export const changeStories: Stories = {
  'seen from everywhere, before and after': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    watch(canister);
    const seen = (): void => {
      stage.step(message('ingress', canister, 'ask'));
      const others: readonly Stimulus[] = [
        message('query', canister, 'look'),
        message('query', canister, 'ask below'),
        transform(canister, 'look'),
        install(canister, 'upgrade'),
      ];
      for (const stimulus of draw.sample(others, 2)) stage.step(stimulus);
      if (draw.chance(60)) stage.steps.push({ picks: [pick('heartbeat')] });
    };
    const variables = (...values: readonly string[]) =>
      setting(canister, { environmentVariables: values.map((value, i) => ({ name: i === 0 ? NAME : 'a', value })) });
    // Everything is there, then is another, and then is gone, or the other way round.
    const changes: readonly (readonly Stimulus[])[] = [
      [variables('x'), variables('yz', 'u'), variables()],
      [setting(canister, { controllers: [LATE, CONTROLLER] }), setting(canister, { controllers: [CONTROLLER] })],
      [manage(canister, 'stop'), manage(canister, 'start')],
      [deposit(canister, 1n), wait(SECOND)],
    ];
    seen();
    for (const stimulus of [...(changes[0] ?? []), ...draw.pick(changes.slice(1))]) {
      stage.step(stimulus);
      seen();
    }
  },
};
