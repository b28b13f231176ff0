// plumbing: tests of the catalogue of mutants, and that the hunt tells what was caught
import { executor, standardAssembly } from '../../executor/index.js';
import { generateCase } from '../../generators/index.js';
import { reference } from '../../reference-model/index.js';
import { ruleNamed } from '../../spec/rules/index.js';
import { runCase } from '../runner/run-case.js';
import { huntExecutor, huntModel, type Catch } from './hunt.js';
import { mutantNamed, mutantNames, mutants, MUTANT_FAMILIES } from './index.js';
import { CAUGHT_AT } from './caught-at.js';
import { part } from './mutant.js';
import { rememberedEngine } from './remembered.js';
import { present } from '../../spec/testing/present.js';

const of = (...families: string[]) => mutants.filter(({ family }) => families.includes(family));

describe('the catalogue of mutants', () => {
  it('has names that differ, each with a sentence', () => {
    expect(new Set(mutantNames()).size).toBe(mutants.length);
    expect(mutants.filter(({ breaks }) => !/^\S.{9,}\.$/.test(breaks)).map(({ name }) => name)).toEqual([]);
  });

  it('names clauses that exist', () => {
    const unknown = mutants.flatMap(({ name, clauses }) => clauses.filter((id) => ruleNamed(id) === undefined).map((id) => `${name}: ${id}`)); // prettier-ignore
    expect(unknown).toEqual([]);
    expect(mutants.filter(({ clauses }) => clauses.length === 0)).toEqual([]);
  });

  it('has at least 100 over the three headline families, 10 of the instrumentation and 2 of the model', () => {
    expect(of('atomicity', 'cycles', 'availability').length).toBeGreaterThanOrEqual(100);
    expect(of('instrumentation').length).toBeGreaterThanOrEqual(10);
    expect(of('model').length).toBeGreaterThanOrEqual(2);
    expect(mutants.every(({ family }) => MUTANT_FAMILIES.includes(family))).toBe(true);
  });

  it('remembers catches of mutants that it has', () => {
    expect(Object.keys(CAUGHT_AT).filter((name) => mutantNamed(name) === undefined)).toEqual([]);
  });

  it('finds a mutant by its name', () => {
    expect(mutantNamed('no-cleanup')).toMatchObject({ family: 'lifecycle', clauses: ['calls/cleanup-after-trap'] });
    expect(mutantNamed('no such mutant')).toBeUndefined();
  });

  it('overrides one entry of a group, and leaves the standard assembly alone', () => {
    const before = standardAssembly.undo.globals;
    const changed = part('undo', 'globals', () => () => undefined)(standardAssembly);
    expect(changed.undo.globals).not.toBe(before);
    expect({ ...changed, undo: { ...changed.undo, globals: before } }).toEqual(standardAssembly);
    expect(standardAssembly.undo.globals).toBe(before);
  });
});

describe('a remembered engine', () => {
  it('gives a later engine the verdicts that the engine itself would give', () => {
    const against = rememberedEngine(reference);
    for (let k = 0; k < 6; k++) {
      const { scenario } = generateCase('remembered', k);
      const own = rememberedEngine(reference);
      const direct = runCase(scenario, { target: executor, against: reference });
      expect(runCase(scenario, { target: executor, against: own })).toEqual(direct);
      expect(runCase(scenario, { target: executor, against: own })).toEqual(direct);
      // From another tape: it runs from where the calls differ.
      if (k === 0) expect(runCase(scenario, { target: executor, against })).toEqual(direct);
    }
  });
});

describe('the hunt', () => {
  const named = (name: string) => present(mutants.find((mutant) => mutant.name === name));

  it('tells after how many cases, and by which clause, a mutant of the executor was caught', async () => {
    const results: Catch[] = [];
    await huntExecutor([named('cost-call-without-response')], { seed: 'mutants', cases: 20 }, (one) =>
      results.push(one),
    );
    expect(results).toEqual([{ mutant: 'cost-call-without-response', family: 'cycles', caught: expect.objectContaining({ own: true, kind: 'systemCallResult' }) }]); // prettier-ignore
  });

  it('looks first at the case that it remembers', async () => {
    const ran: number[] = [];
    const running = (_: string, k: number) => ran.push(k);
    const results: Catch[] = [];
    const remembered = { 'cost-call-without-response': 7 };
    await huntExecutor([named('cost-call-without-response')], { seed: 'mutants', cases: 20, remembered, running }, (one) => results.push(one)); // prettier-ignore
    expect(ran[0]).toBe(7);
    expect(results).toHaveLength(1);
  });

  it('reduces what it caught to at most five steps that replay', async () => {
    const results: Catch[] = [];
    await huntExecutor([named('accept-one-too-few')], { seed: 'mutants', cases: 200, budget: 200 }, (one) => results.push(one)); // prettier-ignore
    expect(results[0]?.reduced?.replays).toBe(true);
    expect(results[0]?.reduced?.steps).toBeLessThanOrEqual(5);
  });

  it('says when a mutant was not caught', async () => {
    const results: Catch[] = [];
    const harmless = { name: 'harmless', family: 'values' as const, breaks: 'Nothing.', clauses: ['wasm/globals'], engine: executor }; // prettier-ignore
    await huntExecutor([harmless], { seed: 'mutants', cases: 2 }, (one) => results.push(one));
    expect(results).toEqual([{ mutant: 'harmless', family: 'values' }]);
  });

  it('takes an engine that throws for caught, by no clause', async () => {
    const results: Catch[] = [];
    const engine = () => {
      throw new Error('broken');
    };
    const broken = { name: 'broken', family: 'values' as const, breaks: 'All of it.', clauses: ['wasm/globals'], engine }; // prettier-ignore
    await huntExecutor([broken], { seed: 'mutants', cases: 2 }, (one) => results.push(one));
    expect(results).toEqual([{ mutant: 'broken', family: 'values', caught: expect.objectContaining({ cases: 1, rule: '', own: false, kind: 'errored' }) }]); // prettier-ignore
  });

  it('catches a mutant of the model by a golden vector', async () => {
    const results: Catch[] = [];
    await huntModel(mutants.filter(({ name }) => name === 'model-reply-twice'), (one) => results.push(one)); // prettier-ignore
    expect(results).toEqual([{ mutant: 'model-reply-twice', family: 'model', caught: expect.objectContaining({ own: true }) }]); // prettier-ignore
  });
});
