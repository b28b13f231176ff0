// plumbing: the executor with the parts exchanged in which chaos takes its freedoms — everything else is the executor's
import type { SystemApiFunction } from '../../../spec/system-api.js';
import type { Profile } from '../../../spec/profiles/profile.js';
import type { RejectCause } from '../../../spec/profiles/reject-causes.js';
import type { Context } from '../../../spec/vocabulary/entry-point.js';
import type { Response } from '../../../spec/vocabulary/record.js';
import type { Settings } from '../../../spec/vocabulary/scenario.js';
import { principalBytes } from '../../../executor/blob.js';
import { memorySizes } from '../../../executor/cycles.js';
import type { Execution } from '../../../executor/execution.js';
import { standardAssembly, type Assembly } from '../../../executor/index.js';
import { rejection, respondToCall, type Machine } from '../../../executor/machine.js';
import type { Call, Canister } from '../../../executor/state.js';
import { refused } from '../../../executor/management/access.js';
import { acceptCycles, liquidCycles } from '../../../executor/system-api/cycles.js';
import { copyCycles, copyIn, utf8Lossy, wide, type Address } from '../../../executor/system-api/blobs.js';
import { discardPendingCall } from '../../../executor/system-api/calls.js';
import { SYSTEM_CALLS } from '../../../executor/system-api/index.js';
import { systemCallTrap } from '../../../executor/trap.js';
import { takeIn } from '../../../executor/transitions/submission.js';
import type { Random } from '../../blackbox/random.js';
import { idOf, type Temperament } from './temperament.js';

/** Canisters are looked at from outside the transitions only through this. */
export interface Inside {
  machine: Machine | undefined;
}

type Calls = Readonly<Record<string, (execution: Execution, ...args: never[]) => unknown>>;

/** The code that a reading gives to a reject of the system, told by its message. */
function codeFor({ readings }: Temperament, { rejectMessages }: Profile, code: number, message: string): number {
  for (const [cause, other] of Object.entries(readings.codes)) {
    if (rejectMessages[cause as RejectCause] === message) return other;
  }
  return code;
}

/** The response as this chaos words it. */
export function wordedBy(temper: Temperament, profile: Profile, response: Response): Response {
  if (response.kind === 'reply') return response;
  return { ...response, code: codeFor(temper, profile, response.code, response.message) };
}

/** The parts of one chaos. */
export function chaosAssembly(temper: Temperament, profile: Profile, random: Random, inside: Inside): Assembly {
  // Canisters are created as they should be: a case whose setup is refused says nothing.
  const refuses = (settings: Settings, now: Canister['settings'] | undefined) =>
    mayBeRefused(settings, now) && random.chance(temper.refusesSettings);
  const { instrumentation } = standardAssembly;
  return {
    ...standardAssembly,
    instrumentation: temper.rawNan
      ? { ...instrumentation, canonicalNan: () => false, canonicalLocal: false }
      : instrumentation,
    systemCalls: {
      ...standardAssembly.systemCalls,
      ...values(temper, profile, random),
      ...failures(temper, random),
      ...readings(temper),
    } as Assembly['systemCalls'],
    available: (f, context) => availableHere(temper, f, context),
    commit: temper.readings.tablesAreNoState
      ? { ...standardAssembly.commit, tables: tablesAgain }
      : standardAssembly.commit,
    judgeLowMemory: hookJudge(temper),
    choices: {
      ...standardAssembly.choices,
      'expire-message': (machine, choice) => {
        const message = machine.subnet.messages.get(choice.message);
        const origin = message?.kind === 'call' ? message.origin : undefined;
        const stays = origin?.kind === 'canister' && random.chance(temper.executesExpired);
        if (stays) expireUnanswered(machine, origin.call);
        else standardAssembly.choices['expire-message'](machine, choice);
      },
    },
    stimuli: {
      ...standardAssembly.stimuli,
      create: (machine, stimulus) => {
        inside.machine = machine;
        const k = machine.subnet.created;
        const most = stimulus.cycles / 2n;
        const fee = temper.creationFee < most ? temper.creationFee : most;
        const outcome = standardAssembly.stimuli.create(machine, {
          ...stimulus,
          cycles: (stimulus.cycles - fee) as typeof stimulus.cycles,
        });
        if (outcome.kind === 'done') rename(machine, k, temper);
        return outcome;
      },
      'update-settings': (machine, stimulus) => {
        const { settings } = machine.subnet.canisters.get(stimulus.canister) ?? {};
        if (refuses(stimulus.settings, settings)) return refused(machine, 'invalid-settings');
        return standardAssembly.stimuli['update-settings'](machine, stimulus);
      },
      ingress: (machine, stimulus) => {
        const outcome = standardAssembly.stimuli.ingress(machine, stimulus);
        if (outcome.kind !== 'refused' || !temper.acceptsFirst.includes(outcome.failure)) return outcome;
        const canister = machine.subnet.canisters.get(stimulus.canister);
        const system = canister?.instance?.compiled.canister.system;
        if (canister === undefined || system?.has('canister_inspect_message') !== false) return outcome;
        return takeIn(machine, canister, stimulus);
      },
      deposit: (machine, stimulus) => {
        const canister = machine.subnet.canisters.get(stimulus.canister);
        const controls = canister === undefined || machine.assembly.isController(canister, stimulus.sender);
        if (temper.readings.depositsByControllers && !controls) return refused(machine, 'not-a-controller');
        return standardAssembly.stimuli.deposit(machine, stimulus);
      },
    },
  };
}

/** Settings that an implementation may have no room for. */
function mayBeRefused(settings: Settings, now: Canister['settings'] | undefined): boolean {
  const { computeAllocation = 0n, memoryAllocation = 0n, environmentVariables = [] } = settings;
  const moreCompute = computeAllocation > (now?.computeAllocation ?? 0n);
  return moreCompute || memoryAllocation > (now?.memoryAllocation ?? 0n) || environmentVariables.length > 0;
}

const PAGE = 65_536n;

/** The tables, and the segments that were dropped, are again as they were before the execution. */
function tablesAgain({ instance }: Execution): void {
  if (instance.undoTables()) instance.recreate();
  instance.commitTables();
}

/** Judges whether the Wasm memory is low, by the readings 8 and 9. */
function hookJudge({ readings: { lowWithoutLimit, hookByEdge } }: Temperament): Assembly['judgeLowMemory'] {
  const pages = new WeakMap<Canister, bigint>();
  return (machine, canister) => {
    const was = pages.get(canister) ?? 0n;
    const { wasmPages } = memorySizes(canister);
    pages.set(canister, wasmPages);
    const before = canister.hook;
    const { wasmMemoryLimit: limit, wasmMemoryThreshold: threshold } = canister.settings;
    const fell = was !== wasmPages && (limit === 0n || limit - was * PAGE >= threshold);
    const always = lowWithoutLimit && limit === 0n && wasmPages > 0n;
    if (!always) standardAssembly.judgeLowMemory(machine, canister);
    else if (before === 'condition-not-satisfied') canister.hook = 'ready';
    if (hookByEdge && !fell && canister.hook === 'ready') canister.hook = before;
  };
}

/** The caller is told that the deadline is over; the call message stays where it is. */
function expireUnanswered(machine: Machine, call: Call): void {
  call.expired = true;
  respondToCall(machine, call, rejection(machine, 'expired'), 0n);
}

/** Gives the canister that was made last the id that this chaos has for it. */
function rename({ subnet, log }: Machine, k: number, temper: Temperament): void {
  const made = [...subnet.canisters.values()].at(-1);
  if (made === undefined) return;
  const id = idOf(temper, k);
  const renamed = { ...made, id, idBytes: principalBytes(id) };
  subnet.canisters.delete(made.id);
  subnet.canisters.set(id, renamed);
  log.touched.delete(made);
  log.touched.add(renamed);
}

/** Values that are nobody's but the implementation's. */
function values(temper: Temperament, profile: Profile, random: Random): Calls {
  const asked = new WeakSet<Execution>();
  let extra = random.bits(temper.versionBits);
  const scale = 1n + random.bits(temper.counterBits);
  const price = random.bits(random.pick([50, 100]));
  return {
    canister_version(execution: Execution) {
      // An increment may come at any time, if rarely during an execution.
      const often = asked.has(execution) ? temper.versionBumps / 8 : temper.versionBumps;
      asked.add(execution);
      if (random.chance(often)) extra += 1n + random.bits(random.pick([2, 30]));
      return execution.version + extra;
    },
    performance_counter: (execution: Execution, type: number) =>
      SYSTEM_CALLS.performance_counter(execution, type) * scale,
    msg_reject_code: (execution: Execution) =>
      codeFor(temper, profile, execution.rejectCode, new TextDecoder().decode(execution.rejectMessage)),
    ...(temper.tellsOtherCosts && {
      cost_call: (execution: Execution, _name: bigint, _payload: bigint, dst: Address) =>
        copyCycles(execution, dst, price),
      cost_create_canister: (execution: Execution, dst: Address) => copyCycles(execution, dst, price * 3n),
    }),
  };
}

/** What may fail at any time. */
function failures({ failsCalls, failsGrowth, readings: { performCode } }: Temperament, random: Random): Calls {
  return {
    call_perform(execution: Execution) {
      if (execution.pending !== undefined && random.chance(failsCalls)) {
        discardPendingCall(execution);
        return performCode;
      }
      return SYSTEM_CALLS.call_perform(execution) === 0 ? 0 : performCode;
    },
    stable_grow: (execution: Execution, pages: number) =>
      random.chance(failsGrowth) ? 0xffff_ffff : SYSTEM_CALLS.stable_grow(execution, pages),
    stable64_grow: (execution: Execution, pages: bigint) =>
      random.chance(failsGrowth) ? 0xffff_ffff_ffff_ffffn : SYSTEM_CALLS.stable64_grow(execution, pages),
  };
}

const fits = (execution: Execution, at: number, size: number) => at + size <= execution.instance.bytes().length;

/** The other readings. */
function readings({ readings: r }: Temperament): Calls {
  const index = (execution: Execution, at: Address) => {
    const count = execution.canister.settings.environmentVariables.length;
    if (at >= count) return at;
    const rotated = r.variablesRotated ? (Number(at) + 1) % count : Number(at);
    return r.variablesReversed ? count - 1 - rotated : rotated;
  };
  return {
    env_var_name_size: (execution: Execution, at: Address) =>
      SYSTEM_CALLS.env_var_name_size(execution, index(execution, at)),
    env_var_name_copy: (execution: Execution, at: Address, dst: Address, offset: Address, size: Address) =>
      SYSTEM_CALLS.env_var_name_copy(execution, index(execution, at), dst, offset, size),
    ...(r.cyclesNeverTrap && { msg_cycles_accept128: acceptAnyway }),
    cycles_burn128(execution: Execution, high: bigint, low: bigint, dst: Address) {
      const { burned, canister } = execution;
      const before = canister.balance;
      if (r.cyclesNeverTrap) burnAnyway(execution, high, low, dst);
      else SYSTEM_CALLS.cycles_burn128(execution, high, low, dst);
      if (!r.burnedStays) return;
      // Nothing has left the balance, so that a trap has nothing to give back.
      canister.balance = before;
      execution.burned = burned;
    },
    ...(r.rejectSeenElsewhere && {
      msg_reject_msg_size(execution: Execution) {
        if (execution.rejectCode === 0) systemCallTrap('there is no reject');
        return SYSTEM_CALLS.msg_reject_msg_size(execution);
      },
      msg_reject_msg_copy(execution: Execution, dst: Address, offset: Address, size: Address) {
        if (execution.rejectCode === 0) systemCallTrap('there is no reject');
        SYSTEM_CALLS.msg_reject_msg_copy(execution, dst, offset, size);
      },
    }),
    ...(r.lateAppendIgnored && {
      msg_reply_data_append(execution: Execution, src: Address, size: Address) {
        if (!execution.mayRespond && execution.response === undefined && execution.entryPoint.endsWith('callback'))
          return;
        SYSTEM_CALLS.msg_reply_data_append(execution, src, size);
      },
    }),
    ...(r.rejectsAnyText && {
      msg_reject(execution: Execution, src: Address, size: Address) {
        if (execution.response !== undefined || !execution.mayRespond) SYSTEM_CALLS.msg_reject(execution, src, size);
        else execution.response = { kind: 'reject', message: utf8Lossy(copyIn(execution, src, size)) };
      },
    }),
    ...(r.startKnowsNoController && {
      is_controller(execution: Execution, src: Address, size: Address) {
        const answer = SYSTEM_CALLS.is_controller(execution, src, size);
        return execution.letter === 's' ? 1 - answer : answer;
      },
    }),
    ...(r.certifiedDataIgnored && {
      certified_data_set(execution: Execution, src: Address, size: Address) {
        if (size > execution.profile.limits.certifiedDataBytes && fits(execution, src, size)) return;
        SYSTEM_CALLS.certified_data_set(execution, src, size);
      },
    }),
    ...(r.emptyStableCopies && {
      stable_read: emptyOr(SYSTEM_CALLS.stable_read, SYSTEM_CALLS.stable_size),
      stable_write: emptyOr(SYSTEM_CALLS.stable_write, SYSTEM_CALLS.stable_size),
      stable64_read: emptyOr(SYSTEM_CALLS.stable64_read),
      stable64_write: emptyOr(SYSTEM_CALLS.stable64_write),
    }),
  };
}

/** @param measure traps where the stable memory is too large for the function, however little is copied */
function emptyOr<A, B, C extends number | bigint>(
  copy: (execution: Execution, a: A, b: B, size: C) => void,
  measure?: (execution: Execution) => unknown,
) {
  return (execution: Execution, a: A, b: B, size: C): void => {
    if (Number(size) !== 0) copy(execution, a, b, size);
    else measure?.(execution);
  };
}

function acceptAnyway(execution: Execution, high: bigint, low: bigint, dst: Address): void {
  const accepted = acceptCycles(execution, wide(high, low));
  if (fits(execution, dst, 16)) copyCycles(execution, dst, accepted);
}

function burnAnyway(execution: Execution, high: bigint, low: bigint, dst: Address): void {
  const most = wide(high, low);
  const liquid = liquidCycles(execution);
  const amount = most < liquid ? most : liquid;
  execution.canister.balance -= amount;
  execution.burned += amount;
  if (fits(execution, dst, 16)) copyCycles(execution, dst, amount);
}

const REJECT_ELSEWHERE: Readonly<Record<string, readonly Context[]>> = {
  msg_reject_code: ['CC'],
  msg_reject_msg_size: ['Ry', 'C'],
  msg_reject_msg_copy: ['Ry', 'C'],
};

function availableHere({ readings: r }: Temperament, f: SystemApiFunction, context: Context): boolean {
  if (f.name === 'msg_deadline' && ['RQ', 'NRQ', 'TQ'].includes(context)) return r.deadlineIn.includes(context);
  if (r.rejectSeenElsewhere && REJECT_ELSEWHERE[f.name]?.includes(context) === true) return true;
  return standardAssembly.available(f, context);
}
