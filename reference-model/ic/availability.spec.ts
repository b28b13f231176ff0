// table: every import in every entry point, in both widths — canister-interface.md#system-api-imports
import { contextOf, ENTRY_POINTS, type EntryPoint } from '../../spec/vocabulary/entry-point.js';
import { existsFor, signatureFor, SYSTEM_API, type SystemApiFunction } from '../../spec/system-api.js';
import type { Hex, PointerWidth } from '../../spec/vocabulary/brands.js';
import { canisterId } from '../../spec/vocabulary/ids.js';
import { canister, Subnet, USER } from './testing/subnet.js';

const CALLBACKS = ['reply', 'reject', 'cleanup after reply', 'cleanup after reject'] as const;

/** A module that calls the import, with arguments 0, from the given exports, and from callbacks of calls to canister 1. */
function probe(f: SystemApiFunction, width: PointerWidth, exports: readonly string[], start = false): Uint8Array {
  const { params, results } = signatureFor(f, width);
  const call = `(call $${f.name} ${params.map((type) => `(${type}.const 0)`).join(' ')})`;
  const I = (n: number) => `(${width}.const ${n})`;
  const makeCall = (method: string, callback: number, cleanup?: number) => `
    (i32.store8 ${I(16)} (i32.const ${method.charCodeAt(0)}))
    (call $call_new ${I(0)} ${I(10)} ${I(16)} ${I(1)} ${I(callback)} ${I(0)} ${I(callback)} ${I(0)})
    ${cleanup === undefined ? '' : `(call $call_on_cleanup ${I(cleanup)} ${I(0)})`}
    (drop (call $call_perform))`;
  const methods = CALLBACKS.flatMap((callback) =>
    ['canister_update', 'canister_composite_query'].map((kind) => {
      const answer = callback.endsWith('reply') ? 'r' : 'j';
      const body = callback.startsWith('cleanup') ? makeCall(answer, 1, 0) : makeCall(answer, 0);
      return `(func (export "${kind} ${kind} ${callback}") ${body})`;
    }),
  );
  return canister(
    [...new Set(['call_new', 'call_on_cleanup', 'call_perform', 'msg_reply', 'global_timer_set', f.name])],
    `(table 2 funcref) (elem (i32.const 0) $probe $fail)
     (data ${I(0)} "\\00\\00\\00\\00\\00\\00\\00\\01\\01\\01")
     (func $probe (param ${width}) ${results.length === 0 ? call : `(drop ${call})`})
     (func $fail (param ${width}) unreachable)
     (func $run (call $probe ${I(0)}))
     ${exports.map((name) => `(export "${name}" (func $run))`).join(' ')}
     ${start ? '(start $run)' : ''}
     (func (export "canister_update arm") (drop (call $global_timer_set (i64.const 1))) (call $msg_reply))
     (func (export "canister_composite_query below query") ${makeCall('q', 1)})
     (func (export "canister_composite_query below composite") ${makeCall('c', 1)})
     ${methods.join('\n')}`,
    width,
  );
}

/** Query methods that answer calls: r replies, j rejects. */
const answering = canister(
  ['msg_reply', 'msg_reject'],
  `(func (export "canister_query r") (call $msg_reply))
   (func (export "canister_query j") (call $msg_reject (i32.const 0) (i32.const 0)))`,
);

type Make = (exports: readonly string[], start?: boolean) => Uint8Array;
const FIRST = canisterId(0);

/** Exports that run only when they are asked to: every probe has them. */
const METHODS = [
  'canister_update u',
  'canister_query q',
  'canister_composite_query c',
  'canister_heartbeat',
  'canister_global_timer',
  'canister_on_low_wasm_memory',
];

/** Deploys a probe with further exports as canister 0, and what it calls as canister 1. */
function deployed(make: Make, further: readonly string[] = [], callee = answering): Subnet {
  const s = new Subnet();
  s.deploy(make([...METHODS, ...further]));
  s.deploy(callee);
  return s;
}

function after(s: Subnet, act: (s: Subnet) => unknown): Subnet {
  act(s);
  return s;
}

const query = (method: string) => (make: Make) => after(deployed(make), (s) => s.query(FIRST, method));
const update = (method: string) => (make: Make) => after(deployed(make), (s) => s.call(FIRST, method));
const below = (method: string) => (make: Make) =>
  after(deployed(make, [], make(METHODS)), (s) => s.query(FIRST, method));

/** For each entry point: how a probe is brought to run there. */
const DRIVES: Readonly<Record<EntryPoint, (make: Make) => Subnet>> = {
  start: (make) => after(new Subnet(), (s) => s.install(s.create(), make([], true))),
  canister_init: (make) => after(new Subnet(), (s) => s.install(s.create(), make(['canister_init']))),
  canister_post_upgrade: (make) =>
    after(deployed(make), (s) => s.install(FIRST, make(['canister_post_upgrade']), { mode: 'upgrade' })),
  canister_pre_upgrade: (make) =>
    after(deployed(make, ['canister_pre_upgrade']), (s) => s.install(FIRST, make(METHODS), { mode: 'upgrade' })),
  canister_update: update('u'),
  'canister_query replicated': update('q'),
  canister_query: query('q'),
  'canister_query below': below('below query'),
  'canister_query transform': (make) =>
    after(deployed(make), (s) => s.submit({ kind: 'transform', canister: FIRST, method: 'q', arg: '' as Hex })),
  canister_composite_query: query('c'),
  'canister_composite_query below': below('below composite'),
  'reply callback': update('canister_update reply'),
  'reject callback': update('canister_update reject'),
  'cleanup callback after reply': update('canister_update cleanup after reply'),
  'cleanup callback after reject': update('canister_update cleanup after reject'),
  'composite reply callback': query('canister_composite_query reply'),
  'composite reject callback': query('canister_composite_query reject'),
  'composite cleanup callback after reply': query('canister_composite_query cleanup after reply'),
  'composite cleanup callback after reject': query('canister_composite_query cleanup after reject'),
  canister_inspect_message: (make) =>
    after(deployed(make, ['canister_inspect_message']), (s) => s.ingress(FIRST, 'arm')),
  canister_heartbeat: (make) => after(deployed(make), (s) => s.pick('heartbeat')),
  canister_global_timer: (make) =>
    after(deployed(make), (s) => {
      s.call(FIRST, 'arm');
      s.pick('global-timer');
    }),
  canister_on_low_wasm_memory: (make) =>
    after(deployed(make), (s) => {
      const settings = { wasmMemoryThreshold: 1n << 40n };
      s.submit({ kind: 'update-settings', canister: FIRST, sender: USER, settings });
      s.pick('low-wasm-memory');
    }),
};

const entryPoints = Object.keys(ENTRY_POINTS) as EntryPoint[];

/** The functions that an entry point of that width finds available, and those that trap as unavailable. */
function observed(entryPoint: EntryPoint, width: PointerWidth): { available: string[]; unavailable: string[] } {
  const result = { available: [] as string[], unavailable: [] as string[] };
  for (const f of SYSTEM_API.filter((one) => existsFor(one, width))) {
    const s = DRIVES[entryPoint]((exports, start) => probe(f, width, exports, start));
    const execution = s.executions.filter((one) => one.entryPoint === entryPoint).at(-1);
    // of the calls in a method that also makes calls, the probe's is the last
    const call = execution?.trace.findLast(({ name }) => name === f.name);
    if (call === undefined) throw new Error(`${f.name} was not called in ${entryPoint}`);
    if (call.trap === 'system-call-unavailable') result.unavailable.push(f.name);
    else result.available.push(f.name);
  }
  return result;
}

describe.each(['i32', 'i64'] as const)('with I = %s', (width) => {
  it.each(entryPoints)('in %s the import table says which functions are available', (entryPoint) => {
    const context = contextOf(entryPoint);
    const listed = SYSTEM_API.filter((f) => existsFor(f, width));
    expect(observed(entryPoint, width)).toEqual({
      available: listed.filter((f) => f.contexts.has(context)).map(({ name }) => name),
      unavailable: listed.filter((f) => !f.contexts.has(context)).map(({ name }) => name),
    });
  });
});
