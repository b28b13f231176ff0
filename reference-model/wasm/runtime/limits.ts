// table: limits of ours, which come before the host's — profile, never spec tier

import type { AddressType } from '../../../spec/wasm/types.js';

export interface ExecutionLimits {
  /** Instructions of one execution; the meter counts against its own limit, which the canister layer sets for each message. */
  readonly instructionLimit: bigint;
  /** The stack budget in slots: spec/vocabulary/stack-budget.md. */
  readonly stackSlots: number;
  /** How many pages of 64 KiB a memory with these addresses may reach. */
  memoryPages(addressType: AddressType): bigint;
  /** Asked at each memory.grow: whether there is room for it at this moment. Absent: there is, up to `memoryPages`. */
  readonly memoryGrows?: () => boolean;
  /** How many entries a table may reach. */
  readonly tableEntries: number;
}
