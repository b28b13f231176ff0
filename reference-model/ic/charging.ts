// spec-shaped: fees, instructions to cycles, freezing limit and liquid balance — profile rule, spec/profiles/CHARGING.md

import { MAX_CYCLES, type PointerWidth } from '../../spec/vocabulary/brands.js';
import type { Profile } from '../../spec/profiles/profile.js';
import type { SystemApiFunction } from '../../spec/system-api.js';
import { widthOf, type Canister, type CanisterSettings, type Code } from './state.js';
import { WASM_PAGE_BYTES } from './stable-memory.js';

const SECONDS_PER_DAY = 86_400n;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const GIBIBYTE = 1n << 30n;

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** An amount that fits 128 bits. */
const saturate = (amount: bigint): bigint => min(amount, MAX_CYCLES);

/** Section 2: cycles for `n` instructions. */
export function instructionCycles(p: Profile, width: PointerWidth, n: bigint): bigint {
  return (n * p.fees.tenInstructions[width]) / 10n;
}

/** Cycles for one message execution of `n` instructions. */
export function executionCycles(p: Profile, width: PointerWidth, n: bigint): bigint {
  return p.fees.messageExecution + instructionCycles(p, width, n);
}

/** Section 3: MAX_CYCLES_PER_MESSAGE. */
export function maxCyclesPerMessage(p: Profile, width: PointerWidth): bigint {
  return executionCycles(p, width, p.limits.updateInstructions);
}

/** Section 4: the part of MAX_CYCLES_PER_RESPONSE that pays for the transmission of the largest response. */
export function maxResponseTransmission(p: Profile): bigint {
  return p.fees.callByte * BigInt(p.limits.replyBytes);
}

/** Section 4: MAX_CYCLES_PER_RESPONSE. */
export function maxCyclesPerResponse(p: Profile, width: PointerWidth): bigint {
  return (
    maxResponseTransmission(p) + executionCycles(p, width, p.limits.callbackInstructions + p.limits.cleanupInstructions)
  );
}

/** Section 5: MAX_CYCLES_PER_INSTALL, with the width of the new module. */
export function maxCyclesPerInstall(p: Profile, width: PointerWidth): bigint {
  return executionCycles(p, width, p.limits.installInstructions);
}

/** Section 3: the fee of an ingress message. @param nameBytes size of the method name in UTF-8 */
export function ingressFee(p: Profile, nameBytes: number, argBytes: number): bigint {
  return p.fees.ingressMessage + p.fees.ingressByte * BigInt(nameBytes + argBytes);
}

/** Section 4: the fee of an inter-canister call, without what is set aside. */
export function callFee(p: Profile, nameBytes: bigint, argBytes: bigint): bigint {
  return p.fees.call + p.fees.callByte * (nameBytes + argBytes);
}

/** Section 4: what ic0.cost_call gives. */
export function callCost(p: Profile, width: PointerWidth, nameBytes: bigint, argBytes: bigint): bigint {
  return saturate(callFee(p, nameBytes, argBytes) + maxCyclesPerResponse(p, width));
}

/** Section 5: what ic0.cost_http_request gives. */
export function httpRequestCost(p: Profile, requestBytes: bigint, responseBytes: bigint): bigint {
  const { base, node, requestByte, responseByte } = p.fees.httpRequest;
  const n = p.subnetNodes;
  return saturate((base + node * n + requestByte * requestBytes + responseByte * responseBytes) * n);
}

/** Section 1.7: instructions for a system call. @param args its arguments, unsigned */
export function systemCallInstructions(p: Profile, f: SystemApiFunction, args: readonly bigint[]): bigint {
  const { base, perByte } = p.systemCalls.byName[f.name] ?? p.systemCalls.default;
  let bytes = 0n;
  for (const index of f.copies) bytes += args[index] ?? 0n;
  return base + perByte * bytes;
}

/** What a canister's idle resources are charged for. */
export interface Resources {
  readonly settings: CanisterSettings;
  /** Bytes of the uploaded module; absent: an empty canister. */
  readonly moduleBytes: number | undefined;
  readonly wasmBytes: bigint;
  readonly stableBytes: bigint;
}

/** The resources of a canister between executions. */
export function resourcesOf(canister: Canister): Resources {
  return resourcesWith(canister.settings, canister.code);
}

/** The resources of a canister with these settings and this code. */
export function resourcesWith(settings: CanisterSettings, code: Code | undefined): Resources {
  return {
    settings,
    moduleBytes: code?.module.uploadedBytes,
    wasmBytes: (code?.wasmPages ?? 0n) * BigInt(WASM_PAGE_BYTES),
    stableBytes: code?.stable.bytes ?? 0n,
  };
}

/** Section 5: cycles that idle resources burn in a day. */
export function idleCyclesPerDay(p: Profile, r: Resources): bigint {
  const usage = r.wasmBytes + r.stableBytes + BigInt(r.moduleBytes ?? 0);
  const memory = max(r.settings.memoryAllocation, usage);
  const forMemory = (memory * p.fees.gibibyteSecond * SECONDS_PER_DAY) / GIBIBYTE;
  const forCompute = r.settings.computeAllocation * p.fees.computePercentSecond * SECONDS_PER_DAY;
  const forCanister = r.moduleBytes === undefined ? 0n : p.fees.canisterSecond * SECONDS_PER_DAY;
  return forMemory + forCompute + forCanister;
}

/** Section 5: the charge for idle resources over `by` nanoseconds. */
export function idleCycles(p: Profile, r: Resources, by: bigint): bigint {
  return (idleCyclesPerDay(p, r) * by) / (SECONDS_PER_DAY * NANOSECONDS_PER_SECOND);
}

/** Section 5: the freezing limit. */
export function freezingLimit(p: Profile, r: Resources): bigint {
  return (idleCyclesPerDay(p, r) * r.settings.freezingThreshold) / SECONDS_PER_DAY;
}

/** Section 5: the liquid balance, perhaps negative — abstract-behavior.md, "Cycle bookkeeping and resource consumption". */
export function liquidBalance(p: Profile, balance: bigint, reservedBalance: bigint, r: Resources): bigint {
  return balance - max(freezingLimit(p, r) - reservedBalance, 0n);
}

/** The liquid balance of a canister between executions, perhaps negative. */
export function liquidBalanceOf(p: Profile, canister: Canister): bigint {
  return liquidBalance(p, canister.balance, canister.reservedBalance, resourcesOf(canister));
}

/** Whether the liquid balance pays for a message execution. */
export function canPayForMessage(p: Profile, canister: Canister): boolean {
  return liquidBalanceOf(p, canister) >= maxCyclesPerMessage(p, widthOf(canister));
}
