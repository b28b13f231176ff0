// plumbing: tests of the rehearsal: a valid module for each width, with every instruction of the run loop
import { Session, type Profiler } from 'node:inspector/promises';
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

/** The parts of the run loop that are not run while `act` is. */
async function notRun(act: () => void): Promise<string[]> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Debugger.enable');
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    act();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const script = result.find(({ url }) => url.endsWith('/execution/run.ts')) as Profiler.ScriptCoverage;
    const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId: script.scriptId });
    const loop = script.functions.find(({ functionName }) => functionName === 'run');
    return (loop?.ranges ?? [])
      .filter(({ count }) => count === 0)
      .map(({ startOffset, endOffset }) => scriptSource.slice(startOffset, endOffset).replaceAll(/\s+/g, ' '));
  } finally {
    session.disconnect();
  }
}

it('a rehearsal runs all of the run loop, but what several instances and a fault of the translator would need', async () => {
  const rest = await notRun(rehearse);
  expect(rest).toEqual([
    expect.stringContaining('instance = callee.instance'),
    expect.stringContaining('instance = current.instance'),
    expect.stringContaining('default: throw new'),
  ]);
});
