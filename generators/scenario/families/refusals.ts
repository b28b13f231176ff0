// plumbing: stories about messages that are refused for more than one reason — spec/profiles/CHARGING.md, abstract-behavior.md#request-rejection
import { cycles, hex } from '../../../spec/vocabulary/brands.js';
import { userId } from '../../../spec/vocabulary/ids.js';
import type { Stimulus } from '../../../spec/vocabulary/scenario.js';
import { systemCall } from '../../canister/expressions.js';
import { STANDARD_METHODS, tellLog } from '../canister.js';
import { comfortable, shapeOf } from '../mission-scenario.js';
import { CONTROLLER, type Stage, type StagedCanister } from '../stage.js';
import { call } from './call-statements.js';
import { cyclesNow } from './cycle-statements.js';
import { setting } from './rare-states.js';
import { composite, respond, type Stories, update } from './story.js';

const { replies, query: looks } = STANDARD_METHODS;
/** What whoever calls has to attach, where anything is asked for. */
const MINIMUM = 1_000n;
const NEVER = (1n << 64n) - 1n;
/** A module that ends after its first bytes. */
const BROKEN = { kind: 'wasm', bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d), description: 'a broken module' } as const;

/** Why a canister does not take what it is sent. */
type Reason = (stage: Stage, canister: StagedCanister) => void;

/** Also without code it pays for what it has allocated. */
const frozen: Reason = (stage, canister) => {
  setting(stage, canister, { computeAllocation: 1n });
  setting(stage, canister, { freezingThreshold: NEVER });
};
const stopped: Reason = (stage, { id: canister }) => stage.step({ kind: 'stop', canister, sender: CONTROLLER });
const empty: Reason = (stage, { id: canister }) => stage.step({ kind: 'uninstall', canister, sender: CONTROLLER });
const asksForMore: Reason = (stage, canister) =>
  setting(stage, canister, { minimumIncomingCanisterCallCycles: cycles(MINIMUM) });

/** Whatever the reasons were, there are none any more. */
function welcomes(stage: Stage, canister: StagedCanister): void {
  const settings = { freezingThreshold: 0n, minimumIncomingCanisterCallCycles: cycles(0n), computeAllocation: 0n };
  setting(stage, canister, settings);
  stage.step({ kind: 'start', canister: canister.id, sender: CONTROLLER });
  installs(stage, canister, { mode: 'reinstall' });
}

function installs(
  stage: Stage,
  { id, moduleIndex }: StagedCanister,
  more: Partial<Extract<Stimulus, { kind: 'install' }>>,
): void {
  const install = { kind: 'install', canister: id, sender: CONTROLLER, mode: 'install', module: moduleIndex } as const;
  stage.step({ ...install, arg: hex(''), ...more });
}

export const refusalStories: Stories = {
  'refused for two reasons': ({ stage, draw, swarm, width }) => {
    const canister = stage.canister(shapeOf(draw, swarm, width), comfortable(draw, swarm));
    const other = stage.canister(shapeOf(draw, swarm, 'i32'), comfortable(draw, swarm));
    const broken = stage.opaque(BROKEN);
    composite(canister, 'composed', () => [respond()]);
    // What is no method, or none of the right kind, is a reason, too.
    const methods = [draw.pick([replies, looks]), 'missing', ...(draw.chance(25) ? ['composed'] : [])];
    const told = other.module.callback('told why', 'reject callback', (s) => [
      systemCall('msg_reject_code'),
      ...cyclesNow(s),
    ]);
    update(other, 'ask', (s) => [
      ...methods.flatMap((method) =>
        [0n, MINIMUM].flatMap((attached) => call(s, { callee: canister, method, reply: told, cycles: attached })),
      ),
      respond(),
    ]);
    const below = other.module.callback('told below', 'composite reject callback', () => [tellLog(), respond()]);
    for (const method of methods)
      composite(other, `ask ${method} below`, (s) => call(s, { callee: canister, method, reply: below }));
    const ask = (): void => {
      stage.ingress(other.id, 'ask');
      for (const method of methods) {
        stage.ingress(canister.id, method);
        stage.query(draw.pick([canister.id, other.id]), method);
        stage.query(other.id, `ask ${method} below`);
      }
      stage.step({ kind: 'transform', canister: canister.id, method: draw.pick(methods), arg: hex('') });
      // Neither who is no controller nor a broken module can do harm.
      for (const mode of draw.sample(['install', 'upgrade', 'reinstall'] as const, 2))
        installs(stage, canister, { mode, module: broken, sender: draw.pick([CONTROLLER, CONTROLLER, userId(1)]) });
    };
    // Those that others hide come alone first.
    const late = draw.pick([[frozen], [asksForMore], [frozen, asksForMore], [asksForMore, frozen]]);
    for (const reasons of [late, draw.sample([frozen, asksForMore, stopped, empty], draw.int(2, 3))]) {
      for (const reason of reasons) reason(stage, canister);
      ask();
      // No code comes to who could not pay for it, or where there is some already.
      installs(stage, canister, { mode: draw.pick(['install', 'upgrade']) });
      welcomes(stage, canister);
    }
    stage.ingress(canister.id, replies);
  },
};
