// plumbing: tests of the rehearsal: a valid module for each width, with every instruction of the run loop
import { INSTRUCTIONS } from '../../../spec/wasm/instructions.js';
import { ALL_FEATURES } from '../../../spec/wasm/features.js';
import { InstructionReader } from '../binary/instructions.js';
import { decodeModule } from '../binary/module.js';
import { validateModule } from '../validation/module.js';
import { rehearsalModule, rehearse } from './rehearsal.js';

describe.each(['i32', 'i64'] as const)('the module that is rehearsed for %s', (width) => {
  const module = decodeModule(rehearsalModule(width).bytes);

  it('is valid', () => {
    expect(() => {
      validateModule(module);
    }).not.toThrow();
    expect(module.memories[0]?.limits.addressType).toBe(width);
  });

  it('has every instruction that is no vector instruction', () => {
    const seen = new Set<string>();
    for (const { code } of module.bodies) {
      const reader = new InstructionReader(module.bytes, code, ALL_FEATURES);
      while (reader.offset < code.end) seen.add(reader.next().mnemonic);
    }
    const missing = INSTRUCTIONS.filter(({ feature, mnemonic }) => feature !== 'simd' && !seen.has(mnemonic));
    expect(missing).toEqual([]);
    expect(seen).toContain('i32x4.add');
  });
});

it('a rehearsal ends', () => {
  expect(rehearse).not.toThrow();
});
