// plumbing: stories about names of methods and about principals that look like none — canister-interface.md#system-api-requests, #system-api-controller-check
import { bytesOf, principal } from '../../../spec/vocabulary/brands.js';
import { ANONYMOUS, canisterId, MANAGEMENT_CANISTER, userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
import { constant, systemCall } from '../../canister/expressions.js';
import { tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import type { Scope } from '../scope.js';
import { CONTROLLER } from '../stage.js';
import { install, manage, setting, transform } from '../steps.js';
import { wellCalled } from '../system-calls.js';
import { call } from './call-statements.js';
import { add, composite, query, respond, type Stories, update } from './story.js';

/** Names that begin with the space after the prefix, or are nothing else; some differ in that, or in case, or in spelling only. */
const NAMES = [
  '',
  ' ',
  '  ',
  'a',
  ' a',
  'a ',
  'A',
  '\u00e9',
  'e\u0301',
  '\ufeffa',
  'canister_update a',
  'a\nb',
  '\u{1f511}',
];

/** Principals of every length that there is, of which some begin as others do. */
const PRINCIPALS = [
  MANAGEMENT_CANISTER,
  ANONYMOUS,
  principal('00'),
  principal('0400'),
  canisterId(0),
  userId(1),
  principal('ab'.repeat(28)),
  principal('ab'.repeat(29)),
];

export const nameStories: Stories = {
  'names of methods': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    // The first two are named so in every telling; one of them is what two are.
    const names = [...draw.shuffle(['', draw.pick([' ', 'a '])]), ...draw.sample(NAMES.slice(3), 3)];
    const told = canister.module.callback('told', 'reply callback', (s) => [
      systemCall('msg_reject_code'),
      ...(s.available('msg_arg_data_copy') ? [systemCall('canister_version')] : []),
    ]);
    const below = canister.module.callback('told below', 'composite reply callback', () => [tellLog(), respond()]);
    const kinds = [update, query, draw.pick([update, composite]), draw.pick([query, composite]), update];
    names.forEach((name, i) => {
      if (names.indexOf(name) === i) (kinds[i] ?? update)(canister, name, () => [tellLog(), respond()]);
    });
    const asked = [...new Set([...names, ...draw.sample(NAMES, 1)])];
    update(canister, 'call all', (s) => [
      ...asked.flatMap((method) => call(s, { callee: canister, method, reply: told })),
      respond(),
    ]);
    if (draw.chance(40)) {
      add(canister, 'canister_inspect_message', (s) => [
        ...wellCalled('msg_method_name_copy', s),
        systemCall('accept_message'),
      ]);
    }
    stage.ingress(canister.id, 'call all');
    asked.forEach((method, i) => {
      stage.ingress(canister.id, method);
      stage.query(canister.id, method);
      const name = `ask ${i} below`;
      composite(canister, name, (s) => call(s, { callee: canister, method, reply: below }));
      stage.query(canister.id, name);
    });
    stage.step(transform(canister, draw.pick(asked)));
    // The same names, of methods of the other kind.
    const { module, index } = stage.module({ width, memory: { min: 1n } });
    for (const name of names.slice(0, 2)) {
      const kind = kinds[names.indexOf(name)] === update ? 'canister_query' : 'canister_update';
      module.exported(`${kind} ${name}`, kind, () => [tellLog(), respond()]);
    }
    const { id } = canister;
    stage.step(install(canister, 'reinstall', { module: index }));
    for (const name of names.slice(0, 2)) {
      stage.ingress(id, name);
      stage.query(id, name);
    }
  },

  'controllers of every kind': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const asks = (s: Scope): Statement[] =>
      PRINCIPALS.map((id) => {
        const { address, size } = s.program.blob(bytesOf(id));
        return systemCall('is_controller', address, size);
      });
    update(canister, 'ask', (s) => [...asks(s), respond()]);
    query(canister, 'look around', (s) => [...asks(s), tellLog(), respond()]);
    // The empty one is one as any other.
    const some = [MANAGEMENT_CANISTER, ...draw.sample(PRINCIPALS.slice(1), draw.int(1, 3))];
    const others = draw.sample(PRINCIPALS.slice(1), draw.int(0, 2));
    for (const controllers of draw.shuffle([some, others])) {
      stage.step(setting(canister, { controllers: [CONTROLLER, ...controllers] }));
      stage.ingress(canister.id, 'ask');
      stage.query(canister.id, 'look around');
    }
    const sender = draw.pick([ANONYMOUS, userId(1), canisterId(0)]);
    stage.step(manage(canister, 'stop', sender));
    stage.ingress(canister.id, 'ask');
  },

  'environment variables that are not there': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const there = draw.pick(['a', 'ab']);
    const variables = [there, ...draw.sample(['b', '\u00e9'], 1)].map((name) => ({
      name,
      value: draw.pick(['', 'v']),
    }));
    stage.step(setting(canister, { environmentVariables: variables }));
    // Each ends its execution, and that of no name at all most of all.
    for (const name of ['', draw.pick(['A', 'abc', 'a\0', ' a', 'e\u0301'])]) {
      for (const what of ['size', 'copy'] as const) {
        const method = `${what} of ${name.length}`;
        query(canister, method, (s) => {
          const { address, size } = s.program.text(name);
          const none = constant(0);
          return [
            systemCall('env_var_name_exists', address, size),
            what === 'size'
              ? systemCall('env_var_value_size', address, size)
              : systemCall('env_var_value_copy', address, size, none, none, none),
            respond(),
          ];
        });
        stage.query(canister.id, method);
      }
    }
  },
};
