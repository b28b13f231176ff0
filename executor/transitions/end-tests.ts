// spec-shaped: what an execution that returned may still fail for — abstract-behavior.md#rule-message-execution
import { memorySizes, type Fees, type MemorySizes } from '../cycles.js';
import type { Canister } from '../state.js';
import { CanisterTrap } from '../trap.js';
import { WASM_PAGE_BYTES } from '../../spec/wasm/types.js';

/** The tests, each replaceable. */
export interface EndTests {
  /**
   * The balance, with what will be given back, must not be below what is frozen.
   * @param sizes the memory sizes that count
   */
  readonly insufficientCycles: (
    fees: Fees,
    canister: Canister,
    givenBack: bigint,
    sizes: MemorySizes,
  ) => CanisterTrap | undefined;
  readonly wasmMemoryLimit: (canister: Canister) => CanisterTrap | undefined;
}

export const standardEndTests: EndTests = {
  insufficientCycles(fees, canister, givenBack, sizes) {
    if (canister.balance + givenBack >= fees.frozenBelow(canister, sizes)) return undefined;
    return new CanisterTrap('insufficient-cycles', 'the balance would be below the freezing limit');
  },
  wasmMemoryLimit(canister) {
    const limit = canister.settings.wasmMemoryLimit;
    const bytes = memorySizes(canister).wasmPages * BigInt(WASM_PAGE_BYTES);
    if (limit === 0n || bytes <= limit) return undefined;
    return new CanisterTrap('wasm-memory-limit', `the Wasm memory is larger than ${limit} bytes`);
  },
};
