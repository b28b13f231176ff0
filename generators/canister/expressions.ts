// plumbing: short names for expressions and statements, for those who build programs
import type { Expression, Operator, Statement } from '../../spec/vocabulary/program.js';

export const ZERO: Expression = { kind: 'constant', value: 0n };
export const ENV: Expression = { kind: 'env' };
export const MEMORY_BYTES: Expression = { kind: 'memory bytes' };

/** A number. */
export function constant(value: bigint | number): Expression {
  return { kind: 'constant', value: BigInt(value) };
}

/** The variable of that index. */
export function variable(index: number): Expression {
  return { kind: 'variable', index };
}

/** Two expressions, joined. */
export function operation(operator: Operator, left: Expression, right: Expression): Expression {
  return { kind: 'operation', operator, left, right };
}

/** Reads so many bytes of the Wasm memory, little-endian, without sign. */
export function load(address: number, bytes: 1 | 2 | 4 | 8): Expression {
  return { kind: 'load', address: constant(address), bytes };
}

/** The table index of a function; the size of the table where it has none. */
export function indexOf(name: string): Expression {
  return { kind: 'index of', function: name };
}

/** A system call whose result, if it has one, goes into the log. */
export function systemCall(name: string, ...args: readonly Expression[]): Statement {
  return { kind: 'system call', name, args, log: true };
}

/** A system call whose result goes into a variable and into the log. */
export function resultOf(name: string, into: number, ...args: readonly Expression[]): Statement {
  return { kind: 'system call', name, args, into, log: true };
}

/**
 * Shows a value in the trace, as an argument of a call that changes nothing: more stable memory than there can be is refused.
 * The log is in the Wasm memory, and what a query writes there is gone when it ends.
 */
export function traced(value: Expression): Statement {
  return systemCall('stable64_grow', operation('or', value, constant(1n << 50n)));
}

/** Logs the bytes of a range of the Wasm memory. */
export function logMemory(address: Expression, size: Expression): Statement {
  return { kind: 'log memory', address, size };
}

/** Writes the low bytes of a value to the Wasm memory, little-endian. */
export function store(address: number, value: Expression, bytes: 1 | 2 | 4 | 8 = 8): Statement {
  return { kind: 'store', address: constant(address), value, bytes };
}

/** Statements that run where the condition is not 0. */
export function when(condition: Expression, then: readonly Statement[]): Statement {
  return { kind: 'if', condition, then, else: [] };
}
