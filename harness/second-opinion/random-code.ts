// plumbing: random typed-stack code as subjects

import type { Draw } from '../../generators/draw.js';
import { typedStackCode } from '../../generators/wasm/typed-stack.js';
import type { PointerWidth } from '../../spec/vocabulary/brands.js';
import { DATA_AT, GLOBALS, RESULTS_AT, storeLocal, type Subject } from './subject.js';

/** Steps of one piece of code, at most. */
const MAX_STEPS = 60;

/** A piece of random code that ends with its results in the memory. */
export function randomCode(draw: Draw): Subject {
  const width: PointerWidth = draw.pick(['i32', 'i64']);
  const generated = typedStackCode(
    draw,
    { width, hasMemory: true, hasTable: true, globals: GLOBALS, calls: [], data: [DATA_AT, DATA_AT + 256] },
    0,
    draw.int(1, MAX_STEPS),
  );
  const { code, locals, results } = generated;
  const keep = results.map((_, k) => ['local.set', locals.length + k] as const).reverse();
  const store = results.flatMap((type, k) => storeLocal(type, locals.length + k, RESULTS_AT + 16 * k, width));
  return { width, locals: [...locals, ...results], code: [...code, ...keep, ...store] };
}
