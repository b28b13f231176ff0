// table: why a module is refused — WebAssembly "Binary Format", "Validation" and "Instantiation"

import type { FeatureName } from '../../../spec/wasm/features.js';

/** The bytes are not a module. `offset` is the byte at which that shows; `feature` names a feature that is off. */
export class WasmDecodeError extends Error {
  override readonly name = 'WasmDecodeError';
  constructor(
    readonly offset: number,
    message: string,
    readonly feature?: FeatureName,
  ) {
    super(message);
  }
}

/** The module breaks a rule of validation. `offset` is the byte of the instruction, or of the section. */
export class WasmValidationError extends Error {
  override readonly name = 'WasmValidationError';
  constructor(
    readonly offset: number,
    message: string,
    readonly feature?: FeatureName,
  ) {
    super(message);
  }
}

/** An import is missing or has another type. */
export class WasmLinkError extends Error {
  override readonly name = 'WasmLinkError';
}

/** The module asks for more than our limits allow (memory pages, table entries): nothing was allocated. */
export class WasmLimitError extends Error {
  override readonly name = 'WasmLimitError';
}
