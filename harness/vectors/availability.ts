// plumbing: the availability matrix as vectors: each import, tried from every entry point — canister-interface.md#system-api-imports
import { contextOf, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { SYSTEM_API, type SystemApiFunction } from '../../spec/system-api.js';
import type { BuiltModule, ExecutionText, StepText, StimulusText, Vector, VectorFile } from './format.js';

/** The call of an import with zeroes, which mean nothing bad to any of them; where they do (there is no call to perform) it traps, available all the same. */
function probeOf({ name, params, result }: SystemApiFunction): string {
  const call = `(call $${name} ${params.map(({ type }) => `(${type}.const 0)`).join(' ')})`;
  return result === null ? call : `(drop ${call})`;
}

const callTo = (method: number, reply: number, reject: number, cleanup?: number): string =>
  `(call $call_new (I.const 64) (I.const 10) (I.const ${method}) (I.const 2) (I.const ${reply}) (I.const 0) (I.const ${reject}) (I.const 0)) ` +
  (cleanup === undefined ? '' : `(call $call_on_cleanup (I.const ${cleanup}) (I.const 0)) `) +
  '(drop (call $call_perform))';

/** Addresses of method names, out of the way of probes that write to address 0. */
const [OK, NO, QUERY, COMPOSITE] = [80, 82, 84, 86];
/** Table indices of callbacks. */
const [IDLE, PROBE, TRAP] = [0, 1, 2];

/** Calls canister 1, which has the same module. */
function everywhere(probe: string): BuiltModule {
  return {
    data: { '64': 'canister:1', '80': "text:'oknoqqcc'" },
    callbacks: { idle: '(nop)', probe, trapping: 'unreachable' },
    exports: {
      'canister_query ok': '(call $msg_reply)',
      'canister_query no': '(call $msg_reject (I.const 0) (I.const 0))',
      'canister_update uu': probe,
      'canister_query qq': probe,
      'canister_composite_query cc': probe,
      canister_heartbeat: probe,
      canister_global_timer: probe,
      canister_on_low_wasm_memory: probe,
      'canister_update arm': '(drop (call $global_timer_set (i64.const 1)))',
      'canister_update reply': callTo(OK, PROBE, IDLE),
      'canister_update reject': callTo(NO, IDLE, PROBE),
      'canister_update cleanup after reply': callTo(OK, TRAP, IDLE, PROBE),
      'canister_update cleanup after reject': callTo(NO, IDLE, TRAP, PROBE),
      'canister_composite_query composite reply': callTo(OK, PROBE, IDLE),
      'canister_composite_query composite reject': callTo(NO, IDLE, PROBE),
      'canister_composite_query composite cleanup after reply': callTo(OK, TRAP, IDLE, PROBE),
      'canister_composite_query composite cleanup after reject': callTo(NO, IDLE, TRAP, PROBE),
      'canister_composite_query query below': callTo(QUERY, IDLE, IDLE),
      'canister_composite_query composite query below': callTo(COMPOSITE, IDLE, IDLE),
    },
  };
}

/** One way to an entry point: what brings it about, and the executions before and after it. */
interface Way {
  readonly entryPoint: EntryPoint;
  readonly canister: number;
  readonly stimulus?: StimulusText;
  readonly picks?: StepText['picks'];
  readonly before?: readonly ExecutionText[];
  readonly after?: readonly ExecutionText[];
}

const at = (k: number): string => `canister:${k}`;
const ran = (entryPoint: EntryPoint, canister = 0, outcome: ExecutionText['outcome'] = 'returned'): ExecutionText => ({
  entryPoint,
  canister: at(canister),
  ...(outcome !== undefined && { outcome }),
});
const ingress = (method: string, canister = 0): StimulusText => ({ kind: 'ingress', method, canister: at(canister) });
const query = (method: string): StimulusText => ({ kind: 'query', method });
const install = (module: string, canister: number, mode: 'install' | 'upgrade'): StimulusText => ({
  kind: 'install',
  module,
  canister: at(canister),
  mode,
});
const called = [ran('canister_update'), ran('canister_query replicated', 1)];
const evaluated = [ran('canister_composite_query'), ran('canister_query below', 1)];

/** In this order, since the low-memory hook goes before all other messages. What follows a query below the root is of no concern here. */
const WAYS: readonly Way[] = [
  { entryPoint: 'canister_on_low_wasm_memory', canister: 0 },
  { entryPoint: 'canister_update', canister: 0, stimulus: ingress('uu') },
  { entryPoint: 'canister_query replicated', canister: 0, stimulus: ingress('qq') },
  { entryPoint: 'canister_query', canister: 0, stimulus: query('qq') },
  { entryPoint: 'canister_query transform', canister: 0, stimulus: { kind: 'transform', method: 'qq' } },
  { entryPoint: 'canister_composite_query', canister: 0, stimulus: query('cc') },
  { entryPoint: 'canister_heartbeat', canister: 0, picks: ['heartbeat'] },
  { entryPoint: 'canister_global_timer', canister: 0, stimulus: ingress('arm'), before: [ran('canister_update')] },
  { entryPoint: 'reply callback', canister: 0, stimulus: ingress('reply'), before: called },
  { entryPoint: 'reject callback', canister: 0, stimulus: ingress('reject'), before: called },
  {
    entryPoint: 'cleanup callback after reply',
    canister: 0,
    stimulus: ingress('cleanup after reply'),
    before: [...called, ran('reply callback', 0, 'unreachable')],
  },
  {
    entryPoint: 'cleanup callback after reject',
    canister: 0,
    stimulus: ingress('cleanup after reject'),
    before: [...called, ran('reject callback', 0, 'unreachable')],
  },
  { entryPoint: 'composite reply callback', canister: 0, stimulus: query('composite reply'), before: evaluated },
  { entryPoint: 'composite reject callback', canister: 0, stimulus: query('composite reject'), before: evaluated },
  {
    entryPoint: 'composite cleanup callback after reply',
    canister: 0,
    stimulus: query('composite cleanup after reply'),
    before: [...evaluated, ran('composite reply callback', 0, 'unreachable')],
  },
  {
    entryPoint: 'composite cleanup callback after reject',
    canister: 0,
    stimulus: query('composite cleanup after reject'),
    before: [...evaluated, ran('composite reject callback', 0, 'unreachable')],
  },
  { entryPoint: 'canister_inspect_message', canister: 2, stimulus: ingress('uu', 2) },
  { entryPoint: 'start', canister: 3, stimulus: install('start', 3, 'install') },
  { entryPoint: 'canister_init', canister: 4, stimulus: install('init', 4, 'install') },
  { entryPoint: 'canister_pre_upgrade', canister: 5, stimulus: install('plain', 5, 'upgrade') },
  { entryPoint: 'canister_post_upgrade', canister: 6, stimulus: install('post', 6, 'upgrade') },
];

/** Entry points below the root: the call is rejected or answered, and one of the two callbacks of the root follows. */
const BELOW: readonly Way[] = [
  {
    entryPoint: 'canister_query below',
    canister: 1,
    stimulus: query('query below'),
    before: [ran('canister_composite_query')],
  },
  {
    entryPoint: 'canister_composite_query below',
    canister: 1,
    stimulus: query('composite query below'),
    before: [ran('canister_composite_query')],
  },
];

function stepOf(f: SystemApiFunction, way: Way): StepText {
  const available = f.contexts.has(contextOf(way.entryPoint));
  const { entryPoint, canister, stimulus, picks, before = [] } = way;
  const outcome = available ? 'available' : 'system-call-unavailable';
  const accepted = f.name === 'accept_message' && entryPoint === 'canister_inspect_message';
  const callback: EntryPoint = f.name === 'msg_reply' ? 'composite reply callback' : 'composite reject callback';
  const after = BELOW.includes(way) ? [ran(callback)] : accepted ? [ran('canister_update', 2)] : [];
  return {
    ...(stimulus && { stimulus }),
    ...(picks && { picks }),
    expect: { executions: [...before, ran(entryPoint, canister, outcome), ...after] },
  };
}

function vectorOf(f: SystemApiFunction): Vector {
  const probe = probeOf(f);
  return {
    name: `${f.name} is available exactly where the table lists it`,
    clauses: [`availability/${f.name}`, 'availability/elsewhere-traps'],
    widths: f.only32 ? ['i32'] : ['i32', 'i64'],
    modules: {
      everywhere: everywhere(probe),
      inspect: { exports: { canister_inspect_message: probe, 'canister_update uu': '(nop)' } },
      start: { start: probe },
      init: { exports: { canister_init: probe } },
      pre: { exports: { canister_pre_upgrade: probe } },
      post: { exports: { canister_post_upgrade: probe } },
      plain: {},
    },
    canisters: [
      { module: 'everywhere', settings: { wasmMemoryLimit: '65_536', wasmMemoryThreshold: '1' } },
      'everywhere',
      'inspect',
      {},
      {},
      'pre',
      'plain',
    ],
    steps: [...WAYS, ...BELOW].map((way) => stepOf(f, way)),
  };
}

/** One vector for each import. */
export function availabilityVectors(): VectorFile {
  return { schema: 'ic0-conformance/vectors@1', chapter: 'availability', vectors: SYSTEM_API.map(vectorOf) };
}

/** The entry points that every vector reaches. */
export const REACHED: readonly EntryPoint[] = [...WAYS, ...BELOW].map(({ entryPoint }) => entryPoint);
