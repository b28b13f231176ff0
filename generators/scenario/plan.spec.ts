// plumbing: tests of the plan — what twenty thousand cases aim at
import { existsFor, SYSTEM_API } from '../../spec/system-api.js';
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { generateCase } from '../index.js';
import { stageBodies } from './entry-points.js';
import { trapsOf } from './missions.js';
import { assignment, ONLY_32 } from './plan.js';
import { Stage } from './stage.js';
import { Draw } from '../draw.js';
import { barelyCalled, calledAtBoundary, RECIPE_NAMES, wellCalled } from './system-calls.js';
import { programProblem } from '../testing/validity.js';

const WIDTHS = ['i32', 'i64'] as const;
const CASES = 20_000;
/** Above the 20 that a run of so many cases promises: a mission may fail for what else happens in its case. */
const PLANNED = 25;

function aims(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (let k = 0; k < CASES; k++) {
    const assigned = assignment(k, {});
    if (assigned.kind !== 'missions') continue;
    const at = `${assigned.entryPoint} / ${assigned.width}`;
    for (const mission of assigned.missions) {
      if (mission.kind === 'available') for (const name of mission.imports) add(`${name} / ${at}`);
      if (mission.kind === 'unavailable') add(`${mission.import} / ${at}`);
      if (mission.kind === 'trap') {
        add(`${mission.trap} / ${assigned.entryPoint}`);
        if (mission.trap === 'explicit') add(`trap / ${at}`);
      }
      if (mission.kind === 'trap after') add(`after ${mission.import}`);
    }
    for (const name of assigned.refused) add(`${name} / ${assigned.entryPoint} / refused`);
  }
  return counts;
}

describe(`the plan of ${CASES} cases`, () => {
  const planned = aims();
  const rare = (keys: readonly string[]) => keys.filter((key) => (planned.get(key) ?? 0) < PLANNED);
  const entryPoints = Object.keys(ENTRY_POINTS) as EntryPoint[];

  it('reaches every cell of the import table, in both widths', () => {
    const cells = WIDTHS.flatMap((width) =>
      SYSTEM_API.filter((f) => existsFor(f, width)).flatMap(({ name }) =>
        entryPoints.map((e) => `${name} / ${e} / ${width}`),
      ),
    );
    expect(cells).toHaveLength((74 + 65) * 23);
    expect(rare(cells)).toEqual([]);
  });

  it('offers a wasm64 module for each of the other nine functions and every entry point', () => {
    expect(ONLY_32).toHaveLength(9);
    expect(rare(ONLY_32.flatMap((name) => entryPoints.map((e) => `${name} / ${e} / refused`)))).toEqual([]);
  });

  it('traps in every way that an entry point can trap', () => {
    expect(rare(entryPoints.flatMap((e) => trapsOf(e).map((trap) => `${trap} / ${e}`)))).toEqual([]);
  });

  it('traps right after every function, but ic0.trap itself', () => {
    const names = SYSTEM_API.filter(({ name }) => name !== 'trap').map(({ name }) => `after ${name}`);
    expect(rare(names)).toEqual([]);
  });

  it('says what a case aims at', () => {
    const said = Array.from({ length: 100 }, (_, k) => generateCase('aims', k).aims).flat();
    for (const kind of ['cell', 'trap', 'trap after', 'boundary', 'story', 'refused']) {
      expect(said.some((aim) => aim.startsWith(`${kind} `))).toBe(true);
    }
  });
});

describe('recipes of system calls', () => {
  it('are there for every function', () => {
    expect([...RECIPE_NAMES].sort()).toEqual(SYSTEM_API.map(({ name }) => name).sort());
  });

  it.each(Object.keys(ENTRY_POINTS) as EntryPoint[])('compile to valid modules from %s', (entryPoint) => {
    const draw = new Draw({ nextInt: (min) => min });
    for (const width of WIDTHS) {
      const stage = new Stage(draw, 'conformance', [{ name: 'A', value: 'b' }]);
      const canister = stage.canister({ width, memory: { min: 1n } }, 10n ** 15n);
      stage.canister({ width, memory: { min: 1n } }, 10n ** 15n);
      const bodies = SYSTEM_API.filter((f) => existsFor(f, width)).map(({ name }) => ({
        code: (s: Parameters<typeof wellCalled>[1]) => [
          ...wellCalled(name, s),
          ...calledAtBoundary(name, s),
          barelyCalled(name, s),
        ],
      }));
      stageBodies(stage, canister, entryPoint, bodies);
      for (const source of stage.scenario().modules) {
        if (source.kind === 'program') expect(programProblem(source.program)).toBeUndefined();
      }
    }
  });
});
