// plumbing: tests of the readings that the model can take beside its own
import type { Execution } from '../../reference-model/ic/execution.js';
import type { Handler } from './open-values.js';
import { otherReadings } from './readings.js';

const COPIES = ['stable_read', 'stable_write', 'stable64_read', 'stable64_write'];
/** A canister without Wasm memory and with one page of stable memory, and a call that has ended. */
const es = { instance: { memory: () => undefined }, stable: { bytes: 65_536n } } as unknown as Execution;

/** What became of a copy: the functions of the model note that they were asked. */
function copied(name: string, size: bigint, returns: boolean): readonly string[] {
  const asked: string[] = [];
  const note =
    (one: string): Handler =>
    () =>
      void asked.push(one);
  const names = [...COPIES, 'stable_size', 'env_var_name_size', 'env_var_name_copy', 'msg_deadline', 'cycles_burn128'];
  const handlers = Object.fromEntries(names.map((one) => [one, note(one)]));
  otherReadings(handlers, (reading) => reading === 'empty copies return' && returns)[name]?.(es, 1n << 40n, 0n, size);
  return asked;
}

describe('a stable copy of nothing beyond the bounds', () => {
  it.each(COPIES)('by %s is like any other, or is not made, as the reading says', (name) => {
    expect(copied(name, 0n, false)).toEqual([name]);
    // The old functions still trap where the stable memory is too large for them.
    expect(copied(name, 0n, true)).toEqual(name.startsWith('stable_') ? ['stable_size'] : []);
  });

  it.each(COPIES)('by %s is no copy of one byte', (name) => {
    expect(copied(name, 1n, true)).toEqual([name]);
  });
});
