// spec-shaped: fees, the freezing limit and the liquid balance — spec/profiles/CHARGING.md, abstract-behavior.md#cycle-bookkeeping-and-resource-consumption
import type { Profile } from '../spec/profiles/profile.js';
import { MAX_CYCLES, type PointerWidth } from '../spec/vocabulary/brands.js';
import { WASM_PAGE_BYTES } from '../spec/wasm/types.js';
import type { Canister } from './state.js';

const GIBIBYTE = 1n << 30n;
const SECONDS_PER_DAY = 86_400n;
const NANOSECONDS_PER_DAY = SECONDS_PER_DAY * 1_000_000_000n;

/** Sizes that count as memory usage. */
export interface MemorySizes {
  /** Wasm pages. */
  readonly wasmPages: bigint;
  /** Wasm pages. */
  readonly stablePages: bigint;
  readonly moduleBytes: bigint;
}

/** Fees of one profile; every entry is a charge that can be taken alone. */
export interface Charges {
  readonly systemCall: (profile: Profile, name: string) => { readonly base: bigint; readonly perByte: bigint };
  readonly instructions: (profile: Profile, width: PointerWidth, instructions: bigint) => bigint;
  readonly messageExecution: (profile: Profile) => bigint;
  readonly ingress: (profile: Profile, bytes: number) => bigint;
  readonly call: (profile: Profile, bytes: number) => bigint;
  /** Most cycles that delivering and processing the response to a call can cost. */
  readonly maxResponse: (profile: Profile, width: PointerWidth) => bigint;
  readonly responseBytes: (profile: Profile, bytes: number) => bigint;
  readonly stablePages: (profile: Profile, pages: number) => bigint;
  readonly idlePerDay: (profile: Profile, canister: Canister, sizes: MemorySizes) => bigint;
}

export const standardCharges: Charges = {
  systemCall: (profile, name) => profile.systemCalls.byName[name] ?? profile.systemCalls.default,
  instructions: ({ fees }, width, instructions) => (instructions * fees.tenInstructions[width]) / 10n,
  messageExecution: ({ fees }) => fees.messageExecution,
  ingress: ({ fees }, bytes) => fees.ingressMessage + fees.ingressByte * BigInt(bytes),
  call: ({ fees }, bytes) => fees.call + fees.callByte * BigInt(bytes),
  maxResponse(profile, width) {
    const { fees, limits } = profile;
    const instructions = limits.callbackInstructions + limits.cleanupInstructions;
    return (
      fees.callByte * BigInt(limits.replyBytes) +
      fees.messageExecution +
      standardCharges.instructions(profile, width, instructions)
    );
  },
  responseBytes: ({ fees }, bytes) => fees.callByte * BigInt(bytes),
  stablePages: ({ systemCalls }, pages) => systemCalls.stablePageFirstWritten * BigInt(pages),
  idlePerDay({ fees }, { settings }, { wasmPages, stablePages, moduleBytes }) {
    const usage = (wasmPages + stablePages) * BigInt(WASM_PAGE_BYTES) + moduleBytes;
    const bytes = settings.memoryAllocation > usage ? settings.memoryAllocation : usage;
    return (
      (bytes * fees.gibibyteSecond * SECONDS_PER_DAY) / GIBIBYTE +
      settings.computeAllocation * fees.computePercentSecond * SECONDS_PER_DAY +
      (moduleBytes > 0n ? fees.canisterSecond * SECONDS_PER_DAY : 0n)
    );
  },
};

/** The sizes of a canister at this moment. */
export function memorySizes(canister: Canister): MemorySizes {
  const { instance, stable } = canister;
  return {
    wasmPages: instance?.memory?.pages ?? 0n,
    stablePages: stable.size,
    moduleBytes: BigInt(instance?.compiled.uploadedBytes ?? 0),
  };
}

/** The fees of one engine. What depends on the profile alone is computed once. */
export class Fees {
  readonly profile: Profile;
  readonly messageExecution: bigint;
  private readonly charges: Charges;
  private readonly maxima: Readonly<Record<PointerWidth, { message: bigint; install: bigint; response: bigint }>>;

  constructor(profile: Profile, charges: Charges) {
    this.profile = profile;
    this.charges = charges;
    this.messageExecution = charges.messageExecution(profile);
    const { updateInstructions, installInstructions } = profile.limits;
    const maxima = (width: PointerWidth) => ({
      message: this.messageExecution + this.instructions(width, updateInstructions),
      install: this.messageExecution + this.instructions(width, installInstructions),
      response: charges.maxResponse(profile, width),
    });
    this.maxima = { i32: maxima('i32'), i64: maxima('i64') };
  }

  instructions(width: PointerWidth, instructions: bigint): bigint {
    return this.charges.instructions(this.profile, width, instructions);
  }

  /** MAX_CYCLES_PER_MESSAGE. */
  maxMessage(width: PointerWidth): bigint {
    return this.maxima[width].message;
  }

  /** MAX_CYCLES_PER_INSTALL. */
  maxInstall(width: PointerWidth): bigint {
    return this.maxima[width].install;
  }

  /** MAX_CYCLES_PER_RESPONSE. */
  maxResponse(width: PointerWidth): bigint {
    return this.maxima[width].response;
  }

  ingress(bytes: number): bigint {
    return this.charges.ingress(this.profile, bytes);
  }

  call(bytes: number): bigint {
    return this.charges.call(this.profile, bytes);
  }

  responseBytes(bytes: number): bigint {
    return this.charges.responseBytes(this.profile, bytes);
  }

  stablePages(pages: number): bigint {
    return this.charges.stablePages(this.profile, pages);
  }

  idlePerDay(canister: Canister, sizes: MemorySizes): bigint {
    return this.charges.idlePerDay(this.profile, canister, sizes);
  }

  /** Cycles for idle resources over a time in nanoseconds. */
  idle(canister: Canister, by: bigint): bigint {
    return (this.idlePerDay(canister, memorySizes(canister)) * by) / NANOSECONDS_PER_DAY;
  }

  /** What the balance must not fall below, given what the reserved balance covers. */
  frozenBelow(canister: Canister, sizes: MemorySizes = memorySizes(canister)): bigint {
    const limit = (this.idlePerDay(canister, sizes) * canister.settings.freezingThreshold) / SECONDS_PER_DAY;
    return limit > canister.reserved ? limit - canister.reserved : 0n;
  }

  /** May be negative. */
  liquid(canister: Canister): bigint {
    return canister.balance - this.frozenBelow(canister);
  }
}

/** Largest amount that a cost function gives. */
export function saturate(amount: bigint): bigint {
  return amount > MAX_CYCLES ? MAX_CYCLES : amount;
}
