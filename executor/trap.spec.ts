// plumbing: tests of what an error that came out of a canister's code means
import { Crash, HostLimit } from '../spec/vocabulary/engine.js';
import { wasm } from './host.js';
import { TrapCode } from './instrument/layout.js';
import { CanisterTrap, trapOf } from './trap.js';

const errorOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('an error that came out of canister code', () => {
  it('is a limit of the host where V8 has no stack left, or no room', () => {
    const deep = (): number => 1 + deep();
    expect(() => trapOf(errorOf(deep), TrapCode.none)).toThrow(HostLimit);
    expect(() =>
      trapOf(
        errorOf(() => new ArrayBuffer(2 ** 52)),
        TrapCode.none,
      ),
    ).toThrow(HostLimit);
  });

  it.each([
    ['an offset that is out of bounds', () => new DataView(new ArrayBuffer(8)).getUint32(9)],
    [
      'a source that is too large',
      () => {
        new Uint8Array(2).set([1, 2, 3]);
      },
    ],
    ['a negative length', () => new Uint8Array(-1)],
    ['a property of nothing', () => (JSON.parse('null') as { a: number }).a],
  ] as const)('is a fault of ours: %s', (_what, run) => {
    const error = errorOf(run);
    expect(errorOf(() => trapOf(error, TrapCode.none))).toBe(error);
  });

  it('is a trap where V8 says which', () => {
    const trap = new wasm.RuntimeError('divide by zero');
    expect(trapOf(trap, TrapCode.none)).toEqual(new CanisterTrap('integer-divide-by-zero', 'divide by zero'));
    expect(() => trapOf(new wasm.RuntimeError('something new'), TrapCode.none)).toThrow(Crash);
  });

  it.each(['null function or function signature mismatch', 'function signature mismatch'])(
    'is a trap of call_indirect where V8 says so, in the words of each version: %s',
    (words) => {
      expect(trapOf(new wasm.RuntimeError(words), TrapCode.none).kind).toBe('indirect-call');
    },
  );
});
