// plumbing: where an instrumented module is larger than V8 allows, though the canister's own is not
//
// Without these tests V8 would refuse such a module, and the executor would call it invalid. It is not: the case says nothing.
import { HostLimit } from '../../spec/vocabulary/engine.js';
import type { FunctionType } from './decode.js';

/** What V8 allows (src/wasm/wasm-limits.h). */
const V8 = {
  parameters: 1000,
  results: 1000,
  /** Of one function, parameters included. */
  locals: 50_000,
  /** Of one function, in bytes. */
  body: 7_654_321,
} as const;

function within(found: number, most: number, what: string): void {
  if (found > most) throw new HostLimit(`instrumented, a function has ${found} ${what}; V8 allows ${most}`);
}

/** @throws HostLimit */
export function testType({ params, results }: FunctionType): void {
  within(params.length, V8.parameters, 'parameters');
  within(results.length, V8.results, 'results');
}

/**
 * @param locals of the function, parameters included
 * @param bytes of its body, with the declarations of locals
 * @throws HostLimit
 */
export function testBody(locals: number, bytes: number): void {
  within(locals, V8.locals, 'locals');
  within(bytes, V8.body, 'bytes');
}
