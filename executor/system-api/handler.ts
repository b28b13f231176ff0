// plumbing: the shape of a System API function's handler
import type { Execution } from '../execution.js';

/**
 * What a System API function does, after its charge and the check of its availability. Addresses, offsets and sizes of
 * type I come as numbers (Infinity beyond 2^53), functions and environments of type I as bigints, i32 as unsigned
 * numbers, i64 as unsigned bigints.
 * @throws CanisterTrap
 */
export type SystemCallHandler = (execution: Execution, ...args: never[]) => unknown;
