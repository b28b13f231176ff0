// plumbing: tests of modules that are too large for V8 once they are instrumented
import { HostLimit } from '../../spec/vocabulary/engine.js';
import { World } from '../testing/world.js';

const METHOD = '(import "ic0" "msg_reply" (func $reply)) (func (export "canister_update m") (call $reply))';
const times = (count: number) => 'i32 '.repeat(count);
const installing = (functions: string) => () => new World([`(module ${METHOD} ${functions})`]).call('m').response?.kind;

describe('a module that V8 takes', () => {
  it('is no invalid module where it is too large when instrumented: the host has a limit', () => {
    expect(installing(`(func (param ${times(999)}))`)).toThrow(HostLimit);
    expect(installing(`(func (result ${times(1000)}) unreachable)`)).toThrow(HostLimit);
    expect(installing(`(func (local ${times(49_999)}))`)).toThrow(HostLimit);
    expect(installing(`(func (param ${times(998)}) (local ${times(49_001)}))`)).toThrow(HostLimit);
  });

  it('runs where it is as large as it may be', () => {
    expect(installing(`(func (param ${times(998)}))`)()).toBe('reply');
    expect(installing(`(func (result ${times(999)}) unreachable)`)()).toBe('reply');
    expect(installing(`(func (local ${times(49_998)}))`)()).toBe('reply');
    expect(installing(`(func (param ${times(998)}) (local ${times(49_000)}))`)()).toBe('reply');
  });
});
