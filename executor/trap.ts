// plumbing: how an execution ends early, and what V8's messages mean
import { Crash, HostLimit } from '../spec/vocabulary/engine.js';
import type { TrapKind } from '../spec/vocabulary/trap.js';
import { TrapCode } from './instrument/layout.js';

/** Thrown by a system call to abort the execution. Not an Error: a stack trace would cost more than the call. */
export class CanisterTrap {
  readonly kind: TrapKind;
  readonly detail: string;

  constructor(kind: TrapKind, detail: string) {
    this.kind = kind;
    this.detail = detail;
  }
}

/** @throws CanisterTrap of kind `system-call`, always */
export function systemCallTrap(detail: string): never {
  throw new CanisterTrap('system-call', detail);
}

/** V8's messages; `unreachable` and the table accesses need the trap global as well. */
const MESSAGES: Readonly<Record<string, TrapKind>> = {
  unreachable: 'unreachable',
  'divide by zero': 'integer-divide-by-zero',
  'remainder by zero': 'integer-divide-by-zero',
  'divide result unrepresentable': 'integer-overflow',
  'float unrepresentable in integer range': 'float-to-integer',
  'memory access out of bounds': 'memory-out-of-bounds',
  'data segment out of bounds': 'memory-out-of-bounds',
  'element segment out of bounds': 'table-out-of-bounds',
  'table index is out of bounds': 'indirect-call',
  'table access out of bounds': 'table-out-of-bounds',
  'null function or function signature mismatch': 'indirect-call',
  'null function or function signature': 'indirect-call',
  // as the V8 of Node 26 says it, of null functions too
  'function signature mismatch': 'indirect-call',
  'operation does not support unaligned accesses': 'memory-out-of-bounds',
};

/** What V8 says when it has no stack left, or no room for a buffer. Any other RangeError is a fault of ours. */
const HOST_LIMITS = /call stack size|allocation failed|could not allocate/i;

/**
 * What an error that came out of a canister's code means.
 * @param trapCode the trap global: a TrapCode
 * @throws HostLimit when V8 ran out of something
 * @throws Crash when nothing explains the error
 */
export function trapOf(error: unknown, trapCode: number): CanisterTrap {
  if (error instanceof CanisterTrap) return error;
  if (error instanceof Crash || error instanceof HostLimit) throw error;
  const { name, message } = error as Error;
  if (name === 'RangeError' && HOST_LIMITS.test(message)) throw new HostLimit(message);
  if (name !== 'RuntimeError') throw error;
  switch (trapCode) {
    case TrapCode.limit:
      return new CanisterTrap('instruction-limit', 'the instruction limit is exceeded');
    case TrapCode.stack:
      return new CanisterTrap('stack-budget', 'the stack budget is exceeded');
    case TrapCode.hostMemory:
      throw new HostLimit('V8 cannot grow the memory as far as the profile allows');
    case TrapCode.tableAccess:
      return new CanisterTrap('table-out-of-bounds', message);
    default: {
      const kind = MESSAGES[message];
      if (kind === undefined) throw new Crash(`unknown trap of V8: ${message}`);
      return new CanisterTrap(kind, message);
    }
  }
}
