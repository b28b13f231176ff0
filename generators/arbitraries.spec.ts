// plumbing: tests of every arbitrary, with the one assertion kit
import type { CodeSurroundings } from './index.js';
import {
  codeArbitrary,
  compileProgram,
  isSmaller,
  programArbitrary,
  programSize,
  scenarioArbitrary,
  type DrawnCode,
} from './index.js';
import { assertArbitrary } from './testing/arbitrary-assertions.js';
import { invalidity, programProblem, scenarioProblem } from './testing/validity.js';

const scenarioSize = (scenario: { readonly steps: readonly unknown[]; readonly modules: readonly unknown[] }) =>
  scenario.steps.length;

describe('arbitraries', () => {
  it('programs: same seed same value, valid, shrinks are smaller and valid', () => {
    assertArbitrary('program', programArbitrary(), {
      problem: programProblem,
      smaller: (a, b) => isSmaller(programSize(a), programSize(b)),
      runs: 30,
    });
  });

  it('scenarios: same seed same value, valid, shrinks are smaller and valid', () => {
    assertArbitrary('scenario', scenarioArbitrary(), {
      problem: scenarioProblem,
      smaller: (a, b) =>
        scenarioSize(a) < scenarioSize(b) ||
        a.modules.some((module, i) => {
          const other = b.modules[i];
          if (module.kind !== 'program' || other?.kind !== 'program') return false;
          return isSmaller(programSize(module.program), programSize(other.program));
        }),
      runs: 20,
    });
  });

  it.each(['i32', 'i64'] as const)('typed-stack code for %s: same seed same value, valid', (width) => {
    const around: CodeSurroundings = {
      width,
      hasMemory: true,
      hasTable: true,
      globals: ['i32', 'v128', 'f64', 'funcref'],
      calls: [
        { name: 'time', result: 'i64' },
        { name: 'msg_caller_size', result: width },
      ],
      data: [256, 1024],
    };
    const problem = ({ code, locals, results }: DrawnCode) =>
      invalidity(
        compileProgram({
          format: 'program@1',
          width,
          memory: { min: 1n },
          globals: around.globals.map((type) => ({ type, init: 0n })),
          table: { size: 1, entries: [] },
          functions: [{ name: 'f', type: 'entry', locals, body: [{ kind: 'code', code, results }] }],
          exports: [{ name: 'canister_update f', function: 'f' }],
          data: [],
          elements: [],
          customSections: [],
          log: { at: 4096, bytes: 1024 },
          oddities: [],
        }),
      );
    assertArbitrary('code', codeArbitrary(around, 80), { problem, runs: 400 });
  });

  it('no arbitrary that claims too much passes the kit', () => {
    const claims = { problem: () => 'never valid' };
    expect(() => assertArbitrary('program', programArbitrary(), claims)).toThrow('program, seed 1: never valid');
    expect(() =>
      assertArbitrary('program', programArbitrary(), { problem: () => undefined, smaller: () => false }),
    ).toThrow('shrink 1 is not smaller');
  });
});
