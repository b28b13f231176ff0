// plumbing: stories about system tasks, inspection, and what a canister is told of itself — canister-interface.md#entry-points, #system-api-certified-data
import { bytesOf } from '../../../spec/vocabulary/brands.js';
import { ANONYMOUS, canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Statement } from '../../../spec/vocabulary/program.js';
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
import { CONTROLLER, ofLength, START_TIME } from '../stage.js';
import { anyPicks, install, manage, message, pick, setting, wait } from '../steps.js';
import { standardCall, wellCalled } from '../system-calls.js';
import { NOT_UTF8, SECOND } from '../values.js';
import { call } from './call-statements.js';
import { anySettings, statusAndVersion } from './lifecycle.js';
import { add, canisterOf, composite, happens, query, respond, type Stories, TRAP, update } from './story.js';

/** Not zero: the canister accepts no more messages of one kind. */
const CLOSED = LAYOUT.cells + 56;

export const timerAndSettingStories: Stories = {
  timers: (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const traps = draw.chance(30);
    if (draw.chance(85)) {
      add(canister, 'canister_global_timer', (s) => [
        ...statusAndVersion(s),
        systemCall('global_timer_set', constant(draw.pick([0n, 1n << 62n, (1n << 64n) - 1n]))),
        store(LAYOUT.cells + 24, operation('add', load(LAYOUT.cells + 24, 8), constant(1))),
        ...(traps ? [TRAP] : []),
      ]);
    }
    const after = BigInt(draw.pick([0, 1, 1_000_000_000]));
    happens(stage, canister, () => [
      resultOf('time', 0),
      systemCall('global_timer_set', operation('add', variable(0), constant(after))),
      systemCall('global_timer_set', operation('add', variable(0), constant(after))),
      ...(draw.chance(20) ? [systemCall('global_timer_set', constant(0))] : []),
      respond(),
    ]);
    if (draw.chance(30)) stage.step(install(canister, draw.pick(['upgrade', 'reinstall'])));
    // A timer that has passed waits for a canister that is stopped.
    const stops = draw.chance(30);
    if (stops) stage.step(manage(canister, 'stop'));
    stage.step(wait(BigInt(draw.pick([0, 999_999_999, 1_000_000_000, 2_000_000_000]))));
    if (stops) stage.step(manage(canister, 'start'));
    stage.step(wait(1n));
  },

  'the end of time': ({ stage, draw, swarm, width }) => {
    const last = (1n << 64n) - 1n;
    const canister = stage.canister(shapeOf(draw, swarm, width), 1n << 100n);
    const sees = (s: Scope): Statement[] => [systemCall('time'), ...statusAndVersion(s)];
    add(canister, 'canister_global_timer', sees);
    update(canister, 'late', (s) => [systemCall('msg_deadline'), ...sees(s), respond()]);
    const seconds = draw.int(3, 9);
    stage.step(wait(last - START_TIME - BigInt(seconds) * SECOND));
    // Deadlines and timers before the end, at it, and those that cannot be after it.
    happens(stage, canister, (s) => [
      systemCall('global_timer_set', constant(last - draw.pick([0n, 0n, 1n]))),
      ...[seconds, seconds + 1, draw.pick([1, 300])].flatMap((timeout) =>
        call(s, { callee: canister, method: 'late', reply: s.standardCallbacks.reply, timeout }),
      ),
      respond(),
    ]);
    for (let i = 0; i < 2; i++) {
      stage.step(wait(BigInt(seconds) * SECOND + BigInt(i)));
      happens(stage, canister, (s) => [...sees(s), systemCall('global_timer_set', constant(last)), respond()]);
    }
  },

  heartbeats: (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    add(canister, 'canister_heartbeat', (s) => [
      ...statusAndVersion(s),
      store(LAYOUT.cells + 32, operation('add', load(LAYOUT.cells + 32, 8), constant(1))),
      standardCall(s),
      systemCall('call_perform'),
      ...(draw.chance(30) ? [systemCall('msg_reply')] : []),
    ]);
    for (let i = 0; i < 3; i++)
      stage.steps.push({ picks: [pick('heartbeat'), ...anyPicks(draw, 1)], hold: draw.chance(30) });
    stage.step(manage(canister, 'stop'));
    stage.steps.push({ picks: [pick('heartbeat')] });
  },

  inspection: (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const ways: readonly Statement[][] = [
      [systemCall('accept_message')],
      [],
      [systemCall('accept_message'), systemCall('accept_message')],
      [systemCall('accept_message'), TRAP],
      [{ kind: 'return' }],
    ];
    // The length of the argument says which way.
    const missing = 'missing ☃';
    add(canister, 'canister_inspect_message', (s) => {
      const [n, size] = [s.fresh(), s.fresh()];
      return [
        ...wellCalled('msg_method_name_copy', s),
        ...wellCalled('msg_caller_copy', s),
        store(LAYOUT.cells + 48, constant(9)),
        resultOf('msg_arg_data_size', n),
        ...ways.map((way, i) => when(operation('eq', variable(n), constant(i)), way)),
        // As long as the canister is not closed: the same message again may be refused.
        when(operation('eq', variable(n), constant(ways.length + 1)), [
          when(operation('eq', load(CLOSED, 8), constant(0)), [systemCall('accept_message')]),
        ]),
        when(operation('eq', variable(n), constant(ways.length)), [
          resultOf('msg_method_name_size', size),
          when(operation('eq', variable(size), constant(Buffer.byteLength(missing))), [systemCall('accept_message')]),
        ]),
      ];
    });
    const methods = [STANDARD_METHODS.replies, STANDARD_METHODS.query, missing];
    ways.forEach((_, i) => stage.ingress(canister.id, draw.pick(methods), ofLength(i)));
    const once = ofLength(ways.length + 1);
    stage.ingress(canister.id, STANDARD_METHODS.replies, once);
    stage.ingress(canister.id, STANDARD_METHODS.replies, once);
    update(canister, 'closes', () => [store(CLOSED, constant(1)), respond()]);
    stage.ingress(canister.id, 'closes');
    stage.ingress(canister.id, STANDARD_METHODS.replies, once);
    // What an inspection sees shows in what it accepts only.
    for (const method of [missing, STANDARD_METHODS.query]) stage.ingress(canister.id, method, ofLength(ways.length));
    stage.query(canister.id, STANDARD_METHODS.query);
  },

  'certified data': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const certificate = ofLength(draw.pick([0, 1, 100]));
    const sees = (s: Scope): Statement[] => [
      systemCall('data_certificate_present'),
      ...(draw.chance(70) ? wellCalled('data_certificate_copy', s) : []),
      respond(),
    ];
    query(canister, 'certificate', sees);
    composite(canister, 'certificates', sees);
    for (const n of draw.sample([0, 31, 32, 33], 2))
      happens(stage, canister, (s) => [systemCall('certified_data_set', s.scratch(), constant(n)), respond()]);
    for (const method of ['certificate', 'certificates']) {
      stage.step(message('query', canister, method, draw.chance(50) ? { certificate } : {}));
    }
    stage.ingress(canister.id, 'certificate');
    stage.step(install(canister, draw.pick(['upgrade', 'reinstall'])));
  },

  'environment variables': (teller) => {
    const { stage, draw } = teller;
    const canister = canisterOf(teller);
    const names = ['VARIABLE', 'A', 'B', '', 'n'.repeat(128), 'n'.repeat(129)];
    happens(stage, canister, (s) => {
      const blob = s.program.blob(draw.pick(NOT_UTF8));
      return [systemCall('env_var_name_exists', blob.address, blob.size), respond()];
    });
    const n = 0;
    const look = (s: Scope): Statement[] => [
      resultOf('env_var_count', n),
      ...draw.sample(names, 2).flatMap((name): Statement[] => {
        const blob = s.program.text(name);
        return [
          resultOf('env_var_name_exists', 1, blob.address, blob.size),
          {
            kind: 'if',
            condition: variable(1),
            then: [
              systemCall('env_var_value_size', blob.address, blob.size),
              systemCall(
                'env_var_value_copy',
                blob.address,
                blob.size,
                constant(LAYOUT.scratch),
                constant(0),
                constant(0),
              ),
            ],
            else: [],
          },
        ];
      }),
      ...[0, 1, 2].map((i) =>
        when(operation('gt_u', variable(n), constant(i)), [
          resultOf('env_var_name_size', 2, constant(i)),
          systemCall('env_var_name_copy', constant(i), constant(LAYOUT.scratch), constant(0), variable(2)),
          logMemory(constant(LAYOUT.scratch), variable(2)),
        ]),
      ),
      respond(),
    ];
    happens(stage, canister, look);
    // As many as there can be, the last of them as good as the first.
    const many = Array.from({ length: 20 }, (_, i) => ({ name: `N${i}`, value: `${i}` }));
    stage.step(setting(canister, { environmentVariables: many }));
    happens(stage, canister, (s) => [
      ...['N0', 'N9', 'N15', 'N16', 'N19', 'N20'].map((name) => {
        const blob = s.program.text(name);
        return systemCall('env_var_name_exists', blob.address, blob.size);
      }),
      respond(),
    ]);
    happens(stage, canister, (s) => {
      // The limit is in bytes, not in characters.
      const blob = s.program.text(`${'\u00fc'.repeat(64)}${draw.pick(['', 'n'])}`);
      return [systemCall('env_var_name_exists', blob.address, blob.size), respond()];
    });
    // Two spellings of one letter are two names, and a byte order mark is part of one.
    const spellings = ['\u00e9', 'e\u0301', '\ufeffe', 'e'];
    for (const name of spellings) {
      const settings = { environmentVariables: [{ name, value: name }] };
      stage.step(setting(canister, settings));
      happens(stage, canister, (s) => [
        ...spellings.map((spelling) => {
          const blob = s.program.text(spelling);
          return systemCall('env_var_name_exists', blob.address, blob.size);
        }),
        respond(),
      ]);
    }
    // Their order by bytes is another than that by UTF-16 code units.
    const far = draw.shuffle(['\u{1f511}', '\uff21', 'A']).map((name) => ({ name, value: name }));
    for (const settings of [{ environmentVariables: far }, anySettings(draw)]) {
      stage.step(setting(canister, settings));
      happens(stage, canister, look);
    }
  },

  controllers: (teller) => {
    const { stage, draw, swarm, width } = teller;
    const canister = canisterOf(teller, {
      controllers: draw.pick([[], [CONTROLLER], [CONTROLLER, canisterId(0), ANONYMOUS]]),
    });
    happens(stage, canister, (s) => [
      ...wellCalled('is_controller', s),
      ...wellCalled('is_controller', s),
      systemCall('is_controller', constant(0), constant(0)),
      respond(),
    ]);
    for (const sender of draw.sample([CONTROLLER, userId(1), ANONYMOUS, canister.id], 3)) {
      stage.step(setting(canister, anySettings(draw), sender));
      stage.step(manage(canister, 'stop', sender));
    }
    // The same code is asked before and after: who comes is one from then on, and who goes is none.
    const other = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const id = bytesOf(userId(1));
    const asks = (s: Scope): Statement[] =>
      // Neither what it begins with nor what begins with it is the same principal.
      [id, id.slice(0, -1), Uint8Array.of(...bytesOf(canisterId(0)), 0), bytesOf(CONTROLLER)].map((bytes) => {
        const who = s.program.blob(bytes);
        return systemCall('is_controller', who.address, who.size);
      });
    const isOne = (s: Scope): Statement[] => [...asks(s), respond()];
    add(other, 'canister_inspect_message', (s) => [...asks(s), systemCall('accept_message')]);
    happens(stage, other, isOne);
    for (const controllers of [[userId(1), canisterId(0), CONTROLLER], [CONTROLLER]]) {
      stage.step(setting(other, { controllers }));
      happens(stage, other, isOne);
    }
  },
};
