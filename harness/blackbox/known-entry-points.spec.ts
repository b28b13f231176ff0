// plumbing: tests that entry points which a target does not run are left out
import { compileModules, generateCase } from '../../generators/index.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import type { Program, ProgramFunction } from '../../spec/vocabulary/program.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { neverRunIn, usableImports, withKnownEntryPoints } from './known-entry-points.js';
import { present } from '../../spec/testing/present.js';

const { scenario } = generateCase('known entry points', 0);

/** All but some. */
const allBut = (...lacking: readonly EntryPoint[]) => ({
  entryPoints: (Object.keys(ENTRY_POINTS) as EntryPoint[]).filter((one) => !lacking.includes(one)),
});

/** A scenario with one module that exports a function under some names. */
function exporting(names: readonly string[], type: ProgramFunction['type'] = 'entry'): Scenario {
  const [first] = scenario.modules.flatMap((module) => (module.kind === 'program' ? [module.program] : []));
  const functions: Program['functions'] = [{ name: 'f', type, locals: [], body: [] }];
  const exports = names.map((name) => ({ name, function: 'f' }));
  return {
    ...scenario,
    modules: [{ kind: 'program', program: { ...present(first), start: 'f', functions, exports } }],
  };
}
const programOf = ({ modules: [module] }: Scenario) => (module?.kind === 'program' ? module.program : undefined);
const namesOf = (one: Scenario) => programOf(one)?.exports.map(({ name }) => name);

const NAMES = ['canister_init', 'canister_inspect_message', 'canister_update a', 'canister_composite_query b', 'c'];

describe('entry points that a target does not run', () => {
  it('are not exported, nor is there a (start) function', () => {
    const known = allBut('start', 'canister_inspect_message', 'composite reject callback');
    const left = withKnownEntryPoints(exporting(NAMES), known);
    expect(namesOf(left)).toEqual(['canister_init', 'canister_update a', 'c']);
    expect(programOf(left)).not.toHaveProperty('start');
  });

  it('stay where their type is a reason to refuse the module', () => {
    const given = exporting(NAMES, 'callback');
    expect(namesOf(withKnownEntryPoints(given, allBut('canister_inspect_message')))).toEqual(NAMES);
  });

  it('are none of a target that runs all of them, or names none', () => {
    const given = exporting(NAMES);
    expect(withKnownEntryPoints(given, allBut())).toBe(given);
    expect(withKnownEntryPoints(given, { entryPoints: [] })).toBe(given);
  });

  it('are not led to: without callbacks there are no calls', () => {
    expect(usableImports(allBut())).toBeUndefined();
    expect(usableImports(allBut('cleanup callback after reply'))).toContain('call_perform');
    expect(usableImports(allBut('cleanup callback after reply'))).not.toContain('call_on_cleanup');
    expect(usableImports({ ...allBut('reply callback'), imports: ['time', 'call_new'] })).toEqual(['time']);
  });

  it('are a reason to skip a case whose modules were not generated', () => {
    const bytes = compileModules(exporting(NAMES));
    const given: Scenario = {
      ...scenario,
      modules: [{ kind: 'wasm', bytes: present(bytes[0]), description: 'compiled' }],
    };
    expect(neverRunIn(bytes, given, allBut())).toBeUndefined();
    expect(neverRunIn(bytes, given, allBut('start'))).toMatch('(start)');
    expect(neverRunIn(bytes, given, allBut('canister_init'))).toMatch('canister_init');
  });
});
