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
import { STANDARD_METHODS } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER, START_TIME, type StagedCanister } from '../stage.js';
import { deposit, install, manage, message, pick, setting, transform, wait } from '../steps.js';
import { SECOND } from '../values.js';
import { call } from './call-statements.js';
import { look } from './cycle-statements.js';
import { add, composite, query, respond, type Stories, TRAP, update } from './story.js';

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
    ...call(s, { callee: canister, method: 'tell', reply: asked }),
  ]);
  query(canister, 'tell', (s) => [...sees(s), respond()]);
  const heard = module.callback('sees what it hears', 'composite reply callback', (s) => [...sees(s), respond()]);
  composite(canister, 'ask below', (s) => [...sees(s), ...call(s, { callee: canister, method: 'tell', reply: heard })]);
}

export const changeStories: Stories = {
  'seen from everywhere, before and after': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    watch(canister);
    const seen = (): void => {
      stage.step(message('ingress', canister, 'ask'));
      const others: readonly Stimulus[] = [
        message('query', canister, 'tell'),
        message('query', canister, 'ask below'),
        transform(canister, 'tell'),
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
  'all that is set stays while a call is open': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const later = draw.pick([1n, 1n << 60n]) + START_TIME;
    const sets = (s: Scope): Statement[] => [
      systemCall('global_timer_set', constant(later)),
      systemCall('certified_data_set', constant(LAYOUT.constants), constant(draw.int(1, 32))),
      systemCall('stable64_grow', constant(1)),
      systemCall('stable64_write', constant(0), constant(LAYOUT.constants), constant(8)),
      systemCall('debug_print', constant(LAYOUT.constants), constant(8)),
      store(COUNT, operation('add', load(COUNT, 8), constant(1))),
      ...call(s, { callee: canister, method: STANDARD_METHODS.replies, reply: answers }),
    ];
    const answers = canister.module.callback('answers', 'reply callback', () => [
      { kind: 'log', value: load(COUNT, 8) },
      systemCall('stable64_size'),
      respond(),
    ]);
    update(canister, 'set all', sets);
    const bad = stage.module({ width, memory: { min: 1n } });
    add(bad, 'canister_post_upgrade', () => [systemCall('global_timer_set', constant(0)), TRAP]);
    const [stop, start] = [manage(canister, 'stop'), manage(canister, 'start')];
    // Each is done while the call waits; what is refused or fails changes nothing, and the others little.
    const acts: readonly (readonly Stimulus[])[] = [
      [stop, start],
      [stop, stop, start],
      [start],
      [stop, install(canister, 'upgrade', { module: bad.index }), start],
      [install(canister, 'upgrade', { module: bad.index })],
      [install(canister, 'install')],
      [manage(canister, 'delete')],
      [setting(canister, { freezingThreshold: draw.bits(12) })],
      [setting(canister, { computeAllocation: 101n })],
      [manage(canister, 'stop', LATE), manage(canister, 'uninstall', LATE)],
      [deposit(canister, 1n), wait(1n)],
    ];
    const tasks = ['canister_global_timer', 'canister_on_low_wasm_memory'] as const;
    for (const task of tasks) add(canister, task, () => [{ kind: 'log', value: load(COUNT, 8) }]);
    stage.step(message('ingress', canister, 'set all'), { picks: [pick('execute')], hold: true });
    for (const stimulus of draw.sample(acts, 5).flat()) stage.step(stimulus, { hold: true });
    // Both are due, but not while it is stopping.
    const due = [stop, wait(2n), setting(canister, { wasmMemoryThreshold: 1n << 40n })];
    for (const stimulus of due) stage.step(stimulus, { hold: true });
    stage.steps.push({ picks: [pick('global-timer'), pick('low-wasm-memory')], hold: true });
    if (draw.chance(50)) stage.step(start, { hold: true });
    stage.steps.push({});
    stage.step(message('query', canister, STANDARD_METHODS.log));
  },
};
