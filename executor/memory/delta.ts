// plumbing: the difference between an instance's state now and its committed state, to be taken away and put back
import type { CanisterInstance, OtherState } from '../instance.js';
import type { StableDelta, StableMemory } from './stable-memory.js';
import type { MemoryDelta } from './wasm-memory.js';

/** What a non-replicated execution left, while others of the same query call run. */
export interface Delta {
  readonly memory: MemoryDelta | undefined;
  readonly others: OtherState;
  readonly stable: StableDelta;
}

/** Copies what differs from the committed state. */
export function takeDelta(instance: CanisterInstance, stable: StableMemory): Delta {
  return { memory: instance.memory?.takeDelta(), others: instance.others(), stable: stable.takeDelta() };
}

/** Puts a difference back on the committed state. */
export function applyDelta(instance: CanisterInstance, stable: StableMemory, delta: Delta): void {
  if (delta.memory !== undefined) instance.memory?.applyDelta(delta.memory);
  instance.load(delta.others);
  stable.applyDelta(delta.stable);
}
