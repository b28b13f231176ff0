// plumbing: tests that scenarios reach what they are built for, run by the reference model
import { ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { profileNamed } from '../../spec/profiles/profiles.js';
import type { ExecutionRecord } from '../../spec/vocabulary/record.js';
import type { Scenario } from '../../spec/vocabulary/scenario.js';
import { drive } from '../../harness/scheduler/drive.js';
import { reference } from '../../reference-model/index.js';
import { Draw } from '../draw.js';
import { compileModules } from '../index.js';
import { constant, systemCall } from '../canister/expressions.js';
import { cellsOf } from './canister.js';
import { stageBodies, type Body } from './entry-points.js';
import { bodyOf, trapsOf } from './missions.js';
import { Stage } from './stage.js';
import { wellCalled } from './system-calls.js';

const ENTRY_POINT_NAMES = Object.keys(ENTRY_POINTS) as EntryPoint[];

/** The same draws every time, all over their range. */
function steadyDraw(): Draw {
  let state = 1;
  return new Draw({
    nextInt: (min, max) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return min + (state % (max - min + 1));
    },
  });
}

/** Two canisters, and bodies for the first one's entry point. */
function staged(
  entryPoint: EntryPoint,
  width: 'i32' | 'i64',
  bodies: readonly Body[],
  freezingThreshold = 2_592_000n,
): Scenario {
  const stage = new Stage(steadyDraw(), 'conformance', [{ name: 'A', value: 'b' }]);
  const shape = { width, memory: { min: 1n } };
  const canister = stage.canister(shape, 10n ** 15n, { freezingThreshold });
  stage.canister(shape, 10n ** 15n);
  stageBodies(stage, canister, entryPoint, bodies);
  return stage.scenario();
}

function executions(scenario: Scenario): readonly ExecutionRecord[] {
  const profile = profileNamed(scenario.profile);
  if (profile === undefined) throw new Error(`no profile ${scenario.profile}`);
  const engine = reference({ profile, time: scenario.setup.time, modules: compileModules(scenario), trace: true });
  const seen: ExecutionRecord[] = [];
  drive(scenario, engine, undefined, {
    transition: ({ actual }) => {
      seen.push(...actual.executions);
      return true;
    },
    enabledDiffer: () => true,
  });
  engine.dispose();
  return seen;
}

const marked = (mark: number): Body => ({ code: () => [systemCall('debug_print', constant(0), constant(mark))] });

describe.each(ENTRY_POINT_NAMES)('%s', (entryPoint) => {
  it.each(['i32', 'i64'] as const)('runs each body once (%s)', (width) => {
    const marks = [3, 4, 5];
    const runs = executions(staged(entryPoint, width, marks.map(marked))).filter((e) => e.entryPoint === entryPoint);
    const found = runs.flatMap(({ trace }) =>
      trace.filter(({ name }) => name === 'debug_print').map(({ args }) => Number(args[1])),
    );
    expect(found).toEqual(marks);
  });

  it('traps in each of its ways', () => {
    // Being over the memory limit needs a setting that only mission-scenario.ts makes; the instruction limit takes long.
    const traps = trapsOf(entryPoint).filter((trap) => trap !== 'wasm-memory-limit' && trap !== 'instruction-limit');
    const bodies = traps.map((trap) => bodyOf({ kind: 'trap', trap }, { openWasm: false, code: false }));
    const runs = executions(staged(entryPoint, 'i32', bodies, 10n ** 12n)).filter((e) => e.entryPoint === entryPoint);
    const found = runs.map(({ outcome }) => (outcome.kind === 'trapped' ? outcome.trap : 'returned'));
    for (const trap of traps) expect(found).toContain(trap);
  });

  it('calls every available function without a trap, but those that must', () => {
    const must = new Set([
      'trap',
      ...(entryPoint.endsWith('below') ? ['data_certificate_size', 'data_certificate_copy'] : []),
    ]);
    const names = cellsOf(entryPoint, 'i32').available.filter((name) => !must.has(name));
    const bodies = names.map((name): Body => ({ code: (s) => wellCalled(name, s) }));
    const runs = executions(staged(entryPoint, 'i32', bodies)).filter((e) => e.entryPoint === entryPoint);
    const trapped = runs.filter(({ outcome }) => outcome.kind === 'trapped').map(({ trace }) => trace.at(-1)?.name);
    expect(trapped).toEqual([]);
    const called = new Set(runs.flatMap(({ trace }) => trace.map(({ name }) => name)));
    expect(names.filter((name) => !called.has(name))).toEqual([]);
  });
});
