// plumbing: what steps are made of — what comes from outside, mostly of the controller, and which choices the harness is to take
import { cycles, hex, nanoseconds, type Hex, type Principal } from '../../spec/vocabulary/brands.js';
import {
  CHOICE_KINDS,
  type InstallMode,
  type Pick,
  type SenderInfo,
  type Settings,
  type Stimulus,
} from '../../spec/vocabulary/scenario.js';
import type { Draw } from '../draw.js';
import { CONTROLLER, type StagedCanister } from './stage.js';

/** A canister that is there, or is still to come. */
interface Addressed {
  readonly id: Principal;
}

/** The management calls that need nothing but a canister. */
export type Management = 'start' | 'stop' | 'uninstall' | 'delete';

/** What an installation says beside the canister and the mode. */
type Installation = Partial<Omit<Extract<Stimulus, { kind: 'install' }>, 'kind' | 'canister' | 'mode'>>;

/** What comes with a message beside its method; a certificate only with a query call. */
interface Enclosed {
  readonly arg?: Hex;
  readonly sender?: Principal;
  readonly senderInfo?: SenderInfo;
  readonly certificate?: Hex;
}

/** A message from outside, without argument unless one is given. */
export function message(kind: 'ingress' | 'query', { id }: Addressed, method: string, more: Enclosed = {}): Stimulus {
  return { kind, canister: id, method, arg: hex(''), sender: CONTROLLER, ...more };
}

/** The transform function of an HTTP outcall is run. */
export function transform({ id }: Addressed, method: string, arg = hex('')): Stimulus {
  return { kind: 'transform', canister: id, method, arg };
}

/** The canister is started, stopped, uninstalled or deleted. */
export function manage({ id }: Addressed, kind: Management, sender = CONTROLLER): Stimulus {
  return { kind, canister: id, sender };
}

/** The canister is given a module: the one of the setup, without argument, unless something else is said. */
export function install({ id, moduleIndex }: StagedCanister, mode: InstallMode, more: Installation = {}): Stimulus {
  return { kind: 'install', canister: id, sender: CONTROLLER, mode, module: moduleIndex, arg: hex(''), ...more };
}

/** Settings of the canister change; those that are left out stay. */
export function setting({ id }: Addressed, settings: Settings, sender = CONTROLLER): Stimulus {
  return { kind: 'update-settings', canister: id, sender, settings };
}

/** The canister is given so many cycles from outside. */
export function deposit({ id }: Addressed, amount: bigint, sender = CONTROLLER): Stimulus {
  return { kind: 'deposit', canister: id, sender, cycles: cycles(amount) };
}

/** Another canister is made, with so many cycles to spend and so many in reserve. */
export function create(amount: bigint, reserved: bigint, settings: Settings, sender = CONTROLLER): Stimulus {
  return { kind: 'create', sender, cycles: cycles(amount), reservedCycles: cycles(reserved), settings };
}

/** So many nanoseconds pass. */
export function wait(by: bigint): Stimulus {
  return { kind: 'advance-time', by: nanoseconds(by) };
}

/** The choice of that kind with that rank, from 0, among those that are enabled. */
export const pick = (kind: Pick['kind'], rank = 0): Pick => ({ kind, rank });

/** Kinds of choices by how often; `any`: one of all. */
type Kinds = readonly (readonly [weight: number, kind: Pick['kind'] | 'any'])[];

const MOSTLY_ON: Kinds = [
  [5, 'execute'],
  [5, 'deliver'],
  [2, 'any'],
];

/** Picks of any kind at any rank: most of them are not enabled and are passed over. */
export function anyPicks(draw: Draw, count: number, kinds = MOSTLY_ON, ranks = 4): readonly Pick[] {
  return Array.from({ length: count }, (): Pick => {
    const any = draw.pick(CHOICE_KINDS);
    const drawn = draw.weighted(kinds);
    const kind = drawn === 'any' ? any : drawn;
    const rank = draw.below(ranks);
    return kind === 'reject' ? { kind, rank, code: draw.int(1, 2) } : { kind, rank };
  });
}
