// plumbing: tests that a small memory starts with nothing of one that was given back
import { ComparedMemory } from './compared-memory.js';

const PLAN = { wide: false, initial: 2n, allowed: 4n, tracking: false, maximum: 4n };

/** A memory of two pages in which the bytes at some addresses were written and committed. */
function committed(...addresses: number[]): ComparedMemory {
  const memory = new ComparedMemory(PLAN, 2n);
  for (const at of addresses) memory.writable(at, 1)[0] = 7;
  memory.commit();
  return memory;
}

it('what one memory committed is not brought back in the next one', () => {
  committed(0, 8_192, 70_000).release();
  const next = committed(4_096, 66_000);
  const before = next.digest();
  for (const at of [0, 8_192, 70_000]) next.writable(at, 1)[0] = 9;
  next.undoWrites();
  const written = [...next.bytes().entries()].filter(([, byte]) => byte !== 0);
  expect(written).toEqual([
    [4_096, 7],
    [66_000, 7],
  ]);
  next.commit();
  expect(next.digest()).toEqual(before);
});

it('two memories after one that was given back share no copy', () => {
  committed(0, 70_000).release();
  const [one, other] = [committed(5), committed(6)];
  for (const memory of [one, other]) {
    memory.writable(0, 16).fill(9);
    memory.undoWrites();
  }
  expect([...one.bytes().subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 7, 0, 0]);
  expect([...other.bytes().subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 7, 0]);
});
