// plumbing: what canisters say and do about cycles, and what their executions cost — canister-interface.md#system-api-cycles
import { bytesOf } from '../../../spec/vocabulary/brands.js';
import type { Expression, Statement } from '../../../spec/vocabulary/program.js';
import { profileNamed } from '../../../spec/profiles/profiles.js';
import type { Profile } from '../../../spec/profiles/profile.js';
import type { PointerWidth } from '../../../spec/vocabulary/brands.js';
import { LAYOUT } from '../../canister/builder.js';
import { constant, indexOf, load, logMemory, systemCall } from '../../canister/expressions.js';
import type { Scope } from '../scope.js';
import type { Stage, StagedCanister } from '../stage.js';
import { callNew } from '../system-calls.js';
import { MASK_64 } from '../values.js';
import { TRAP } from './story.js';

/** An amount of 128 bits as the two arguments that system calls take. */
export const halves = (n: bigint): readonly [Expression, Expression] => [constant(n >> 64n), constant(n & MASK_64)];
/** Where amounts are written to, 16 bytes each. */
export const slot = (k: number) => constant(LAYOUT.scratch + 16 * k);
export const lowHalf = (k: number) => load(LAYOUT.scratch + 16 * k, 8);

/** What a canister is withdrawn before a message executes. */
export function messagePrice({ fees, limits }: Profile, width: 'i32' | 'i64'): bigint {
  return fees.messageExecution + (limits.updateInstructions * fees.tenInstructions[width]) / 10n;
}

/** The profile of the scenario. @throws RangeError where there is none of its name */
export function profileOf(stage: Stage): Profile {
  const profile = profileNamed(stage.profile);
  if (profile === undefined) throw new RangeError(`no profile ${stage.profile}`);
  return profile;
}

/** Pages that a canister's memory of this width may have. */
export function mostPages({ stage, width }: { stage: Stage; width: PointerWidth }): bigint {
  const { wasm32Pages, wasm64Pages } = profileOf(stage).limits;
  return width === 'i32' ? wasm32Pages : wasm64Pages;
}

/** An amount that a system call writes to memory, in the log. */
export function amountOf(name: string, k = 0): Statement[] {
  return [systemCall(name, slot(k)), logMemory(slot(k), constant(16))];
}

/** Every view of the canister's own cycles that fits its width. */
export function look(s: Scope): Statement[] {
  const views = [...amountOf('canister_cycle_balance128', 0), ...amountOf('canister_liquid_cycle_balance128', 1)];
  if (s.available('msg_cycles_available128')) {
    views.push(...amountOf('msg_cycles_available128', 2));
    // Traps from 2^64 on.
    if (s.available('msg_cycles_available') && s.draw.chance(12)) views.push(systemCall('msg_cycles_available'));
  }
  if (s.available('msg_cycles_refunded128')) views.push(...amountOf('msg_cycles_refunded128', 3));
  return views;
}

/** The cycles of the canister and of the call: each as 128 bits, in the log. */
export function cyclesNow(s: Scope): Statement[] {
  const names = ['canister_cycle_balance128', 'msg_cycles_available128', 'msg_cycles_refunded128'];
  return names.filter((name) => s.available(name)).flatMap((name) => amountOf(name));
}

/** Accepts up to an amount, of the cycles that came with the call. */
export function accept(s: Scope, max: bigint): Statement[] {
  if (max <= MASK_64 && s.available('msg_cycles_accept') && s.draw.chance(40)) {
    return [systemCall('msg_cycles_accept', constant(max))];
  }
  return [systemCall('msg_cycles_accept128', ...halves(max), slot(4)), logMemory(slot(4), constant(16))];
}

/** Attaches an amount to the call under construction. */
export function attach(s: Scope, n: bigint): Statement[] {
  if (n <= MASK_64 && s.available('call_cycles_add') && s.draw.chance(40))
    return [systemCall('call_cycles_add', constant(n))];
  return [systemCall('call_cycles_add128', ...halves(n))];
}

interface CallOptions {
  readonly callee: StagedCanister;
  readonly method: string;
  readonly attached: readonly bigint[];
  readonly reply?: string;
  readonly reject?: string;
}

/** A call with cycles, up to call_perform and its result. */
export function callWith(s: Scope, { callee, method, attached, reply, reject }: CallOptions): Statement[] {
  const standard = s.standardCallbacks;
  return [
    callNew(s, {
      callee: bytesOf(callee.id),
      method,
      reply: indexOf(reply ?? standard.reply),
      reject: indexOf(reject ?? standard.reject),
    }),
    ...attached.flatMap((n) => attach(s, n)),
    systemCall('call_perform'),
    ...look(s),
  ];
}

/** How the callee ends: with the response before or after it accepts, or not at all. */
export function taking(s: Scope, accepted: readonly bigint[]): Statement[] {
  const takes = accepted.flatMap((n) => accept(s, n));
  const text = s.program.text('kept some');
  const response = s.draw.pick<Statement[]>([
    [systemCall('msg_reply')],
    [systemCall('msg_reject', text.address, text.size)],
    [],
    [TRAP],
  ]);
  return s.draw.chance(50)
    ? [...look(s), ...takes, ...look(s), ...response]
    : [...look(s), ...response, ...takes, ...look(s)];
}
