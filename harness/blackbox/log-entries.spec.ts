// plumbing: tests of which system call gave which part of a log
import { hex } from '../../spec/vocabulary/brands.js';
import type { SystemCallRecord } from '../../spec/vocabulary/record.js';
import { entriesIn, entryAt } from './log-entries.js';

const call = (name: string, result?: bigint, wrote?: string) => {
  const given = { ...(result !== undefined && { result }), ...(wrote !== undefined && { wrote: hex(wrote) }) };
  return { record: { name, args: [], ...given } satisfies SystemCallRecord };
};
const words = (...values: readonly bigint[]) => Buffer.from(new BigUint64Array(values).buffer);

/** The names of the calls that gave each entry. */
const namesIn = (log: Buffer, calls: readonly ReturnType<typeof call>[]) =>
  entriesIn(log, calls).map((entry) => entry.call.record.name);

describe('an entry of a log', () => {
  const calls = [call('time', 5n), call('in_replicated_execution', 1n), call('performance_counter', 3_994n)];

  it('is what a call gave, in the order of the calls', () => {
    expect(namesIn(words(5n, 1n, 3_994n), calls)).toEqual(['time', 'in_replicated_execution', 'performance_counter']);
  });

  it('is not taken for that of a call whose result was not logged', () => {
    // That 1 comes again behind the counter says nothing: where it is left out, more of the log is explained.
    expect(namesIn(words(5n, 3_994n, 1n), calls)).toEqual(['time', 'performance_counter']);
  });

  it('is found at any byte of it, and behind blobs of any length', () => {
    const log = Buffer.concat([Buffer.from('00aabbccdd', 'hex'), words(3_994n)]);
    const entries = entriesIn(log, [call('msg_arg_data_copy', undefined, 'aabbccdd'), ...calls]);
    const nameAt = (at: number) => entryAt(entries, at)?.call.record.name;
    expect([0, 1, 4, 5, 12].map(nameAt)).toEqual([
      undefined,
      'msg_arg_data_copy',
      'msg_arg_data_copy',
      'performance_counter',
      'performance_counter',
    ]);
  });

  it('is nothing where no call gave anything', () => {
    expect(entriesIn(words(1n, 2n), [])).toEqual([]);
  });
});
