// plumbing: tests that targets which conform in unusual ways raise no alarm — clocks, versions, memories that do not grow
import { generateCase } from '../../generators/index.js';
import { makeReference, standardAssembly, type Assembly } from '../../reference-model/index.js';
import type { Execution } from '../../reference-model/ic/execution.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import { blackBoxOf } from './box.js';
import { judgeBlackBox } from './judge.js';

/** How the model with other parts is judged in a case that is sensitive to them. */
function verdict(other: Partial<Assembly>, k: number): string {
  const { scenario } = generateCase('bb-free', k);
  const box = blackBoxOf(makeReference({ ...standardAssembly, ...other }));
  return judgeBlackBox(scenario, box, profileNamed(scenario.profile)!).verdict;
}

/** The System API with a function that gives other numbers, the same during an execution. */
function numbering(name: 'time' | 'canister_version', change: (usual: bigint, n: bigint) => bigint): Partial<Assembly> {
  const { systemApi } = standardAssembly;
  const numbers = new WeakMap<Execution, bigint>();
  let executions = 0n;
  const handler = (es: Execution): bigint => {
    if (!numbers.has(es)) numbers.set(es, (executions += 1n));
    return change(systemApi[name]?.(es) as bigint, numbers.get(es) ?? 0n);
  };
  return { systemApi: { ...systemApi, [name]: handler } };
}

const SECOND = 1_000_000_000n;

describe('no alarm is raised by a target', () => {
  it('whose clock goes on by seconds with each execution', () => {
    expect(
      verdict(
        numbering('time', (time, n) => time + 10n * SECOND * n),
        5,
      ),
    ).toBe('pass');
  });

  it('whose canister versions are as large as times', () => {
    expect([1, 5].map((k) => verdict(numbering('canister_version', (version, n) => version + (1n << 60n) + 3n * n), k))).toEqual(['pass', 'pass']); // prettier-ignore
  });

  it('that has no room for memories to grow', () => {
    expect(verdict({ memoryGrows: () => false }, 5)).toBe('pass');
  });
});
