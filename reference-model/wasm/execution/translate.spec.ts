// plumbing: tests of the translation of bodies, where it takes short cuts
import wabtInit from 'wabt';
import { decodeModule, Meter, Store, validateModule } from '../index.js';

const wabt = await wabtInit();
const limits = { instructionLimit: 10_000n, stackSlots: 1000, memoryPages: () => 16n, tableEntries: 16 };

function run(text: string, ...args: bigint[]): unknown {
  const module = decodeModule(new Uint8Array(wabt.parseWat('t.wat', text).toBinary({}).buffer));
  validateModule(module);
  const instance = new Store().instantiate(module, () => undefined, limits, new Meter(10_000n));
  return instance.invoke('f', args);
}

describe('translation', () => {
  // The br_if's empty block was taken for a charge that stands alone, and the end of the br_if was cut off.
  it.each([0n, 1n])('keeps a br_if before the end of a block that starts a function (condition %s)', (condition) => {
    const text = `(module (func (export "f") (param i32) (result i32)
      (block (br_if 0 (local.get 0)))
      (i32.add (local.get 0) (i32.const 41))))`;
    expect(run(text, condition)).toMatchObject({ kind: 'returned', results: [condition + 41n] });
  });
});
