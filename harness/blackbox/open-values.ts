// plumbing: fills in what the specification leaves open as a value — fees, limits, time, versions, counters, costs — in several ways
import type { Nanoseconds, Principal } from '../../spec/vocabulary/brands.js';
import type { Stimulus } from '../../spec/vocabulary/scenario.js';
import { copyCyclesToCanister, writeToCanister } from '../../reference-model/ic/blobs.js';
import { wasmMemoryBytes, type Execution } from '../../reference-model/ic/execution.js';
import type { World } from '../../reference-model/ic/world.js';
import type { Assembly } from '../../reference-model/index.js';
import type { NanBits } from '../../reference-model/wasm/index.js';
import type { Filling, Prices } from './fillings.js';
import { handlerNamed, type Handler, type Handlers } from './handlers.js';
import type { Random } from './random.js';
import { alternativeCodes, isSpontaneous } from './readings.js';

/** What creating a canister may cost, out of the cycles that it is given (management/creation-fee): on a subnet of 34 nodes, and somewhat more. */
const CREATION_FEE = 1_500_000_000_000n;

/** The stimulus as it arrives: creation may cost a fee, of which at least half is left (docs/target-protocol.md). */
export function arriving(stimulus: Stimulus, { prices }: Filling): Stimulus {
  if (stimulus.kind !== 'create' || prices !== 'costly') return stimulus;
  const most = stimulus.cycles / 2n;
  const fee = CREATION_FEE < most ? CREATION_FEE : most;
  return { ...stimulus, cycles: (stimulus.cycles - fee) as typeof stimulus.cycles };
}

/**
 * What arithmetic gives that is not a number, whose sign and payload are open; undefined: what the profile says. Vectors may be read in lanes of
 * another width: there a NaN is a number in one filling, of either sign, and again none in another.
 */
export function nanOf({ prices }: Filling): NanBits | undefined {
  switch (prices) {
    case 'costly':
      return { f32: 0x7ffdaa5b, f64Low: 0x3c96a55a, f64High: 0xfffb5aa5 | 0 };
    case 'free':
      return { f32: 0xffe23c91 | 0, f64Low: 0xffcb3cc3 | 0, f64High: 0x7ffdc33c };
    case 'profile':
    case 'wordy':
    case 'terse':
    case 'half':
      return undefined;
  }
}

/** The number of the first canister; undefined: as the scenario has it. Ids differ in as many bytes as they can. */
export function firstCanister({ prices }: Filling): number | undefined {
  switch (prices) {
    case 'costly':
    case 'wordy':
      return 0xf31a_2b3c_4d5e_6800;
    case 'free':
    case 'terse':
      return 0x05_4c91_8f37_b2a1;
    case 'profile':
    case 'half':
      return undefined;
  }
}

const YEAR = 31_557_600_000_000_000n;

/** The time at which a case begins. A target without a clock of the harness's may be years ahead or behind. */
export function beginning(time: Nanoseconds, { prices }: Filling, random: Random, controlsTime: boolean): Nanoseconds {
  switch (prices) {
    case 'profile':
      return time;
    case 'costly':
      return (time + (controlsTime ? random.bits(31) : 5n * YEAR + random.bits(56))) as Nanoseconds;
    case 'free':
      return (controlsTime ? afterCarry(time) : time - random.bits(60)) as Nanoseconds;
    case 'wordy':
      return (controlsTime ? time : time + 5n * YEAR + random.bits(56)) as Nanoseconds;
    case 'half':
    case 'terse':
      return (controlsTime ? time : time - random.bits(60)) as Nanoseconds;
  }
}

/** Bytes of a time in nanoseconds that the time of a case may change: each 18 minutes there is a carry into the next one. */
const CARRY = 1n << 40n;

/** The next time at which the upper bytes are others: a slow implementation may come to it. */
const afterCarry = (time: bigint): bigint => (time / CARRY + 1n) * CARRY;

/**
 * How much time passes before a step, in nanoseconds: none where half is paid, otherwise up to a minute, as with a slow implementation that goes
 * by its own clock; it may be dear, too. In a whole case it is less than an hour, which is what timers are set to that must not run.
 */
export function passing({ prices }: Filling, random: Random, controlsTime: boolean): bigint {
  return clockGoesOn(prices, controlsTime) ? random.bits(36) : 0n;
}

/** How much time passes before a transition, in nanoseconds: two executions need not see the same time. */
export function passingBetween({ prices }: Filling, random: Random, controlsTime: boolean): bigint {
  return clockGoesOn(prices, controlsTime) ? random.bits(34) : 0n;
}

/** Whether time passes that the harness does not let pass. */
function clockGoesOn(prices: Prices, controlsTime: boolean): boolean {
  return drawsNumbers(prices) || (prices === 'wordy' && !controlsTime);
}

/** Whether versions, counters and costs are drawn; otherwise they are the model's. */
function drawsNumbers(prices: Prices): boolean {
  switch (prices) {
    case 'costly':
    case 'free':
      return true;
    case 'profile':
    case 'wordy':
    case 'terse':
    case 'half':
      return false;
  }
}

/** Whoever has more can pay whatever system calls may cost. */
const RICH = 10n ** 11n;

/**
 * Wraps the functions of the System API whose results are open.
 * @param scripted the codes with which the system rejects of its own accord are decided, not open
 */
export function openValues({ prices }: Filling, scripted: boolean, random: Random, handlers: Handlers): Handlers {
  const value = (name: string): Handler => handlerNamed(handlers, name);
  const version = versions(random);
  let counter = random.bits(62);
  const cost =
    (name: string): Handler =>
    (es, ...args) => {
      const result = value(name)(es, ...args);
      const dst = args.at(-1);
      if (dst !== undefined && (result === undefined || result === 0n)) copyCyclesToCanister(es, dst, random.bits(128));
      return result;
    };
  // Which keys there are is up to the implementation: where everything is free it has every one, where everything is costly none.
  const keyCost =
    (name: string): Handler =>
    (es, ...args) => {
      const dst = args.at(-1) ?? 0n;
      const before = bytesAt(es, dst, CYCLES_BYTES);
      const result = value(name)(es, ...args);
      if (result === INVALID_CURVE || before === undefined) return result;
      if (prices === 'free') {
        copyCyclesToCanister(es, dst, random.bits(128));
        return 0n;
      }
      if (result === 0n) writeToCanister(es, dst, before);
      return UNKNOWN_KEY;
    };
  // So is the order of environment variables: it is another one in each filling.
  const variableAt =
    (name: string): Handler =>
    (es, index = 0n, ...rest) => {
      const count = BigInt(es.canister.settings.environmentVariables.length);
      if (index >= count) return value(name)(es, index, ...rest);
      return value(name)(es, prices === 'costly' ? count - 1n - index : (index + 1n) % count, ...rest);
    };
  // The balance may fall with each system call.
  const balance =
    (name: string): Handler =>
    (es, ...args) => {
      if (prices !== 'free' && es.balance > RICH) es.balance -= random.bits(16);
      return value(name)(es, ...args);
    };
  // Where half is paid these numbers are the model's: so the fillings also differ in what canisters compute of them.
  const numbers = {
    canister_version: (es: Execution) => version(es, value('canister_version')(es) as bigint),
    performance_counter: (es: Execution, type: bigint) => {
      const real = value('performance_counter')(es, type) as bigint;
      counter += random.bits(56) + real;
      return counter;
    },
    msg_deadline: (es: Execution) => {
      const real = value('msg_deadline')(es) as bigint;
      return real === 0n ? 0n : real + random.bits(48);
    },
    ...Object.fromEntries(COSTS.map((name) => [name, cost(name)])),
    ...Object.fromEntries(KEY_COSTS.map((name) => [name, keyCost(name)])),
    ...Object.fromEntries(VARIABLES.map((name) => [name, variableAt(name)])),
    ...Object.fromEntries(BALANCES.map((name) => [name, balance(name)])),
  };
  return {
    ...handlers,
    ...(drawsNumbers(prices) && numbers),
    call_perform: (es) => {
      const real = value('call_perform')(es) as bigint;
      if (prices === 'costly' && real === 0n) reserveForResponse(es);
      return real === 0n ? 0n : NOT_ZERO + lowestByte(prices);
    },
    msg_reject_code: (es) => {
      const real = value('msg_reject_code')(es) as bigint;
      const message = TEXT.decode(es.params.rejectMessage);
      if (scripted && isSpontaneous(es.profile, message)) return real;
      const others = takesReadings(prices) ? alternativeCodes(es.profile, message) : undefined;
      return others === undefined ? real : BigInt(random.pick(others));
    },
  };
}

/** Whether rejects have the codes of other readings. Where everything costs much they have the model's own: so they differ between the fillings. */
function takesReadings(prices: Prices): boolean {
  switch (prices) {
    case 'free':
    case 'half':
      return true;
    case 'profile':
    case 'wordy':
    case 'terse':
    case 'costly':
      return false;
  }
}

/**
 * What an implementation with the production replica's limits sets aside for an execution, for a response, and for an installation, at most,
 * on a large subnet: 40 to 300 billion instructions of wasm64. In cycles.
 */
const RESERVES = { execution: 5n * 10n ** 11n, installation: 2n * 10n ** 12n } as const;

/** Whether a canister can do without a reserve, whatever is attached to calls beside. */
const spares = (balance: bigint, reserve: bigint): boolean => 2n * balance > 3n * reserve;

/** Sets as much aside for the response to the call that was made last as any implementation does. What the response does not need comes back. */
function reserveForResponse(es: Execution): void {
  const call = es.calls.at(-1);
  if (call === undefined || !spares(es.balance, RESERVES.execution)) return;
  es.balance -= RESERVES.execution;
  call.setAside += RESERVES.execution;
}

/** Where everything costs much, as much is set aside for each execution as any implementation does, and comes back after it. */
export function reserving(
  { prices }: Filling,
  { transitions, management }: Assembly,
): Pick<Assembly, 'transitions' | 'management'> {
  if (prices !== 'costly') return { transitions, management };
  const moved = (w: World, id: Principal, by: bigint): void => {
    const canister = w.draft.canister(id);
    w.draft.put({ ...canister, balance: canister.balance + by });
  };
  return {
    transitions: {
      ...transitions,
      withdrawForMessage: (w, id) => {
        const amount = transitions.withdrawForMessage(w, id);
        if (!spares(w.draft.canister(id).balance, RESERVES.execution)) return amount;
        moved(w, id, -RESERVES.execution);
        return amount + RESERVES.execution;
      },
    },
    management: {
      ...management,
      installCode: (w, request) => {
        const balance = w.draft.canisters.get(request.canister)?.balance ?? 0n;
        if (!spares(balance, RESERVES.installation)) return management.installCode(w, request);
        moved(w, request.canister, -RESERVES.installation);
        const outcome = management.installCode(w, request);
        moved(w, request.canister, RESERVES.installation);
        return outcome;
      },
    },
  };
}

/** What a failed call_perform gives begins so: any number will do there but 0 (Expectations looks for it). The lowest byte differs. */
export const NOT_ZERO = 0x6e0f_a100n;

function lowestByte(prices: Prices): bigint {
  switch (prices) {
    case 'profile':
    case 'half':
      return 0n;
    case 'costly':
    case 'wordy':
      return 1n;
    case 'free':
    case 'terse':
      return 2n;
  }
}

const TEXT = new TextDecoder();

/** Bytes of an amount of cycles. */
const CYCLES_BYTES = 16n;

/** A copy of a range of the Wasm memory; undefined: it is out of bounds. */
function bytesAt(es: Execution, at: bigint, size: bigint): Uint8Array | undefined {
  return at + size <= wasmMemoryBytes(es) ? es.instance.memory(0)?.read(at, size).slice() : undefined;
}

const COSTS = ['cost_call', 'cost_create_canister', 'cost_http_request'];

const KEY_COSTS = ['cost_sign_with_ecdsa', 'cost_sign_with_schnorr', 'cost_vetkd_derive_key'];
const [INVALID_CURVE, UNKNOWN_KEY] = [1n, 2n];

const VARIABLES = ['env_var_name_size', 'env_var_name_copy'];

const BALANCES = ['canister_cycle_balance', 'canister_cycle_balance128', 'canister_liquid_cycle_balance128'];

/** Versions that the system increments between executions as it likes; the same during an execution. */
function versions(random: Random): (es: Execution, version: bigint) => bigint {
  const seen = new WeakMap<Execution, bigint>();
  let extra = random.bits(63);
  return (es, version) => {
    let offset = seen.get(es);
    if (offset === undefined) seen.set(es, (offset = extra += random.bits(48)));
    return version + offset;
  };
}
