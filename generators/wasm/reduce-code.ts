// plumbing: shorter typed-stack code
import type { Code } from '../../spec/vocabulary/program.js';
import type { ValueType } from '../../spec/wasm/types.js';

export interface ShorterCode {
  readonly code: Code;
  readonly results: readonly ValueType[];
}

/** Code that is shorter than the given one, each as valid as that. */
export function* reduceCode(
  code: Code,
  results: readonly ValueType[],
  _locals: readonly ValueType[],
): Iterable<ShorterCode> {
  if (code.length > 0) yield { code: [], results: [] };
  if (results.length > 0 && code.length === 0) yield { code: [], results: [] };
}
