// plumbing: stories about messages that are refused for more than one reason — spec/profiles/CHARGING.md, abstract-behavior.md#request-rejection
import { cycles, hex } from '../../../spec/vocabulary/brands.js';
import { canisterId, userId } from '../../../spec/vocabulary/ids.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { systemCall } from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import { CONTROLLER, type StagedCanister } from '../stage.js';
import { create, install, manage, pick, setting, transform } from '../steps.js';
import { call } from './call-statements.js';
import { cyclesNow } from './cycle-statements.js';
import { composite, respond, type Stories, update } from './story.js';

const { replies, query: looks } = STANDARD_METHODS;
/** What whoever calls has to attach, where anything is asked for. */
const MINIMUM = 1_000n;
const NEVER = (1n << 64n) - 1n;
/** A module that ends after its first bytes. */
const BROKEN = { kind: 'wasm', bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d), description: 'a broken module' } as const;

/** Why a canister does not take what it is sent: what is done to it. */
type Reason = (canister: StagedCanister) => readonly Stimulus[];

/** Also without code it pays for what it has allocated. */
const frozen: Reason = (canister) => [
  setting(canister, { computeAllocation: 1n }),
  setting(canister, { freezingThreshold: NEVER }),
];
const stopped: Reason = (canister) => [manage(canister, 'stop')];
const empty: Reason = (canister) => [manage(canister, 'uninstall')];
const asksForMore: Reason = (canister) => [setting(canister, { minimumIncomingCanisterCallCycles: cycles(MINIMUM) })];
const REASONS = [frozen, stopped, empty, asksForMore] as const;

/** Whatever the reasons were, there are none any more. */
const welcomes: Reason = (canister) => [
  setting(canister, {
    freezingThreshold: 0n,
    minimumIncomingCanisterCallCycles: cycles(0n),
    computeAllocation: 0n,
  }),
  manage(canister, 'start'),
  install(canister, 'reinstall'),
];

/** What a canister is told of a call that was refused, or was not. */
function told({ module }: StagedCanister): string {
  return module.callback('told why', 'reject callback', (s) => [systemCall('msg_reject_code'), ...cyclesNow(s)]);
}

export const refusalStories: Stories = {
  'refused for two reasons': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const broken = stage.opaque(BROKEN);
    composite(canister, 'composed', () => [respond()]);
    // What is no method, or none of the right kind, is a reason, too.
    const methods = [draw.pick([replies, looks]), 'missing', ...(draw.chance(25) ? ['composed'] : [])];
    const reply = told(other);
    update(other, 'ask', (s) => [
      ...methods.flatMap((method) =>
        [0n, MINIMUM].flatMap((attached) => call(s, { callee: canister, method, reply, cycles: attached })),
      ),
      respond(),
    ]);
    const below = other.module.callback('told below', 'composite reject callback', () => [tellLog(), respond()]);
    // No query brings cycles, and none has to.
    const composed = [...new Set([...methods, looks])];
    for (const method of composed)
      composite(other, `ask ${method} below`, (s) => call(s, { callee: canister, method, reply: below }));
    const ask = (): void => {
      stage.ingress(other.id, 'ask');
      for (const method of methods) {
        stage.ingress(canister.id, method);
        stage.query(draw.pick([canister.id, other.id]), method);
      }
      for (const method of composed) stage.query(other.id, `ask ${method} below`);
      stage.step(transform(canister, draw.pick(methods)));
      // Neither who is no controller nor a broken module can do harm.
      for (const mode of draw.sample(['install', 'upgrade', 'reinstall'] as const, 2))
        stage.step(install(canister, mode, { module: broken, sender: draw.pick([CONTROLLER, CONTROLLER, userId(1)]) }));
    };
    // Those that others hide come alone first.
    const late = draw.pick([[frozen], [asksForMore], [frozen, asksForMore], [asksForMore, frozen]]);
    for (const reasons of [late, draw.sample(REASONS, draw.int(2, 3))]) {
      for (const stimulus of reasons.flatMap((reason) => reason(canister))) stage.step(stimulus);
      ask();
      // No code comes to who could not pay for it, or where there is some already.
      stage.step(install(canister, draw.pick(['install', 'upgrade'])));
      for (const stimulus of welcomes(canister)) stage.step(stimulus);
    }
    for (const stimulus of asksForMore(canister)) stage.step(stimulus);
    stage.query(other.id, `ask ${looks} below`);
    stage.ingress(canister.id, replies);
  },

  'refused when it arrives': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    // There is none of this id yet.
    const unborn = { ...canister, id: canisterId(stage.canisterCount) };
    const reply = told(other);
    update(other, 'ask', (s) => [
      ...[canister, unborn].flatMap((callee) =>
        [0n, MINIMUM].flatMap((attached) =>
          call(s, { callee, method: replies, reply, cycles: attached, ...(draw.chance(30) && { timeout: 300 }) }),
        ),
      ),
      respond(),
    ]);
    // What they are sent is under way when they become what they are when it arrives.
    const underWay = (changes: readonly Stimulus[]): void => {
      stage.ingress(other.id, 'ask', hex(''), { picks: [pick('execute')], hold: true });
      for (const stimulus of changes) stage.step(stimulus, { hold: true });
      stage.steps.push({});
    };
    const reasons = draw.sample(REASONS, draw.int(1, 2)).flatMap((reason) => reason(canister));
    underWay([...reasons, create(10n ** 15n, 0n, {}), ...(draw.chance(70) ? [install(unborn, 'install')] : [])]);
    const gone = draw.chance(50) ? (['stop', 'delete'] as const) : [];
    underWay([...welcomes(canister), ...gone.map((kind) => manage(unborn, kind))]);
  },
};
